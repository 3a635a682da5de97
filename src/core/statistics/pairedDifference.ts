import { type Interval, wilsonInterval } from './wilson';

/** How often A and B were right on the same items. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
}

export interface PairedDifference extends Interval {
  /** A's proportion less B's. */
  readonly difference: number;
}

/**
 * Difference of two paired proportions, A − B, with an interval: Newcombe, "Improved confidence intervals for the
 * difference between binomial proportions based on paired data", Statistics in Medicine 17 (1998), 2635–2650, method
 * 10. The two Wilson intervals are squared and added, with the correlation of the pairs taken into account. Of no items
 * nothing is known: a difference of 0 in [−1, 1].
 */
export function pairedDifference(counts: PairedCounts, level = 0.95): PairedDifference {
  const { both, onlyA, onlyB, neither } = counts;
  const n = both + onlyA + onlyB + neither;
  if (n === 0) return { difference: 0, low: -1, high: 1 };
  const a = (both + onlyA) / n;
  const b = (both + onlyB) / n;
  const difference = (onlyA - onlyB) / n;
  const ofA = wilsonInterval(both + onlyA, n, level);
  const ofB = wilsonInterval(both + onlyB, n, level);
  const correlation = newcombeCorrelation(counts, n);
  const reach = (x: number, y: number) => Math.sqrt(Math.max(0, x ** 2 - 2 * correlation * x * y + y ** 2));
  return {
    difference,
    low: Math.max(-1, difference - reach(a - ofA.low, ofB.high - b)),
    high: Math.min(1, difference + reach(ofA.high - a, b - ofB.low)),
  };
}

/** φ of the 2×2 table, drawn towards 0 by n/2 in its numerator where it is positive; 0 where a margin is empty. */
function newcombeCorrelation({ both, onlyA, onlyB, neither }: PairedCounts, n: number): number {
  const margins = (both + onlyA) * (onlyB + neither) * (both + onlyB) * (onlyA + neither);
  if (margins === 0) return 0;
  const product = both * neither - onlyA * onlyB;
  return (product > 0 ? Math.max(product - n / 2, 0) : product) / Math.sqrt(margins);
}
