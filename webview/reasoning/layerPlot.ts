/** Values over layers with their intervals as SVG: what the page shows is what it exports. No DOM. */
import type { Regions } from '../../src/shared/vocabulary';
import type { DrawnPlot, TitledAxis } from '../kit/linePlot';
import { markerPath } from '../kit/lineStyles';
import { layerFrame, layerScale, valueFrame, valueScale, type PlotArea, type PlotBox } from '../kit/plotFrame';
import { line, polyline, tag, text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import type { LayerPoint } from './layers';

export interface LayerPlot {
  readonly box: PlotBox;
  readonly axis: TitledAxis;
  readonly numLayers: number;
  readonly regions: Regions | null;
  readonly points: readonly LayerPoint[];
  readonly colour: string;
  /** A value that holds for all layers, with its interval. */
  readonly baseline: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** The layer whose items are listed. */
  readonly selected: number | null;
  readonly theme: Theme;
}

/** Pixels beside, above and below the area. */
const gutter = { side: 58, end: 14, head: 44, foot: 34 };
const halfCap = 3.5;

export const baselineDash: readonly number[] = [6, 4];

export function layerPlot(plot: LayerPlot): DrawnPlot {
  const { box, axis, numLayers, regions, theme, selected } = plot;
  const area = {
    left: box.left + gutter.side,
    right: box.left + box.width - gutter.end,
    top: box.top + gutter.head,
    bottom: box.top + box.height - gutter.foot,
  };
  const x = layerScale(numLayers, area);
  const y = valueScale(axis, area);
  const markup = tag(
    'g',
    {},
    text(axis.title, box.left, box.top + 14, { fill: theme.muted, 'font-size': 12 }),
    ...layerFrame({ numLayers, regions, named: true, theme }, area),
    ...valueFrame(axis, area, theme),
    ...baselineMarks(plot, area, y),
    ...(selected === null ? [] : selectedMarks(x(selected), area, theme)),
    ...curve(plot, x, y),
    ...plot.points.flatMap((point) => pointMarks(point, x(point.layer), y, plot)),
  );
  return { markup, area, x };
}

/** The colour of the baseline: the second of the series. */
export function baselineColour(theme: Theme): string {
  return theme.series[1]!;
}

/** The theme with high contrast also outlines the band. */
function baselineMarks({ baseline, theme }: LayerPlot, { left, right }: PlotArea, y: (value: number) => number) {
  if (!baseline) return [];
  const stroke = baselineColour(theme);
  const [top, bottom] = [y(baseline.high), y(baseline.low)];
  return [
    tag('rect', {
      class: 'baseline-band',
      x: left,
      y: top,
      width: right - left,
      height: bottom - top,
      fill: stroke,
      'fill-opacity': theme.highContrast ? 0.22 : 0.17,
      stroke: theme.highContrast ? stroke : null,
      'stroke-width': theme.highContrast ? 0.75 : null,
    }),
    line(left, y(baseline.value), right, y(baseline.value), {
      class: 'baseline',
      stroke,
      'stroke-width': 1.5,
      'stroke-dasharray': baselineDash.join(' '),
    }),
  ];
}

/** Joins neighbours: layers that were not ablated leave gaps. */
function curve({ points, colour }: LayerPlot, x: (layer: number) => number, y: (value: number) => number): Markup[] {
  const pairs = points.slice(1).map((point, i) => [points[i]!, point] as const);
  const joined = pairs.filter(([before, after]) => after.layer === before.layer + 1);
  const d = joined.map((pair) => polyline(pair.map(({ layer, value }) => [x(layer), y(value)])));
  return [tag('path', { class: 'line', d: d.join(''), fill: 'none', stroke: colour, 'stroke-width': 1.5 })];
}

/** Told apart by shape, size and filling: colour is not needed. */
function pointMarks(
  { low, high, value, strong }: LayerPoint,
  x: number,
  y: (value: number) => number,
  { colour, theme }: Pick<LayerPlot, 'colour' | 'theme'>,
): Markup[] {
  const ends = [y(low), y(high)] as const;
  const stroke = { stroke: colour, 'stroke-width': 1.25 };
  return [
    line(x, ends[0], x, ends[1], { class: 'interval', ...stroke }),
    ...ends.map((end) => line(x - halfCap, end, x + halfCap, end, stroke)),
    pointMarker(strong, x, y(value), colour, theme),
  ];
}

export function pointMarker(strong: boolean, x: number, y: number, colour: string, theme: Theme): Markup {
  return tag('path', {
    class: strong ? 'point strong' : 'point',
    d: strong ? markerPath('diamond', x, y, 5) : markerPath('circle', x, y, 3.5),
    fill: strong ? colour : theme.background,
    stroke: colour,
    'stroke-width': 1.5,
  });
}

/** A line with a head at its foot, dotted: the interval that it crosses can be seen. */
function selectedMarks(x: number, { top, bottom }: PlotArea, { accent }: Theme): Markup[] {
  const head = `M${x} ${bottom - 6}L${x - 5} ${bottom + 1}L${x + 5} ${bottom + 1}Z`;
  return [
    line(x, top, x, bottom, { class: 'selected', stroke: accent, 'stroke-width': 1.5, 'stroke-dasharray': '2 3' }),
    tag('path', { d: head, fill: accent }),
  ];
}
