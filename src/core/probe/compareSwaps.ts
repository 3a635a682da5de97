import { holmAdjusted } from '../statistics/holm';
import { mcnemarExact } from '../statistics/mcnemar';
import { pairedDifference, type PairedCounts } from '../statistics/pairedDifference';
import type { SwapRow } from './swapSummary';

/** How much more often run B's answers changed than run A's, at one layer, over the pairs that both have. */
export interface SwapDifference {
  readonly layer: number;
  readonly n: number;
  /** Change rate of B less that of A, with a 95 % interval (Newcombe 1998, method 10). */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Exact two-sided McNemar, Holm-adjusted over all layers and functions compared. */
  readonly pAdjusted: number;
}

/** Compares two swap runs pair by pair. @returns per function, its layers ascending; functions that both have */
export function compareSwaps(a: readonly SwapRow[], b: readonly SwapRow[]): Map<string, SwapDifference[]> {
  const inA = new Map(a.map((row) => [row.key, row]));
  const cells = new Map<string, { function: string; layer: number; counts: PairedCounts }>();
  for (const row of b) {
    const other = inA.get(row.key);
    if (!other || typeof row.layer !== 'number') continue;
    const cell = `${row.function}\n${row.layer}`;
    const { counts } = cells.get(cell) ?? { counts: none };
    cells.set(cell, { function: row.function, layer: row.layer, counts: count(counts, row.changed, other.changed) });
  }
  const all = [...cells.values()];
  const adjusted = holmAdjusted(all.map(({ counts }) => mcnemarExact(counts.onlyA, counts.onlyB)));
  const result = new Map<string, SwapDifference[]>();
  all.forEach(({ function: name, layer, counts }, i) => {
    const n = counts.both + counts.onlyA + counts.onlyB + counts.neither;
    const point = { layer, n, ...pairedDifference(counts), pAdjusted: adjusted[i]! };
    result.set(name, [...(result.get(name) ?? []), point]);
  });
  for (const points of result.values()) points.sort((x, y) => x.layer - y.layer);
  return result;
}

const none: PairedCounts = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };

/** `pairedDifference` gives first less second: here B comes first. */
function count(counts: PairedCounts, inB: boolean, inA: boolean): PairedCounts {
  const field = inB && inA ? 'both' : inB ? 'onlyA' : inA ? 'onlyB' : 'neither';
  return { ...counts, [field]: counts[field] + 1 };
}
