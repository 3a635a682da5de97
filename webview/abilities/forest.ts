/** Differences with their intervals on one axis: in the table of comparisons, and as a figure. No DOM. */
import type { AbilityComparison } from '../../src/shared/evaluateResults';
import { markerPath } from '../kit/lineStyles';
import { axisAround, type RoundAxis } from '../kit/numbers';
import { significance, tickPoints } from '../kit/rates';
import { line, tag, text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import type { ComparedAbility } from './pairs';

/** Where differences lie. */
export interface ForestAxis extends RoundAxis {
  readonly left: number;
  readonly width: number;
}

const inset = 16;

/** One axis for all comparisons shown. */
export function forestAxis(compared: readonly ComparedAbility[], left: number, width: number): ForestAxis {
  const all = compared.flatMap(({ comparisons }) => comparisons);
  const lows = all.map(({ low }) => low);
  const highs = all.map(({ high }) => high);
  const axis = axisAround(Math.min(-0.05, ...lows), Math.max(0.05, ...highs));
  return { ...axis, left, width };
}

function place({ low, high, left, width }: ForestAxis): (value: number) => number {
  return (value) => left + inset + ((value - low) / (high - low)) * (width - 2 * inset);
}

/** Numbers above the rows: as many as there is room for. */
export function axisMarks(axis: ForestAxis, y: number, theme: Theme): Markup[] {
  const x = place(axis);
  const step = axis.ticks.length * 34 > axis.width ? 2 : 1;
  const zero = axis.ticks.findIndex((tick) => Math.abs(tick) < 1e-9);
  return axis.ticks
    .filter((_, i) => (i - zero) % step === 0)
    .map((tick) => text(tickPoints(tick), x(tick), y, { fill: theme.muted, 'font-size': 10, 'text-anchor': 'middle' }));
}

/** One row: grid, interval, and the difference; filled where it is significant after correction. */
export function rowMarks(
  { difference, low, high, pAdjusted }: Pick<AbilityComparison, 'difference' | 'low' | 'high' | 'pAdjusted'>,
  axis: ForestAxis,
  { top, height }: { readonly top: number; readonly height: number },
  theme: Theme,
): Markup[] {
  const x = place(axis);
  const y = top + height / 2;
  const stroke = theme.foreground;
  const isSignificant = pAdjusted < significance;
  return [
    ...axis.ticks.map((tick) => {
      const isZero = Math.abs(tick) < 1e-9;
      return line(x(tick), top, x(tick), top + height, {
        stroke: isZero ? theme.muted : theme.grid,
        'stroke-width': 1,
      });
    }),
    line(x(low), y, x(high), y, { class: 'interval', stroke, 'stroke-width': 1.5 }),
    ...[low, high].map((end) => line(x(end), y - 3.5, x(end), y + 3.5, { stroke, 'stroke-width': 1.5 })),
    tag('path', {
      class: isSignificant ? 'difference significant' : 'difference',
      d: markerPath('diamond', x(difference), y, 5),
      fill: isSignificant ? stroke : theme.background,
      stroke,
      'stroke-width': 1.5,
    }),
  ];
}
