import { normalQuantile } from './normalQuantile';

/** An interval of proportions or of differences of proportions. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval for `successes` out of `n` at a confidence level (Wilson, JASA 22 (1927), 209–212), without
 * continuity correction. Of nothing observed, nothing is known: n = 0 gives [0, 1].
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  if (!Number.isInteger(successes) || !Number.isInteger(n) || successes < 0 || successes > n) {
    throw new RangeError(`not a count out of another: ${successes} of ${n}`);
  }
  if (n === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + level) / 2);
  const center = successes + z ** 2 / 2;
  const reach = z * Math.sqrt((successes * (n - successes)) / n + z ** 2 / 4);
  const total = n + z ** 2;
  // The ends of the scale are exact: rounding would put 3e-17 in place of 0.
  return {
    low: successes === 0 ? 0 : (center - reach) / total,
    high: successes === n ? 1 : (center + reach) / total,
  };
}
