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
}

export interface PlotLine {
  readonly name: string;
  readonly points: readonly PlotPoint[];
  readonly axis: 'left' | 'right';
  readonly colour: string;
  readonly width: number;
  readonly dash: readonly number[];
  readonly marker: Marker | null;
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
  const markup = tag(
    'g',
    {},
    title(left, box.left, 'start'),
    ...(right ? [title(right, box.left + box.width, 'end')] : []),
    ...horizontal.frame(area),
    ...valueFrame(left, area, theme),
    ...(right ? valueFrame(right, area, theme, 'right') : []),
    ...[...lines].reverse().flatMap((one) => {
      const y = valueScale(one.axis === 'right' && right ? right : left, area);
      return lineMarks(one, x, y, horizontal.gap, theme);
    }),
  );
  return { markup, area, x };
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
  { x: at, y: value, error }: PlotPoint,
  marker: Marker,
  colour: string,
  x: (value: number) => number,
  y: (value: number) => number,
  theme: Theme,
): Markup[] {
  const cx = x(at);
  const cy = y(value);
  const isEstimate = error !== undefined;
  const shape = {
    class: isEstimate ? 'estimate' : 'point',
    d: markerPath(marker, cx, cy, isEstimate ? 4 : 3.5),
    fill: isEstimate ? theme.background : colour,
    stroke: isEstimate ? colour : theme.background,
    'stroke-width': isEstimate ? 1.5 : 1,
  };
  return [...(isEstimate ? whisker(cx, y(value - error), y(value + error), colour) : []), tag('path', shape)];
}

function whisker(x: number, from: number, to: number, stroke: string): Markup[] {
  const ends = [from, to].map((end) => line(x - 3, end, x + 3, end, { stroke, 'stroke-width': 1 }));
  return [line(x, from, x, to, { stroke, 'stroke-width': 1 }), ...ends];
}

/** Runs of neighbours. */
function joined(points: readonly PlotPoint[], gap: number): PlotPoint[][] {
  const runs: PlotPoint[][] = [];
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
