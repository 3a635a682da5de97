/** One metric over steps: a line per arm, its single steps faint behind it, skipped ones marked. No DOM. */
import { metricTitles, metricUnits, type Metric } from '../../src/shared/trainWords';
import { linePlot, type DrawnPlot, type PlotLine, type TitledAxis } from '../kit/linePlot';
import { lineStyle, short } from '../kit/lineStyles';
import { valueScale, type PlotBox } from '../kit/plotFrame';
import { tag, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import type { PageSource } from './model';
import { lastStep, seriesOf, skippedSteps } from './series';
import { stepAxis, valueAxis } from './stepAxis';

export function armColour(place: number, theme: Theme): string {
  return theme.series[lineStyle(place).colour]!;
}

/** The vertical axis; its title is the metric's, with what it counts in. */
export function curveAxis({ state, view }: Pick<PageSource, 'state' | 'view'>, metric: Metric): TitledAxis {
  const values = seriesOf(state, metric, view.window).flatMap(({ points }) => points.map(({ value }) => value));
  const unit = metricUnits[metric];
  return valueAxis(unit === '' ? metricTitles[metric] : `${metricTitles[metric]}, ${unit}`, values);
}

/** @param titled whether the axis has its title above it */
export function curvePlot(source: PageSource, metric: Metric, box: PlotBox, titled: boolean): DrawnPlot {
  const { state, view, theme } = source;
  const series = seriesOf(state, metric, view.window);
  const axis = curveAxis(source, metric);
  const left = titled ? axis : { ...axis, title: '' };
  const plot = linePlot({
    box,
    theme,
    x: stepAxis(lastStep(state), theme),
    left,
    right: null,
    lines: series.map(({ id, place, points }): PlotLine => {
      const { dash, marker } = lineStyle(place);
      return {
        name: id,
        points: points.map(({ step, mean }) => ({ x: step, y: mean })),
        axis: 'left',
        colour: armColour(place, theme),
        width: 2,
        dash,
        marker: points.length === 1 ? marker : null,
      };
    }),
  });
  const y = valueScale(left, plot.area);
  const raw = view.window === 1 || metric === 'learningRate' ? [] : series;
  const dots = raw.map(({ place, points }) =>
    dotMarks(
      points.map(({ step, value }) => [plot.x(step), y(value)]),
      armColour(place, theme),
      theme,
    ),
  );
  const crosses = state.arms.flatMap((arm, place) => {
    const steps = skippedSteps(arm);
    return steps.length === 0
      ? []
      : [
          crossMarks(
            steps.map((step) => [plot.x(step), plot.area.bottom - 6]),
            armColour(place, theme),
          ),
        ];
  });
  return { ...plot, markup: tag('g', {}, ...dots, plot.markup, ...crosses) };
}

/** All dots are one path of strokes without length: thousands of elements would be slow. */
export function dotMarks(places: readonly (readonly [number, number])[], stroke: string, theme: Theme): Markup {
  return tag('path', {
    class: 'raw',
    d: places.map(([x, y]) => `M${short(x)} ${short(y)}h0`).join(''),
    fill: 'none',
    stroke,
    'stroke-width': 3,
    'stroke-linecap': 'round',
    'stroke-opacity': theme.highContrast ? 0.65 : 0.5,
  });
}

/** Crosses of six pixels. */
export function crossMarks(places: readonly (readonly [number, number])[], stroke: string): Markup {
  const d = places.map(([x, y]) => `M${short(x - 3)} ${short(y - 3)}l6 6M${short(x + 3)} ${short(y - 3)}l-6 6`);
  return tag('path', { class: 'skipped', d: d.join(''), fill: 'none', stroke, 'stroke-width': 1.75 });
}
