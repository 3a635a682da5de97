/** The lines over layers and their difference as plots. No DOM. */
import { linePlot, layerAxis, type DrawnPlot, type PlotLine } from '../kit/linePlot';
import { lineStyle } from '../kit/lineStyles';
import { axisAround, axisUpTo } from '../kit/numbers';
import type { PlotBox } from '../kit/plotFrame';
import type { Theme } from '../kit/theme';
import type { PageSource } from './model';
import {
  comparisonOf,
  differencePoints,
  isSignificant,
  meanSeries,
  type Comparison,
  type Estimate,
  type Series,
} from './series';
import { axisTitles, differenceText, measureText } from './wording';

export function checkpointColour({ place }: Pick<Series, 'place'>, theme: Theme): string {
  return theme.series[lineStyle(place).colour]!;
}

/** A line for each checkpoint, with its intervals as an area. */
export function meanPlot({ state, view, theme }: PageSource, box: PlotBox): DrawnPlot {
  const series = meanSeries(state, view);
  const top = Math.max(0, ...series.flatMap(({ points }) => points.map(({ value, ends }) => ends?.[1] ?? value)));
  return linePlot({
    box,
    theme,
    x: layerAxis({ numLayers: state.numLayers, regions: state.regions, named: true, theme }),
    left: {
      ...axisUpTo(top),
      label: (value) => tickText(view.measure, value),
      title: axisTitles[view.measure],
    },
    right: null,
    lines: series.map((one): PlotLine => {
      const { dash, marker } = lineStyle(one.place);
      return {
        name: one.label,
        points: one.points.map(({ layer, value }) => ({ x: layer, y: value })),
        axis: 'left',
        colour: checkpointColour(one, theme),
        width: 2,
        dash,
        marker,
        band: view.bands ? intervals(one.points) : [],
      };
    }),
  });
}

/** The comparison, around zero: layers that differ significantly in mass have large filled markers, others small hollow ones. */
export function differencePlot({ state, view, theme }: PageSource, comparison: Comparison, box: PlotBox): DrawnPlot {
  const points = differencePoints(comparison, view.measure);
  const reach = points.flatMap(({ value, ends }) => [value, ...(ends ?? [])]);
  const place = state.checkpoints.findIndex(({ name }) => name === comparison.b);
  return linePlot({
    box,
    theme,
    x: layerAxis({ numLayers: state.numLayers, regions: state.regions, named: false, theme }),
    left: {
      ...axisAround(Math.min(0, ...reach), Math.max(0, ...reach)),
      label: (value) => differenceText(view.measure, value),
      title: differenceTitle(comparison),
    },
    right: null,
    lines: [
      {
        name: differenceTitle(comparison),
        points: points.map((point) => ({
          x: point.layer,
          y: point.value,
          mark: isSignificant(point) ? ('strong' as const) : ('hollow' as const),
        })),
        axis: 'left',
        colour: checkpointColour({ place: Math.max(0, place) }, theme),
        width: 1.5,
        dash: [],
        marker: lineStyle(Math.max(0, place)).marker,
        band: view.bands ? intervals(points) : [],
      },
    ],
  });
}

export function differenceTitle({ a, b }: Pick<Comparison, 'a' | 'b'>): string {
  return `${b} − ${a}, percentage points`;
}

/** The comparison that the plots show below the lines; null where the measure or the run has none. */
export function shownComparison({ state, view }: Pick<PageSource, 'state' | 'view'>): Comparison | null {
  const comparison = comparisonOf(state, view);
  return comparison && differencePoints(comparison, view.measure).length > 0 ? comparison : null;
}

function intervals(points: readonly Estimate[]): { x: number; low: number; high: number }[] {
  return points.flatMap(({ layer, ends }) => (ends ? [{ x: layer, low: ends[0], high: ends[1] }] : []));
}

function tickText(measure: PageSource['view']['measure'], value: number): string {
  return measure === 'perToken' ? measureText(measure, value) : `${Math.round(1000 * value) / 10} %`;
}
