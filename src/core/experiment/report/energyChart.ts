import { movedShare } from '../../../shared/format';
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

/** Relative energies of a layer, or of one component of it, over layers. */
export interface EnergyCurve {
  readonly name: string;
  readonly points: readonly { readonly layer: number; readonly energy: number }[];
}

/**
 * Update energies over layers as SVG: a line per curve, regions shaded behind.
 * @param layers the half-open range of layers that the axis shows
 */
export function energyChart(
  title: string,
  curves: readonly EnergyCurve[],
  layers: readonly [number, number],
  regions: Regions | null,
): Html {
  const ticks = ticksUpTo(Math.max(0, ...curves.flatMap(({ points }) => points.map(({ energy }) => energy))));
  const [x, y] = [layerScale(layers), valueScale(ticks.at(-1)!.value)];
  return html`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="Update energy per layer: ${title}">
      ${regions ? shading(regions, layers) : html``}${valueAxis(ticks, y)}${layerAxis(layers, x)}
      ${curves.map((curve, i) => series(curve, i, x, y))}</svg
    >${legend(curves.map(({ name }) => name))}`;
}

function series({ name, points }: EnergyCurve, i: number, x: Scale, y: Scale): Html {
  const line = points.map(({ layer, energy }) => `${x(layer)},${y(energy)}`).join(' ');
  return html`<g class="series-${i % colours}"
    ><polyline class="line" points="${line}" stroke-dasharray="${dashOf(i)}" /> ${points.map(
      ({ layer, energy }) =>
        html`<circle class="point" cx="${x(layer)}" cy="${y(energy)}" r="3"
          ><title>${name}, layer ${layer}: ${movedShare(energy)}</title></circle
        >`,
    )}</g
  >`;
}

/** Four to ten round steps from 0 on, the last at or above `most`. */
function ticksUpTo(most: number): { value: number; label: string }[] {
  if (most === 0) return [0, 1].map((value) => ({ value, label: `${100 * value} %` }));
  const rough = (100 * most) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  const count = Math.ceil((100 * most) / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => ({
    value: (i * step) / 100,
    label: `${(i * step).toFixed(digits)} %`,
  }));
}
