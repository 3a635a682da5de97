import { mcnemarExact } from './mcnemar';

/**
 * The smallest difference of two paired proportions that `n` items could have shown: k/n for the fewest discordant
 * items k, all of them to one side, whose exact McNemar p-value is below `alpha`. Where some items go the other way the
 * difference has to be larger. For one test among m under Holm's correction the strictest `alpha` is 0.05/m.
 * @returns a proportion, or null where no outcome of n items could be significant (n < 6 at 0.05)
 */
export function detectableDifference(n: number, alpha = 0.05): number | null {
  for (let k = 1; k <= n; k++) {
    if (mcnemarExact(k, 0) < alpha) return k / n;
  }
  return null;
}
