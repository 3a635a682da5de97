/** A span: a run of entries of one tensor in several checkpoints, and the sums over it that energies are made of. */
import { addSums, noEnergy, type EnergySums } from './energySums';
import { floatFormats, type FloatDtype } from './floats';
import { blockEntries, type UpdateKernel } from './updateKernel';

/** Where one checkpoint has the entries. */
export interface SpanSource {
  /** Absolute. */
  readonly path: string;
  /** Of the first byte in the file. */
  readonly offset: number;
  readonly dtype: FloatDtype;
}

export interface Span {
  readonly sources: readonly SpanSource[];
  readonly entries: number;
  /** Sources between which energies are wanted: from, to. */
  readonly updates: readonly (readonly [number, number])[];
  /** Updates whose inner products are wanted, by their place in `updates`. */
  readonly products: readonly (readonly [number, number])[];
}

export interface SpanSums {
  readonly updates: readonly EnergySums[];
  readonly products: readonly number[];
}

/** Reads bytes of a file into the memory given. */
export type ReadBytes = (path: string, offset: number, target: Uint8Array) => void;

/** Sums a span, block by block: memory stays the kernel's own, whatever the span's size. */
export function measureSpan(span: Span, kernel: UpdateKernel, read: ReadBytes): SpanSums {
  const updates = span.updates.map(() => noEnergy);
  const products = span.products.map(() => 0);
  for (let first = 0; first < span.entries; first += blockEntries) {
    const n = Math.min(blockEntries, span.entries - first);
    loadBlock(span.sources, first, n, kernel, read);
    span.updates.forEach(([from, to], i) => (updates[i] = addSums(updates[i]!, kernel.energies(from, to))));
    span.products.forEach(([a, b], i) => (products[i]! += kernel.product(span.updates[a]!, span.updates[b]!)));
  }
  return { updates, products };
}

/** The update over a span, or the weights of its only source, entry by entry. @param into as many as the span has */
export function readSpan(span: Span, kernel: UpdateKernel, read: ReadBytes, into: Float64Array): void {
  const update = span.updates[0];
  for (let first = 0; first < span.entries; first += blockEntries) {
    const n = Math.min(blockEntries, span.entries - first);
    loadBlock(span.sources, first, n, kernel, read);
    const target = into.subarray(first, first + n);
    if (update) kernel.difference(...update, target);
    else kernel.weights(0, target);
  }
}

function loadBlock(
  sources: readonly SpanSource[],
  first: number,
  n: number,
  kernel: UpdateKernel,
  read: ReadBytes,
): void {
  sources.forEach(({ path, offset, dtype }, slot) => {
    read(path, offset + first * floatFormats[dtype].bytes, kernel.bytes(slot, dtype, n));
    kernel.load(slot, dtype, n);
  });
}

/** Spans of at most `entries` each, one after another. */
export function cutSpan(span: Span, entries: number): Span[] {
  return Array.from({ length: Math.ceil(span.entries / entries) }, (_, i) => ({
    ...span,
    entries: Math.min(entries, span.entries - i * entries),
    sources: span.sources.map((source) => {
      return { ...source, offset: source.offset + i * entries * floatFormats[source.dtype].bytes };
    }),
  }));
}
