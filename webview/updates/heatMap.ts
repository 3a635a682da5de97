/** Layers × kinds of tensors, with what lies outside of the layers. No DOM. */
import type { UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { isEstimated, rankOf } from './spectra';
import { layerCount, shownPhases, type ShownPhase } from './phases';
import { inOrder, kindOf, kindsIn, outsideLabel, type TensorKind } from './tensorKinds';
import type { Measure, View } from './view';
import { measureText, measureTitles } from './wording';

/** One tensor in one phase. */
export interface HeatCell {
  /** As the checkpoint has it; null where there is no such tensor, or not yet. */
  readonly name: string | null;
  readonly look: CellLook;
}

export type CellLook =
  | { readonly kind: 'value' | 'estimate'; readonly value: number }
  /** The update is exactly zero. */
  | { readonly kind: 'zero' }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** There is a row, but it has no such number: a vector has no rank, the first phase no cosine. */
  | { readonly kind: 'undefined' }
  | { readonly kind: 'none' };

export interface HeatMap {
  readonly shown: ShownPhase;
  /** A cell for each layer. */
  readonly rows: readonly { readonly kind: TensorKind; readonly cells: readonly HeatCell[] }[];
  readonly outside: readonly { readonly label: string; readonly cell: HeatCell }[];
  readonly scale: HeatScale;
}

/** The ends of the colours; null where there is nothing to colour. */
export interface HeatScale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  /** Around zero, with a colour for either sign. */
  readonly signed: boolean;
}

/** A map for each phase shown; all have the same rows. */
export function heatMaps(state: UpdatesState, view: View): HeatMap[] {
  const { part, measure } = view;
  const kinds = kindsIn(
    state.phases.flatMap(({ tensors }) => tensors),
    part,
  );
  const layers = layerCount(state, part);
  const maps = shownPhases(state, view).map((shown) => {
    const found = new Map(shown.phase.tensors.map((tensor) => [placeOf(tensor), tensor]));
    const rows = kinds.map((kind) => ({
      kind,
      cells: Array.from({ length: layers }, (_, layer) => cellOf(found.get(`${part} ${layer} ${kind.id}`), measure)),
    }));
    const outside = inOrder(shown.phase.tensors.filter(({ layer }) => layer === null));
    return {
      shown,
      rows,
      outside: outside.map((tensor) => ({ label: outsideLabel(tensor.name), cell: cellOf(tensor, measure) })),
    };
  });
  const values = maps.map(({ rows, outside }) =>
    [...rows.flatMap(({ cells }) => cells), ...outside.map(({ cell }) => cell)].flatMap(valueOf),
  );
  return maps.map((map, i) => ({ ...map, scale: scaleOf(view.sameScale ? values.flat() : values[i]!, view) }));
}

function placeOf(tensor: UpdatesTensor): string {
  return `${tensor.part} ${tensor.layer} ${kindOf(tensor)}`;
}

function cellOf(tensor: UpdatesTensor | undefined, measure: Measure): HeatCell {
  return tensor ? { name: tensor.name, look: lookOf(tensor, measure) } : { name: null, look: { kind: 'none' } };
}

function lookOf(tensor: UpdatesTensor, measure: Measure): CellLook {
  if (tensor.skipped !== undefined) return { kind: 'skipped', reason: tensor.skipped };
  if (tensor.energy === 0) return { kind: 'zero' };
  const isRank = measure === 'stableRank' || measure === 'effectiveRank';
  const value = isRank ? rankOf(tensor, measure) : tensor[measure];
  if (value === null || value === undefined) return { kind: 'undefined' };
  return { kind: isRank && isEstimated(tensor) ? 'estimate' : 'value', value };
}

function valueOf({ look }: HeatCell): number[] {
  return look.kind === 'value' || look.kind === 'estimate' ? [look.value] : [];
}

function scaleOf(values: readonly number[], { measure, scale }: View): HeatScale {
  if (measure === 'cosine') {
    const reach = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return { low: -reach, high: reach, log: false, signed: true };
  }
  const log = scale === 'log';
  const positive = values.filter((value) => value > 0);
  const high = positive.reduce((most, value) => Math.max(most, value), 0);
  return { low: log ? positive.reduce((least, value) => Math.min(least, value), high) : 0, high, log, signed: false };
}

/** How far along the scale a value lies: 0 to 1, of a signed scale −1 to 1. */
export function shareOf(value: number, { low, high, log, signed }: HeatScale): number {
  if (high === 0) return 0;
  if (signed || !log) return value / high;
  return high === low ? 1 : Math.log(Math.max(value, low) / low) / Math.log(high / low);
}

/** "base → in, q_proj, layer 3: relative energy 0.0123". */
export function cellTitle(
  phase: string,
  label: string,
  layer: number | null,
  look: CellLook,
  measure: Measure,
): string {
  const place = [phase, label, ...(layer === null ? [] : [`layer ${layer}`])].join(', ');
  return `${place}: ${lookText(look, measure)}`;
}

function lookText(look: CellLook, measure: Measure): string {
  const title = measureTitles[measure].toLowerCase();
  switch (look.kind) {
    case 'value':
      return `${title} ${measureText(measure, look.value)}`;
    case 'estimate':
      return `${title} about ${measureText(measure, look.value)}, an estimate`;
    case 'zero':
      return 'exactly 0, unchanged';
    case 'skipped':
      return `skipped, ${look.reason}`;
    case 'undefined':
      return `no ${title}`;
    case 'none':
      return 'nothing yet';
  }
}
