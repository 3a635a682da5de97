import { percent } from '../../../shared/format';
import type { SwapPoint } from '../../../shared/swapResults';
import type { Regions } from '../../../shared/vocabulary';
import { html, type Html } from './html';
import {
  colours,
  dashOf,
  layerAxis,
  layerScale,
  legend,
  shading,
  size,
  valueAxis,
  valueScale,
  type Scale,
} from './layerPlot';

export interface ChartCurve {
  readonly name: string;
  readonly points: readonly SwapPoint[];
}

const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => ({ value, label: `${100 * value} %` }));

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
  const [x, y] = [layerScale(layers), valueScale(1)];
  const names = curves.map(({ name }) => name).join(', ');
  const labels = curves.map(({ name, points }) => `${name} (n ${Math.max(0, ...points.map(({ n }) => n))})`);
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Change rate per layer: ${names}">
      ${regions ? shading(regions, layers) : html``}${valueAxis(ticks, y)}${layerAxis(layers, x)}
      ${curves.map((curve, i) => series(curve, i, x, y))}</svg
    >${legend(labels)}`;
}

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
