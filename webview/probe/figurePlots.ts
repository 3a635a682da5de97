/** The plots of a figure, drawn as the charts of the page draw them. No DOM. */
import { regionNames, regionTitles, type Regions } from '../../src/shared/vocabulary';
import type { Theme } from '../kit/theme';
import { sidestep } from './differencePlace';
import { layerTicks } from './layerTicks';
import { adoptedDash, markerPath, runStyle } from './runStyles';
import { significance, type DifferenceSeries, type FunctionSeries, type RunSeries } from './series';
import { line, polyline, tag, text, type Markup } from './svg';
import type { View } from './view';
import { tickPercent, tickPoints } from './wording';

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface PlotContent {
  readonly box: PlotBox;
  readonly series: FunctionSeries;
  readonly numLayers: number;
  readonly regions: Regions | null;
  readonly theme: Theme;
}

/** Maps layers and values to pixels. */
interface Scale {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  x(layer: number): number;
  y(value: number): number;
}

export function ratePlot(content: PlotContent & { readonly view: Pick<View, 'bands' | 'adopted'> }): Markup {
  const { box, series, view, theme } = content;
  const scale = scaleOf(box, content.numLayers, 0, 1, 38);
  const lines = series.runs.filter(({ points }) => points.length > 0);
  const label = `${series.label} (n = ${Math.max(0, ...lines.flatMap(({ points }) => points.map(({ n }) => n)))})`;
  return tag(
    'g',
    {},
    text(label, box.left, box.top + 12, { fill: theme.foreground, 'font-weight': 600, 'font-size': 13 }),
    ...frame(content, scale, [0, 0.25, 0.5, 0.75, 1], tickPercent, true),
    ...(view.bands ? lines.map((run) => band(run, scale, theme)) : []),
    ...(view.adopted ? lines.map((run) => adopted(run, scale, theme)) : []),
    // The panel's own run lies on top.
    ...[...lines].reverse().flatMap((run) => curve(run, scale, theme)),
  );
}

/** @param content with its title: to what the differences are taken */
export function differencePlot(content: PlotContent & { readonly bound: number; readonly title: string }): Markup {
  const { box, series, bound, theme, title } = content;
  const scale = scaleOf(box, content.numLayers, -bound, bound, 24);
  const ticks = [-bound, -bound / 2, 0, bound / 2, bound];
  return tag(
    'g',
    {},
    text(title, box.left, box.top + 10, { fill: theme.muted, 'font-size': 11 }),
    ...frame(content, scale, ticks, tickPoints, false),
    ...series.differences.flatMap((one, i) => differenceMarks(one, i, series.differences.length, scale, theme)),
  );
}

function scaleOf(box: PlotBox, numLayers: number, low: number, high: number, head: number): Scale {
  const left = box.left + 42;
  const right = box.left + box.width;
  const top = box.top + head;
  const bottom = box.top + box.height - 34;
  return {
    left,
    right,
    top,
    bottom,
    x: (layer) => left + ((layer + 0.5) / numLayers) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

/** Regions, grid and axes. */
function frame(
  { numLayers, regions, theme }: PlotContent,
  scale: Scale,
  ticks: readonly number[],
  label: (value: number) => string,
  named: boolean,
): Markup[] {
  const { left, right, top, bottom, x, y } = scale;
  const small = { fill: theme.muted, 'font-size': 11 };
  const parts: Markup[] = [];
  for (const name of regions ? regionNames : []) {
    const [from, to] = regions![name];
    if (from === to) continue;
    const [a, b] = [x(from - 0.5), x(to - 0.5)];
    if (name === 'mid')
      parts.push(tag('rect', { x: a, y: top, width: b - a, height: bottom - top, fill: theme.shade }));
    if (named) parts.push(text(regionTitles[name], (a + b) / 2, top - 5, { ...small, 'text-anchor': 'middle' }));
  }
  for (const value of ticks) {
    const stroke = value === 0 ? theme.muted : theme.grid;
    parts.push(line(left, y(value), right, y(value), { stroke, 'stroke-width': 1 }));
    parts.push(text(label(value), left - 6, y(value) + 4, { ...small, 'text-anchor': 'end' }));
  }
  for (const layer of layerTicks(numLayers)) {
    parts.push(text(String(layer), x(layer), bottom + 14, { ...small, 'text-anchor': 'middle' }));
  }
  parts.push(line(left, bottom, right, bottom, { stroke: theme.muted, 'stroke-width': 1 }));
  parts.push(text('Layer', (left + right) / 2, bottom + 28, { ...small, 'text-anchor': 'middle' }));
  return parts;
}

function band({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup {
  const upper = points.map(({ layer, high }) => [x(layer), y(high)] as const);
  const lower = points.map(({ layer, low }) => [x(layer), y(low)] as const);
  const fill = theme.series[runStyle(style).colour]!;
  return tag('path', { class: 'band', d: `${polyline([...upper, ...lower.reverse()])}Z`, fill, 'fill-opacity': 0.17 });
}

function adopted({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup {
  return tag('path', {
    class: 'adopted',
    d: polyline(points.map(({ layer, adoptedRate }) => [x(layer), y(adoptedRate)])),
    fill: 'none',
    stroke: theme.series[runStyle(style).colour]!,
    'stroke-width': 1.5,
    'stroke-dasharray': adoptedDash.join(' '),
  });
}

function curve({ style, points }: RunSeries, { x, y }: Scale, theme: Theme): Markup[] {
  const { colour, dash, marker } = runStyle(style);
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
  const { colour, marker } = runStyle(style);
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
