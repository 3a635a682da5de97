/** The plots of a figure, drawn as the charts of the page draw them. No DOM. */
import type { Regions } from '../../src/shared/vocabulary';
import type { Theme } from '../kit/theme';
import { sidestep } from './differencePlace';
import {
  layerFrame,
  layerScale,
  valueFrame,
  valueScale,
  type PlotArea,
  type PlotBox,
  type ValueAxis,
} from '../kit/plotFrame';
import { markerPath, lineStyle } from '../kit/lineStyles';
import { significance, tickPercent, tickPoints } from '../kit/rates';
import { adoptedDash } from './adoptedDash';
import type { DifferenceSeries, FunctionSeries, RunSeries } from './series';
import { line, polyline, tag, text, type Markup } from '../kit/svg';
import type { View } from './view';

interface PlotContent {
  readonly box: PlotBox;
  readonly series: FunctionSeries;
  readonly numLayers: number;
  readonly regions: Regions | null;
  readonly theme: Theme;
}

/** Maps layers and values to pixels. */
interface Scale {
  readonly area: PlotArea;
  x(layer: number): number;
  y(value: number): number;
}

export function ratePlot(content: PlotContent & { readonly view: Pick<View, 'bands' | 'adopted'> }): Markup {
  const { box, series, view, theme } = content;
  const axis = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: tickPercent };
  const scale = scaleOf(box, content.numLayers, axis, 38);
  const lines = series.runs.filter(({ points }) => points.length > 0);
  const label = `${series.label} (n = ${Math.max(0, ...lines.flatMap(({ points }) => points.map(({ n }) => n)))})`;
  return tag(
    'g',
    {},
    text(label, box.left, box.top + 12, { fill: theme.foreground, 'font-weight': 600, 'font-size': 13 }),
    ...layerFrame({ ...content, named: true }, scale.area),
    ...valueFrame(axis, scale.area, theme),
    ...(view.bands ? lines.map((run) => band(run, scale, theme)) : []),
    ...(view.adopted ? lines.map((run) => adopted(run, scale, theme)) : []),
    // The panel's own run lies on top.
    ...[...lines].reverse().flatMap((run) => curve(run, scale, theme)),
  );
}

/** @param content with its title: to what the differences are taken */
export function differencePlot(content: PlotContent & { readonly bound: number; readonly title: string }): Markup {
  const { box, series, bound, theme, title } = content;
  const axis = { low: -bound, high: bound, ticks: [-bound, -bound / 2, 0, bound / 2, bound], label: tickPoints };
  const scale = scaleOf(box, content.numLayers, axis, 24);
  return tag(
    'g',
    {},
    text(title, box.left, box.top + 10, { fill: theme.muted, 'font-size': 11 }),
    ...layerFrame({ ...content, named: false }, scale.area),
    ...valueFrame(axis, scale.area, theme),
    ...series.differences.flatMap((one, i) => differenceMarks(one, i, series.differences.length, scale, theme)),
  );
}

function scaleOf(box: PlotBox, numLayers: number, axis: ValueAxis, head: number): Scale {
  const area = {
    left: box.left + 42,
    right: box.left + box.width,
    top: box.top + head,
    bottom: box.top + box.height - 34,
  };
  return { area, x: layerScale(numLayers, area), y: valueScale(axis, area) };
}

function band({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup {
  const upper = points.map(({ layer, high }) => [x(layer), y(high)] as const);
  const lower = points.map(({ layer, low }) => [x(layer), y(low)] as const);
  const fill = theme.series[lineStyle(style).colour]!;
  return tag('path', { class: 'band', d: `${polyline([...upper, ...lower.reverse()])}Z`, fill, 'fill-opacity': 0.17 });
}

function adopted({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup {
  return tag('path', {
    class: 'adopted',
    d: polyline(points.map(({ layer, adoptedRate }) => [x(layer), y(adoptedRate)])),
    fill: 'none',
    stroke: theme.series[lineStyle(style).colour]!,
    'stroke-width': 1.5,
    'stroke-dasharray': adoptedDash.join(' '),
  });
}

function curve({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup[] {
  const { colour, dash, marker } = lineStyle(style);
  const stroke = theme.series[colour]!;
  const spots = points.map(({ layer, rate }) => [x(layer), y(rate)] as const);
  const dashes = { 'stroke-dasharray': dash.join(' ') || null };
  return [
    tag('path', { class: 'rate', d: polyline(spots), fill: 'none', stroke, 'stroke-width': 2, ...dashes }),
    ...spots.map(([cx, cy]) =>
      tag('path', { d: markerPath(marker, cx, cy, 3.5), fill: stroke, stroke: theme.background }),
    ),
  ];
}

function differenceMarks(
  { style, points }: DifferenceSeries,
  place: number,
  count: number,
  { x, y }: Scale,
  theme: Theme,
): Markup[] {
  const { colour, marker } = lineStyle(style);
  const stroke = theme.series[colour]!;
  return points.flatMap(({ layer, difference, low, high, pAdjusted }) => {
    const cx = x(layer + sidestep(place, count));
    const significant = pAdjusted < significance;
    const d = markerPath(marker, cx, y(difference), significant ? 5 : 3);
    return [
      line(cx, y(low), cx, y(high), { stroke, 'stroke-width': 1 }),
      tag('path', { d, fill: significant ? stroke : theme.background, stroke, 'stroke-width': 1.5 }),
    ];
  });
}
