import { seededUniform } from './random';

export const flips = 10_000;
export const seed = 260212395;
/** Up to so many non-zero differences all 2ⁿ sign patterns are tried. */
export const exactUpTo = 13;

/**
 * Two-sided sign-flip test of paired differences (Fisher's randomisation test, The Design of Experiments, 1935, §21):
 * under the null hypothesis each difference is as likely positive as negative. Exact for up to 13 differences that are
 * not zero, else by 10 000 seeded flips, where the observed pattern counts as one of them (p is never 0).
 */
export function signFlipTest(differences: readonly number[]): number {
  const values = differences.filter((value) => value !== 0);
  if (values.length === 0) return 1;
  const sum = values.reduce((total, value) => total + value, 0);
  // Sums in another order differ by rounding: what is as extreme as the observed but for that counts as extreme.
  const bound = Math.abs(sum) * (1 - 1e-12);
  if (values.length <= exactUpTo) {
    const patterns = 2 ** values.length;
    let extreme = 0;
    for (let pattern = 0; pattern < patterns; pattern++) {
      const flipped = values.reduce((total, value, i) => total + (pattern & (1 << i) ? -value : value), 0);
      if (Math.abs(flipped) >= bound) extreme++;
    }
    return extreme / patterns;
  }
  const uniform = seededUniform(seed);
  let extreme = 1;
  for (let r = 0; r < flips; r++) {
    let flipped = 0;
    for (const value of values) flipped += uniform() < 0.5 ? -value : value;
    if (Math.abs(flipped) >= bound) extreme++;
  }
  return extreme / (flips + 1);
}
