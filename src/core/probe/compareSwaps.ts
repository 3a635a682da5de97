import type { SwapDifference } from '../../shared/swapResults';
import { holmAdjusted } from '../statistics/holm';
import { mcnemarExact } from '../statistics/mcnemar';
import { pairedDifference, type PairedCounts } from '../statistics/pairedDifference';
import type { SwapRow } from './swapSummary';

type Counting = { -readonly [K in keyof PairedCounts]: number };

/** Compares two swap runs pair by pair. @returns per function, its layers ascending; functions that both have */
export function compareSwaps(a: readonly SwapRow[], b: readonly SwapRow[]): Map<string, SwapDifference[]> {
  const inA = changedByCell(a);
  const all: { function: string; layer: number; counts: Counting }[] = [];
  for (const [name, layers] of changedByCell(b)) {
    for (const [layer, pairs] of layers) {
      const others = inA.get(name)?.get(layer);
      if (!others) continue;
      const counts: Counting = { both: 0, onlyA: 0, onlyB: 0, neither: 0 };
      for (const [id, changed] of pairs) {
        const other = others.get(id);
        // `pairedDifference` gives first less second: here B comes first.
        if (other !== undefined) counts[changed ? (other ? 'both' : 'onlyA') : other ? 'onlyB' : 'neither']++;
      }
      if (total(counts) > 0) all.push({ function: name, layer, counts });
    }
  }
  const adjusted = holmAdjusted(all.map(({ counts }) => mcnemarExact(counts.onlyA, counts.onlyB)));
  const result = new Map<string, SwapDifference[]>();
  all.forEach(({ function: name, layer, counts }, i) => {
    const point = { layer, n: total(counts), ...pairedDifference(counts), pAdjusted: adjusted[i]! };
    result.set(name, [...(result.get(name) ?? []), point]);
  });
  for (const points of result.values()) points.sort((x, y) => x.layer - y.layer);
  return result;
}

function total({ both, onlyA, onlyB, neither }: PairedCounts): number {
  return both + onlyA + onlyB + neither;
}

/** Per function and layer, whether each pair's answer changed. */
function changedByCell(rows: readonly SwapRow[]): Map<string, Map<number, Map<string, boolean>>> {
  const functions = new Map<string, Map<number, Map<string, boolean>>>();
  for (const { function: name, layer, id, changed } of rows) {
    if (typeof layer !== 'number') continue;
    let layers = functions.get(name);
    if (!layers) functions.set(name, (layers = new Map<number, Map<string, boolean>>()));
    let pairs = layers.get(layer);
    if (!pairs) layers.set(layer, (pairs = new Map<string, boolean>()));
    pairs.set(id, changed);
  }
  return functions;
}
