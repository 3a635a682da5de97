/** The axes of curves over steps. No DOM. */
import { stepTicks } from '../../src/shared/stepTicks';
import type { HorizontalAxis, TitledAxis } from '../kit/linePlot';
import { axisAround, significant, type RoundAxis } from '../kit/numbers';
import type { PlotArea } from '../kit/plotFrame';
import { line, text } from '../kit/svg';
import type { Theme } from '../kit/theme';

/** Steps from 1 to `last`, a few of them labelled with round numbers. */
export function stepAxis(last: number, theme: Theme): HorizontalAxis {
  const scale =
    ({ left, right }: PlotArea) =>
    (step: number) =>
      left + ((step - 1) / Math.max(1, last - 1)) * (right - left);
  return {
    scale,
    gap: Infinity,
    frame: (area) => {
      const { left, right, bottom } = area;
      const small = { fill: theme.muted, 'font-size': 11, 'text-anchor': 'middle' };
      return [
        ...stepTicks(last).map((step) => text(String(step), scale(area)(step), bottom + 14, small)),
        line(left, bottom, right, bottom, { stroke: theme.muted, 'stroke-width': 1 }),
        text('Step', (left + right) / 2, bottom + 28, small),
      ];
    },
  };
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Around all values; a power of ten that every label would repeat stands in the title. @param title may be empty */
export function valueAxis(title: string, values: readonly number[]): TitledAxis {
  const axis = roundAxis(values);
  const largest = Math.max(-axis.low, axis.high);
  const power = largest < 0.01 || largest >= 1e5 ? Math.floor(Math.log10(largest) + 1e-9) : 0;
  const exponent = [...String(Math.abs(power))].map((digit) => superscripts[Number(digit)]).join('');
  const factor = power === 0 ? '' : `× 10${power < 0 ? '⁻' : ''}${exponent}`;
  return {
    ...axis,
    title: title === '' || factor === '' ? title + factor : `${title} (${factor})`,
    label: (value) => significant(value / 10 ** power),
  };
}

/** Values that move far from zero, and little, are shown without it. */
function roundAxis(values: readonly number[]): RoundAxis {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low === high || low < high / 2) return axisAround(Math.min(0, low), Math.max(0, high));
  const { low: down, high: up, ticks } = axisAround(0, high - low);
  const step = up / (ticks.length - 1);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const own = Array.from({ length: last - first + 1 }, (_, i) => down + (first + i) * step);
  return { low: own[0]!, high: own.at(-1)!, ticks: own };
}
