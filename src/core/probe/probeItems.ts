/** The pairs behind one point of a curve. Pure. */
import type { ProbeHostSurface, ProbeItem } from '../../shared/protocol/probe';
import type { ImagePair } from './pairs';
import type { SwapRow } from './swapSummary';

export type ItemQuery = ProbeHostSurface['items']['params'];

/** A pair at one layer, as the run's rows have it. */
export interface PairAtLayer extends Pick<ProbeItem, 'id' | 'prompt' | 'original' | 'source' | 'text'> {
  readonly changed: boolean;
  readonly adopted: boolean;
  /** Null when the pairs folder no longer has it. */
  readonly pair: ImagePair | null;
}

/**
 * The pairs of a function at a layer, those wanted, in plan order; `[from, to)` of them.
 * @returns `total` counts all that are wanted
 */
export function probeItems(
  rows: readonly SwapRow[],
  pairs: readonly ImagePair[],
  { function: name, layer, only, from, to }: Omit<ItemQuery, 'run'>,
): { items: PairAtLayer[]; total: number } {
  const original = new Map<string, string>();
  const source = new Map<string, string>();
  const wanted: SwapRow[] = [];
  for (const row of rows) {
    if (row.function !== name) continue;
    if (row.layer === null) original.set(row.id, row.text);
    else if (row.layer === 'source') source.set(row.id, row.text);
    else if (row.layer === layer && (only === 'all' || row[only])) wanted.push(row);
  }
  const pairOf = new Map(pairs.map((pair) => [pair.id, pair]));
  const items = wanted.slice(from, to).map(({ id, text, changed, adopted }) => {
    const pair = pairOf.get(id) ?? null;
    const untouched = { original: original.get(id) ?? '', source: source.get(id) ?? '' };
    return { id, prompt: pair?.prompt ?? '', ...untouched, text, changed, adopted, pair };
  });
  return { items, total: wanted.length };
}
