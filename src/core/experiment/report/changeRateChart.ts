import { percent } from '../../../shared/format';
import type { SwapPoint } from '../../../shared/swapResults';
import { regionNames, regionTitles, type Regions } from '../../../shared/vocabulary';
import { html, type Html } from './html';

export interface ChartCurve {
  readonly name: string;
  readonly points: readonly SwapPoint[];
}

const size = { width: 760, height: 340 };
const margin = { left: 52, right: 16, top: 24, bottom: 44 };
const plot = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom };
/** Series beyond these begin again; the legend and the line's dashes still tell them apart. */
const colours = 6;
const dashes = ['', '7 4', '2 3', '9 3 2 3'];

/**
 * Change rates over layers as SVG: a line per function over its interval's band, regions shaded behind. Colours are the
 * page's (classes `series-0` … `series-5`), so that they follow its theme.
 * @param layers the half-open range of layers that the axis shows
 */
export function changeRateChart(
  curves: readonly ChartCurve[],
  layers: readonly [number, number],
  regions: Regions | null,
): Html {
  const [first, end] = layers;
  const step = plot.width / (end - first);
  /** A layer is a column; its point stands in the middle. */
  const x = (layer: number) => round(margin.left + (layer - first + 0.5) * step);
  const y = (rate: number) => round(margin.top + (1 - rate) * plot.height);
  const names = curves.map(({ name }) => name).join(', ');
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Change rate per layer: ${names}">
      ${regions ? shading(regions, layers, step) : html``}${rateAxis(y)}${layerAxis(layers, x, step)}
      ${curves.map((curve, i) => series(curve, i, x, y))}</svg
    >${legend(curves)}`;
}

type Scale = (value: number) => number;

function series({ name, points }: ChartCurve, i: number, x: Scale, y: Scale): Html {
  const measured = points.filter(({ n }) => n > 0);
  const pair = (at: number, value: number) => `${x(at)},${y(value)}`;
  const upper = measured.map(({ layer, high }) => pair(layer, high));
  const lower = measured.map(({ layer, low }) => pair(layer, low)).reverse();
  const line = measured.map(({ layer, rate }) => pair(layer, rate)).join(' ');
  return html`<g class="series-${i % colours}"
    ><polygon class="band" points="${[...upper, ...lower].join(' ')}" />
    <polyline class="line" points="${line}" stroke-dasharray="${dashOf(i)}" />
    ${measured.map(
      ({ layer, rate, low, high, n }) =>
        html`<circle class="point" cx="${x(layer)}" cy="${y(rate)}" r="3"
          ><title>${name}, layer ${layer}: ${percent(rate)} [${percent(low)}, ${percent(high)}], n ${n}</title></circle
        >`,
    )}</g
  >`;
}

function shading(regions: Regions, [first, end]: readonly [number, number], step: number): Html {
  const visible = regionNames.flatMap((name, i) => {
    const [from, to] = [Math.max(regions[name][0], first), Math.min(regions[name][1], end)];
    return to > from
      ? [{ name, i, left: round(margin.left + (from - first) * step), width: round((to - from) * step) }]
      : [];
  });
  return html`${visible.map(
    ({ name, i, left, width }) =>
      html`<rect
          class="region region-${i}"
          x="${left}"
          y="${margin.top}"
          width="${width}"
          height="${plot.height}"
        /><text class="label" x="${round(left + width / 2)}" y="${margin.top - 8}" text-anchor="middle"
          >${regionTitles[name]}</text
        >`,
  )}`;
}

function rateAxis(y: Scale): Html {
  const right = size.width - margin.right;
  return html`${[0, 0.25, 0.5, 0.75, 1].map(
    (rate) =>
      html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y(rate)}" y2="${y(rate)}" /><text
          class="label"
          x="${margin.left - 8}"
          y="${y(rate) + 4}"
          text-anchor="end"
          >${100 * rate} %</text
        >`,
  )}`;
}

function layerAxis([first, end]: readonly [number, number], x: Scale, step: number): Html {
  const every = Math.max(1, Math.ceil(26 / step));
  const layers = Array.from({ length: end - first }, (_, i) => first + i).filter((_, i) => i % every === 0);
  const below = margin.top + plot.height;
  return html`${layers.map((layer) => html`<text class="label" x="${x(layer)}" y="${below + 17}" text-anchor="middle">${layer}</text>`)}
    <text class="label" x="${margin.left + plot.width / 2}" y="${below + 36}" text-anchor="middle">layer</text>`;
}

function legend(curves: readonly ChartCurve[]): Html {
  const entries = curves.map(({ name, points }, i) => {
    const n = Math.max(0, ...points.map((point) => point.n));
    return html`<li class="series-${i % colours}">
      <svg viewBox="0 0 28 10" aria-hidden="true">
        <line class="line" x1="0" x2="28" y1="5" y2="5" stroke-dasharray="${dashOf(i)}" />
        <circle class="point" cx="14" cy="5" r="3" /></svg
      >${name} (n ${n})
    </li>`;
  });
  return html`<ul class="legend">
    ${entries}
  </ul>`;
}

function dashOf(i: number): string {
  return dashes[i % dashes.length]!;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
