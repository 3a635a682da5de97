/** Rates, their differences and p-values as pages print them. No DOM. */

/** What has an adjusted p-value below is marked. */
export const significance = 0.05;

/** "29.4, 55.8": percentages without their sign. */
export function interval(low: number, high: number): string {
  return `${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}`;
}

/** Percentage points with a sign and a real minus: −0.24 → "−24.0". */
export function signedPoints(share: number): string {
  const text = (100 * Math.abs(share)).toFixed(1);
  return text === '0.0' ? '0.0' : `${share < 0 ? '−' : '+'}${text}`;
}

/** A share at the tick of an axis: "25 %". */
export function tickPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Whole percentage points at the tick of an axis, with a sign: "+20". */
export function tickPoints(share: number): string {
  const rounded = Math.round(100 * share);
  return rounded === 0 ? '0' : `${rounded < 0 ? '−' : '+'}${Math.abs(rounded)}`;
}

/** A p-value as papers print it. */
export function pValue(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}
