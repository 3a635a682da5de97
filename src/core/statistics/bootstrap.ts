import { seededUniform } from './random';
import type { Interval } from './wilson';

/** Resamples of every bootstrap: the ends of a 95 % interval are then known to about a twentieth of its width. */
export const resamples = 2000;
const seed = 20260212;

/**
 * Calls `visit` with indices of `n` items drawn with replacement, {@link resamples} times, always the same. The array is
 * reused.
 */
export function forEachResample(n: number, visit: (indices: Uint32Array) => void): void {
  const uniform = seededUniform(seed);
  const indices = new Uint32Array(n);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < n; i++) indices[i] = Math.floor(uniform() * n);
    visit(indices);
  }
}

/**
 * Percentile bootstrap interval of a mean over items (Efron, Annals of Statistics 7 (1979), 1–26), items drawn with
 * replacement. Paired differences of items give the interval of a paired difference; items that are means of several
 * samples give one that is clustered by item. Of no items nothing is known: NaN.
 */
export function bootstrapMean(values: readonly number[], level = 0.95): Interval & { readonly mean: number } {
  const n = values.length;
  if (n === 0) return { mean: NaN, low: NaN, high: NaN };
  const means: number[] = [];
  forEachResample(n, (indices) => {
    let sum = 0;
    for (const index of indices) sum += values[index]!;
    means.push(sum / n);
  });
  means.sort((a, b) => a - b);
  const tail = (1 - level) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, low: quantile(means, tail), high: quantile(means, 1 - tail) };
}

/** Of ascending values, interpolated between neighbours (Hyndman and Fan 1996, type 7). */
export function quantile(ascending: readonly number[], p: number): number {
  const place = p * (ascending.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, ascending.length - 1);
  return ascending[below]! + (place - below) * (ascending[above]! - ascending[below]!);
}
