/** Intervals, differences and p-values as a report prints them. */
import { percent } from '../../../shared/format';

/** What has an adjusted p-value below is marked. */
export const significance = 0.05;

/** "47.2 – 66.3 %" */
export function shareInterval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${(100 * low).toFixed(1)} – ${percent(high)}`;
}

/** Percentage points with a sign and a real minus: −0.24 → "−24.0". */
export function points(share: number, digits = 1): string {
  return signed(100 * share, digits);
}

/** "−13.0 to +1.0" */
export function pointsInterval({ low, high }: { readonly low: number; readonly high: number }, digits = 1): string {
  return `${points(low, digits)} to ${points(high, digits)}`;
}

/** With a sign, unless it is shown as zero. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** A p-value as papers print it: "< 0.001", "0.032". */
export function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** Three digits: 0.00031415 → "0.000314". */
export function threeDigits(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(3)));
}
