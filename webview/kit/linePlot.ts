/** Lines over layers or ranks as SVG: what the page shows is what it exports. No DOM. */
import { markerPath, type Marker } from './lineStyles';
import { layerFrame, layerScale, valueFrame, valueScale, type LayerBackdrop } from './plotFrame';
import type { PlotArea, PlotBox, ValueAxis } from './plotFrame';
import { line, polyline, tag, text, type Markup } from './svg';
import type { Theme } from './theme';

export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** Half the length of its whisker, in units of y. A point that has one is an estimate, and hollow. */
  readonly error?: number;
  /** Marked as one that stands out, or hollow beside those that do. */
  readonly mark?: 'strong' | 'hollow';
}

/** The ends of an interval. */
export interface PlotInterval {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface PlotLine {
  readonly name: string;
  readonly points: readonly PlotPoint[];
  readonly axis: 'left' | 'right';
  readonly colour: string;
  readonly width: number;
  readonly dash: readonly number[];
  readonly marker: Marker | null;
  /** Drawn as an area behind all lines. */
  readonly band?: readonly PlotInterval[];
}

/** Where values of x lie, and what is drawn for them. */
export interface HorizontalAxis {
  scale(area: PlotArea): (x: number) => number;
  frame(area: PlotArea): Markup[];
  /** Points farther apart than this are not joined. */
  readonly gap: number;
}

export interface TitledAxis extends ValueAxis {
  /** Above the axis. */
  readonly title: string;
}

export interface LinePlot {
  readonly box: PlotBox;
  readonly x: HorizontalAxis;
  readonly left: TitledAxis;
  readonly right: TitledAxis | null;
  /** The first lies on top. */
  readonly lines: readonly PlotLine[];
  readonly theme: Theme;
}

export interface DrawnPlot {
  readonly markup: Markup;
  readonly area: PlotArea;
  readonly x: (value: number) => number;
}

/** Pixels beside and above the area. */
const gutter = { side: 58, end: 14, head: 44, foot: 34 };

export function linePlot({ box, x: horizontal, left, right, lines, theme }: LinePlot): DrawnPlot {
  const area = {
    left: box.left + gutter.side,
    right: box.left + box.width - (right ? gutter.side : gutter.end),
    top: box.top + gutter.head,
    bottom: box.top + box.height - gutter.foot,
  };
  const x = horizontal.scale(area);
  const title = (axis: TitledAxis, at: number, anchor: string) =>
    text(axis.title, at, box.top + 14, { fill: axis.colour ?? theme.muted, 'font-size': 12, 'text-anchor': anchor });
  const scaleOf = ({ axis }: PlotLine) => valueScale(axis === 'right' && right ? right : left, area);
  const markup = tag(
    'g',
    {},
    title(left, box.left, 'start'),
    ...(right ? [title(right, box.left + box.width, 'end')] : []),
    ...horizontal.frame(area),
    ...valueFrame(left, area, theme),
    ...(right ? valueFrame(right, area, theme, 'right') : []),
    ...[...lines].reverse().flatMap((one) => bandMarks(one, x, scaleOf(one), horizontal.gap, theme)),
    ...[...lines].reverse().flatMap((one) => lineMarks(one, x, scaleOf(one), horizontal.gap, theme)),
  );
  return { markup, area, x };
}

/** The theme with high contrast also outlines it. */
function bandMarks(
  { band = [], colour }: PlotLine,
  x: (value: number) => number,
  y: (value: number) => number,
  gap: number,
  { highContrast }: Theme,
): Markup[] {
  return joined(band, gap).map((run) => {
    const upper = run.map((one) => [x(one.x), y(one.high)] as const);
    const lower = run.map((one) => [x(one.x), y(one.low)] as const).reverse();
    return tag('path', {
      class: 'band',
      d: `${polyline([...upper, ...lower])}Z`,
      fill: colour,
      'fill-opacity': highContrast ? 0.22 : 0.17,
      stroke: highContrast ? colour : null,
      'stroke-width': highContrast ? 0.75 : null,
    });
  });
}

function lineMarks(
  { name, points, colour, width, dash, marker }: PlotLine,
  x: (value: number) => number,
  y: (value: number) => number,
  gap: number,
  theme: Theme,
): Markup[] {
  const strokes = joined(points, gap).map((run) => polyline(run.map((point) => [x(point.x), y(point.y)])));
  const stroke = {
    class: 'line',
    'data-name': name,
    d: strokes.join(''),
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dash.join(' ') || null,
  };
  return [
    tag('path', stroke),
    ...(marker ? points.flatMap((point) => pointMarks(point, marker, colour, x, y, theme)) : []),
  ];
}

function pointMarks(
  { x: at, y: value, error, mark }: PlotPoint,
  marker: Marker,
  colour: string,
  x: (value: number) => number,
  y: (value: number) => number,
  theme: Theme,
): Markup[] {
  const cx = x(at);
  const cy = y(value);
  const isEstimate = error !== undefined;
  const isHollow = isEstimate || mark === 'hollow';
  const shape = {
    class: isEstimate ? 'estimate' : mark === undefined ? 'point' : `point ${mark}`,
    d: markerPath(marker, cx, cy, mark === 'strong' ? 5 : isEstimate ? 4 : 3.5),
    fill: isHollow ? theme.background : colour,
    stroke: isHollow ? colour : theme.background,
    'stroke-width': isHollow ? 1.5 : 1,
  };
  return [...(isEstimate ? whisker(cx, y(value - error), y(value + error), colour) : []), tag('path', shape)];
}

function whisker(x: number, from: number, to: number, stroke: string): Markup[] {
  const ends = [from, to].map((end) => line(x - 3, end, x + 3, end, { stroke, 'stroke-width': 1 }));
  return [line(x, from, x, to, { stroke, 'stroke-width': 1 }), ...ends];
}

/** Runs of neighbours. */
function joined<Point extends { readonly x: number }>(points: readonly Point[], gap: number): Point[][] {
  const runs: Point[][] = [];
  for (const point of points) {
    const last = runs.at(-1);
    if (last && point.x - last.at(-1)!.x <= gap) last.push(point);
    else runs.push([point]);
  }
  return runs;
}

export function layerAxis(backdrop: LayerBackdrop): HorizontalAxis {
  return {
    scale: (area) => layerScale(backdrop.numLayers, area),
    frame: (area) => layerFrame(backdrop, area),
    gap: 1,
  };
}

/** Ranks of singular values from 1 up to `last`; on a logarithmic scale where `log` says so. */
export function rankAxis({ last, log, theme }: { last: number; log: boolean; theme: Theme }): HorizontalAxis {
  const ends = log ? [0, Math.log10(Math.max(2, last))] : [1, Math.max(2, last)];
  const place = (rank: number) => ((log ? Math.log10(rank) : rank) - ends[0]!) / (ends[1]! - ends[0]!);
  const scale =
    ({ left, right }: PlotArea) =>
    (rank: number) =>
      left + place(rank) * (right - left);
  return {
    scale,
    gap: Infinity,
    frame: (area) => {
      const { left, right, bottom } = area;
      const small = { fill: theme.muted, 'font-size': 11, 'text-anchor': 'middle' };
      return [
        ...rankTicks(last, log).map((rank) => text(String(rank), scale(area)(rank), bottom + 14, small)),
        line(left, bottom, right, bottom, { stroke: theme.muted, 'stroke-width': 1 }),
        text('Rank', (left + right) / 2, bottom + 28, small),
      ];
    },
  };
}

function rankTicks(last: number, log: boolean): number[] {
  const ticks = log ? [1, 3, 10, 30, 100, 300, 1000, 3000, 10000] : [1, 10, 20, 30, 40, 50];
  return ticks.filter((rank) => rank <= last);
}
