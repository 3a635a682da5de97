import { forEachResample, quantile, resamples } from './bootstrap';
import { drawsAtOnce, weightedSums } from './weightedSums';
import type { Interval } from './wilson';

/**
 * As `bootstrapMean`, of many values of the same items at once: every resample of the items is drawn once for all of
 * them, so that the intervals of a curve belong together (and cost little).
 * @param items per item its values, all of one length
 * @returns per value its mean over the items and the interval of that; nothing of no items
 */
export function bootstrapMeans(
  items: readonly (readonly number[])[],
  level = 0.95,
): (Interval & { readonly mean: number })[] {
  const n = items.length;
  const columns = (items[0] ?? []).map((_, v) => Float64Array.from(items, (item) => item[v]!));
  const means = columns.map(() => new Float64Array(resamples));
  const counts = new Float64Array(drawsAtOnce * n);
  const sums = new Float64Array(drawsAtOnce * columns.length);
  let drawn = 0;
  forEachResample(n, (indices) => {
    const draw = drawn % drawsAtOnce;
    if (draw === 0) counts.fill(0);
    for (const index of indices) counts[draw * n + index]!++;
    drawn++;
    if (draw + 1 < drawsAtOnce) return;
    weightedSums(counts, columns, sums);
    for (let at = 0; at < sums.length; at++) {
      const place = drawn - drawsAtOnce + Math.floor(at / columns.length);
      means[at % columns.length]![place] = sums[at]! / n;
    }
  });
  const tail = (1 - level) / 2;
  return columns.map((column, v) => {
    const ascending = [...means[v]!.sort()];
    const mean = column.reduce((sum, value) => sum + value, 0) / n;
    return { mean, low: quantile(ascending, tail), high: quantile(ascending, 1 - tail) };
  });
}
