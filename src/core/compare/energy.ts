/** Update energy: how much each tensor moved. One pass over the files of all phases at once, in constant memory. */
import type { UpdateEnergy } from '../../shared/compareResults';
import type { TensorEntry } from '../checkpoint/checkpoint';
import { addSums, energyOf, noEnergy, type EnergySums } from './energySums';
import { floatFormats, type FloatDtype } from './floats';
import type { ComparedTensor, TensorPair } from './matchTensors';
import { cutSpan, type Span, type SpanSums } from './span';

/** Sums spans of weights, on all cores. */
export interface EnergyMeter {
  measure(spans: readonly Span[], signal: AbortSignal): Promise<SpanSums[]>;
}

/** One tensor's update in one phase. */
export interface MeasuredUpdate {
  readonly pair: TensorPair;
  readonly energy: UpdateEnergy;
  readonly notFinite: { readonly nan: number; readonly infinite: number };
  /** The previous phase's update of the same tensor, where its `to` is this one's `from`. */
  readonly previous: { readonly energy: number; readonly product: number } | null;
}

/** Entries of a piece that one worker sums. Pieces are cut by the tensor alone, so that sums never depend on threads. */
const spanEntries = 4 << 20;

/**
 * Measures the updates of tensors, those that are skipped left out.
 * @returns per tensor its pairs in order
 */
export async function measureEnergies(
  tensors: readonly ComparedTensor[],
  meter: EnergyMeter,
  signal: AbortSignal,
): Promise<MeasuredUpdate[][]> {
  const planned = tensors.flatMap((tensor, index) => planSpans(tensor).map((plan) => ({ ...plan, index })));
  const sums = await meter.measure(
    planned.map(({ span }) => span),
    signal,
  );
  return tensors.map((tensor, index) => {
    const own = planned.flatMap((plan, i) => (plan.index === index ? [{ ...plan, sums: sums[i]! }] : []));
    return combine(comparable(tensor), own);
  });
}

/** A span, and which of the tensor's pairs its updates and products are of. */
interface PlannedSpan {
  readonly span: Span;
  readonly updates: readonly TensorPair[];
  readonly products: readonly (readonly [TensorPair, TensorPair])[];
}

/**
 * The spans that cover a tensor. Where phases share fewer rows than others (a resized vocabulary), the rows that all have
 * come first, then those of the phases that have more.
 */
function planSpans(tensor: ComparedTensor): PlannedSpan[] {
  const pairs = comparable(tensor);
  const ends = [...new Set(pairs.map(({ entries }) => entries))].sort((a, b) => a - b);
  return ends.flatMap((end, i) => {
    const first = ends[i - 1] ?? 0;
    const updates = pairs.filter(({ entries }) => entries >= end);
    const sources = [...new Set(updates.flatMap(({ from, to }) => [from, to]))];
    const products = updates.flatMap((pair) => {
      const earlier = previousOf(pair, updates);
      return earlier ? [[earlier, pair] as const] : [];
    });
    const span: Span = {
      sources: sources.map((entry) => sourceAt(entry, first)),
      entries: end - first,
      updates: updates.map(({ from, to }) => [sources.indexOf(from), sources.indexOf(to)]),
      products: products.map(([a, b]) => [updates.indexOf(a), updates.indexOf(b)]),
    };
    return cutSpan(span, spanEntries).map((piece) => ({ span: piece, updates, products }));
  });
}

/** A place in a file where a tensor's entries from `first` on begin. */
export function sourceAt({ path, offset, dtype }: TensorEntry, first: number) {
  const float = dtype as FloatDtype;
  return { path, offset: offset + first * floatFormats[float].bytes, dtype: float };
}

function comparable({ pairs }: ComparedTensor): TensorPair[] {
  return pairs.filter(({ skipped }) => skipped === null);
}

function previousOf(pair: TensorPair, pairs: readonly TensorPair[]): TensorPair | undefined {
  return pairs.find(({ to, phase }) => to === pair.from && phase < pair.phase);
}

function combine(
  pairs: readonly TensorPair[],
  measured: readonly (PlannedSpan & { readonly sums: SpanSums })[],
): MeasuredUpdate[] {
  const sumsOf = (pair: TensorPair) =>
    measured.reduce((sums: EnergySums, { updates, sums: own }) => {
      const at = updates.indexOf(pair);
      return at === -1 ? sums : addSums(sums, own.updates[at]!);
    }, noEnergy);
  const productOf = (pair: TensorPair) =>
    measured.reduce((sum, { products, sums: own }) => {
      const at = products.findIndex(([, later]) => later === pair);
      return at === -1 ? sum : sum + own.products[at]!;
    }, 0);
  return pairs.map((pair) => {
    const sums = sumsOf(pair);
    const earlier = previousOf(pair, pairs);
    return {
      pair,
      energy: energyOf(sums, pair.entries, pair.to.dtype as FloatDtype),
      notFinite: { nan: sums.nan, infinite: sums.infinite },
      previous: earlier ? { energy: Math.sqrt(sumsOf(earlier).update), product: productOf(pair) } : null,
    };
  });
}
