/** Scales of a value axis that need not begin at zero. */

/** What a value axis shows: from the first tick to the last. */
export interface ValueAxis {
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
  readonly low: number;
  readonly high: number;
}

/**
 * Round ticks that cover [low, high], three to nine of them.
 * @param label of a tick; `digits` are those that tell it from its neighbours, in the unit that `scale` times a value has
 */
export function roundAxis(
  low: number,
  high: number,
  label: (value: number, digits: number) => string,
  scale = 1,
): ValueAxis {
  const from = scale * Math.min(low, high);
  const to = scale * Math.max(low, high);
  const rough = (to - from || Math.abs(to) || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * (1 - 1e-9))!;
  const first = Math.floor(from / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(to / step - 1e-9));
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => {
    const value = ((first + i) * step) / scale;
    return { value, label: label(value, digits) };
  });
  return { ticks, low: ticks[0]!.value, high: ticks.at(-1)!.value };
}

/** "40 %"; for an axis in hundredths (`scale` 100). */
export function percentLabel(share: number, digits: number): string {
  return `${withMinus(100 * share, digits)} %`;
}

/** "−20"; for an axis in hundredths, where differences stand. */
export function pointsLabel(share: number, digits: number): string {
  return withMinus(100 * share, digits);
}

/** "−0.5" */
export function plainLabel(value: number, digits: number): string {
  return withMinus(value, digits);
}

/** A real minus, and none before zero. */
function withMinus(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}
