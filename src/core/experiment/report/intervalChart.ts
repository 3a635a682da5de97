import { roundAxis, type ValueAxis } from './chartScale';
import { html, type Html } from './html';
import {
  colours,
  dashOf,
  layerAxis,
  layerScale,
  legend,
  margin,
  plot,
  round,
  shading,
  size,
  valueAxis,
  type Scale,
} from './layerPlot';
import type { Regions } from '../../../shared/vocabulary';

/** An estimate at a layer with its interval. */
export interface IntervalPoint {
  readonly layer: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Significant: drawn larger, with a ring. */
  readonly marked: boolean;
  /** What the point says to those who rest on it. */
  readonly title: string;
}

export interface IntervalCurve {
  readonly name: string;
  readonly points: readonly IntervalPoint[];
}

export interface IntervalChart {
  /** For those who do not see it. */
  readonly label: string;
  readonly curves: readonly IntervalCurve[];
  /** Half-open: what the axis shows. */
  readonly layers: readonly [number, number];
  readonly regions: Regions | null;
  readonly axis: ValueAxis;
  /** A value that all are held against, with its interval; without `low` and `high` a line. */
  readonly reference?: { readonly name: string; readonly value: number; readonly low?: number; readonly high?: number };
}

/** Lines over layers as SVG, each in its interval's band, with a reference across; colours are the page's. */
export function intervalChart({ label, curves, layers, regions, axis, reference }: IntervalChart): Html {
  const [x, y] = [layerScale(layers), scaleOf(axis)];
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${label}">
      ${regions ? shading(regions, layers) : html``}${valueAxis(axis.ticks, y)}${layerAxis(layers, x)}
      ${reference ? across(reference, y) : html``}${curves.map((curve, i) => series(curve, i, x, y))}</svg
    >${curves.length > 1 ? legend(curves.map(({ name }) => name)) : html``}`;
}

/** Round ticks that cover the points, the intervals and what else must be seen. */
export function axisOf(
  curves: readonly IntervalCurve[],
  also: readonly number[],
  label: (value: number, digits: number) => string,
  scale: number,
): ValueAxis {
  const values = [...also, ...curves.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]))];
  return roundAxis(Math.min(...values), Math.max(...values), label, scale);
}

function scaleOf({ low, high }: ValueAxis): Scale {
  return (value) => round(margin.top + ((high - value) / (high - low)) * plot.height);
}

function across({ name, value, low, high }: NonNullable<IntervalChart['reference']>, y: Scale): Html {
  const right = size.width - margin.right;
  const band =
    low === undefined || high === undefined
      ? html``
      : html`<rect
          class="reference-band"
          x="${margin.left}"
          y="${y(high)}"
          width="${plot.width}"
          height="${round(y(low) - y(high))}"
        />`;
  return html`${band}<line class="reference" x1="${margin.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"
      ><title>${name}</title></line
    >`;
}

function series({ name, points }: IntervalCurve, i: number, x: Scale, y: Scale): Html {
  const pair = (at: number, value: number) => `${x(at)},${y(value)}`;
  const upper = points.map(({ layer, high }) => pair(layer, high));
  const lower = points.map(({ layer, low }) => pair(layer, low)).reverse();
  return html`<g class="series-${i % colours}"
    ><polygon class="band" points="${[...upper, ...lower].join(' ')}" />
    <polyline
      class="line"
      points="${points.map(({ layer, value }) => pair(layer, value)).join(' ')}"
      stroke-dasharray="${dashOf(i)}"
    />
    ${points.map(
      ({ layer, value, marked, title }) =>
        html`<circle
          class="${marked ? 'point marked' : 'point'}"
          cx="${x(layer)}"
          cy="${y(value)}"
          r="${marked ? 4.5 : 3}"
          ><title>${name}, layer ${layer}: ${title}</title></circle
        >`,
    )}</g
  >`;
}
