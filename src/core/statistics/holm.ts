/**
 * Holm's step-down correction of a family of p-values (Holm, Scandinavian Journal of Statistics 6 (1979), 65–70):
 * the i-th smallest of m is multiplied by m − i + 1, never falls below the one before it and never exceeds 1.
 * @returns adjusted p-values in the order given
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const bad = pValues.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) throw new RangeError(`not a p-value: ${bad}`);
  const ascending = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let previous = 0;
  ascending.forEach((index, rank) => {
    previous = Math.max(previous, Math.min(1, (pValues.length - rank) * pValues[index]!));
    adjusted[index] = previous;
  });
  return adjusted;
}
