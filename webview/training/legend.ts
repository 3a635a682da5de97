/** What lines, dots and crosses mean. No DOM. */
import { frozenTitle, type Metric } from '../../src/shared/trainWords';
import type { LegendEntry } from '../kit/legend';
import { lineStyle } from '../kit/lineStyles';
import { significant } from '../kit/numbers';
import { line } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { armColour, crossMarks, dotMarks } from './curvePlot';
import type { PageSource } from './model';
import { seriesOf, skippedSteps } from './series';

/** Arms with the value that each has come to: the mean over the window. */
export function valueEntries({ state, view, theme }: PageSource, metric: Metric): LegendEntry[] {
  return seriesOf(state, metric, view.window).map(({ id, place, points }) => {
    const { mean, step } = points.at(-1)!;
    return { label: `${id}: ${significant(mean)} (step ${step})`, draw: lineSwatch(place, theme) };
  });
}

/** Arms with what is frozen in each, as a picture of its own has to say it. */
export function armEntries({ state, theme }: PageSource): LegendEntry[] {
  return state.arms.map(({ run, facts }, place) => ({
    label: `${run.id} (${frozenTitle(facts.freeze)})`,
    draw: lineSwatch(place, theme),
  }));
}

/** What is drawn beside the lines. */
export function markEntries({ state, view, theme }: PageSource): LegendEntry[] {
  const { foreground } = theme;
  const middle = (x: number, y: number) => [[x + 16, y]] as const;
  const average: LegendEntry = {
    label: `line: mean of the last ${view.window} steps; dots: single steps`,
    draw: (x, y) => [
      dotMarks(
        [
          [x + 4, y + 3],
          [x + 12, y - 3],
          [x + 20, y + 2],
          [x + 28, y - 2],
        ],
        foreground,
        theme,
      ),
      line(x, y, x + 32, y, { stroke: foreground, 'stroke-width': 2 }),
    ],
  };
  const skipped: LegendEntry = {
    label: 'skipped step: its gradient was not finite, the weights stayed',
    draw: (x, y) => [crossMarks(middle(x, y), foreground)],
  };
  const anySkipped = state.arms.some((arm) => skippedSteps(arm).length > 0);
  return [...(view.window === 1 ? [] : [average]), ...(anySkipped ? [skipped] : [])];
}

/** The line of an arm. */
export function lineSwatch(place: number, theme: Theme): LegendEntry['draw'] {
  const dash = lineStyle(place).dash.join(' ') || null;
  return (x, y) => [
    line(x, y, x + 32, y, { stroke: armColour(place, theme), 'stroke-width': 2, 'stroke-dasharray': dash }),
  ];
}
