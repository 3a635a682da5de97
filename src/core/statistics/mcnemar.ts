/**
 * Exact two-sided McNemar test of paired yes/no outcomes (McNemar, Psychometrika 12 (1947), 153–157, with the binomial
 * distribution in place of χ²): under the null hypothesis each of the discordant items falls to either side with
 * probability ½, so p = min(1, 2 · P[X ≤ min(onlyA, onlyB)]), X ~ Binomial(onlyA + onlyB, ½).
 * @param onlyA items that A has right and B has wrong
 * @param onlyB items that B has right and A has wrong
 */
export function mcnemarExact(onlyA: number, onlyB: number): number {
  if (![onlyA, onlyB].every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw new RangeError(`not counts: ${onlyA}, ${onlyB}`);
  }
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  // The largest term is C(n, fewer) / 2^n; powers of two are kept apart, for neither factor fits a double when n is large.
  let largest = 1;
  let exponent = -n;
  for (let i = 1; i <= fewer; i++) {
    largest *= (n - fewer + i) / i;
    if (largest > 2 ** 512) {
      largest /= 2 ** 512;
      exponent += 512;
    }
  }
  // The others from it, by the ratio of neighbouring binomial coefficients.
  let term = 1;
  let sum = 1;
  for (let k = fewer; k > 0; k--) {
    term *= k / (n - k + 1);
    sum += term;
  }
  return Math.min(1, 2 * sum * largest * 2 ** exponent);
}
