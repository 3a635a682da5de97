/** Numbers of any size as people read them, and axes for them. No DOM. */

const superscripts: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789'].map((digit, i) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹'[i]!]),
);

/** To so many significant digits with a real minus: "0.0123", "1.2 × 10⁻⁵", "0" only for zero itself. */
export function significant(value: number, digits = 3): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size >= 1e-3 && size < 1e5) return sign + trimmed(Number(size.toPrecision(digits)).toString());
  const [mantissa, exponent] = size.toExponential(digits - 1).split('e') as [string, string];
  const power = exponent.replace('+', '').replace('-', '⁻');
  return `${sign}${trimmed(mantissa)} × 10${power.replace(/\d/g, (digit) => superscripts[digit]!)}`;
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export interface RoundAxis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

const divisions = [4, 5, 6] as const;
const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** From zero up to a round number at or above `largest`, in equal round steps; zero alone where nothing is larger. */
export function axisUpTo(largest: number): RoundAxis {
  return axesUpTo([largest])[0]!;
}

/** Axes with the same number of steps, so that their grids lie on each other: the number that wastes least. */
export function axesUpTo(largest: readonly number[]): RoundAxis[] {
  const waste = (axes: readonly RoundAxis[]) =>
    axes.reduce((product, { high }, i) => product * (high / (largest[i]! || high)), 1);
  const choices = divisions.map((count) => largest.map((value) => dividedAxis(value, count)));
  return choices.reduce((best, axes) => (waste(axes) < waste(best) ? axes : best));
}

function dividedAxis(largest: number, count: number): RoundAxis {
  if (!(largest > 0)) return { low: 0, high: 1, ticks: [0] };
  const least = largest / count;
  const power = 10 ** Math.floor(Math.log10(least));
  // Rounding may put what is exactly a step just above it.
  const step = power * (steps.find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10);
  return { low: 0, high: count * step, ticks: Array.from({ length: count + 1 }, (_, i) => i * step) };
}

const aroundSteps = [1, 2, 5, 10];

/** From `low` to `high` and through zero, widened to round steps: about six of them. */
export function axisAround(low: number, high: number): RoundAxis {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  if (from === to) return { low: -1, high: 1, ticks: [-1, 0, 1] };
  const least = (to - from) / 6;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * (aroundSteps.find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10);
  const [first, last] = [Math.floor(from / step + 1e-9), Math.ceil(to / step - 1e-9)];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks };
}
