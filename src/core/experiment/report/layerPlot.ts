/** What charts over layers share: their place, the shading of regions, the axes. Colours are the page's, by class. */
import { regionNames, regionTitles, type Regions } from '../../../shared/vocabulary';
import { html, type Html } from './html';

export const size = { width: 760, height: 340 };
export const margin = { left: 52, right: 16, top: 24, bottom: 44 };
export const plot = {
  width: size.width - margin.left - margin.right,
  height: size.height - margin.top - margin.bottom,
};

/** Series beyond these begin again; the legend and the line's dashes still tell them apart. */
export const colours = 6;
const dashes = ['', '7 4', '2 3', '9 3 2 3'];

export type Scale = (value: number) => number;

/** A layer is a column; its point stands in the middle. @param layers half-open */
export function layerScale([first, end]: readonly [number, number]): Scale {
  const step = plot.width / (end - first);
  return (layer) => round(margin.left + (layer - first + 0.5) * step);
}

/** From the bottom up. @param most the value at the top */
export function valueScale(most: number): Scale {
  return (value) => round(margin.top + (1 - value / most) * plot.height);
}

export function shading(regions: Regions, [first, end]: readonly [number, number]): Html {
  const step = plot.width / (end - first);
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

/** Lines across the plot with what they stand for beside them. */
export function valueAxis(ticks: readonly { readonly value: number; readonly label: string }[], y: Scale): Html {
  const right = size.width - margin.right;
  return html`${ticks.map(
    ({ value, label }) =>
      html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}" /><text
          class="label"
          x="${margin.left - 8}"
          y="${y(value) + 4}"
          text-anchor="end"
          >${label}</text
        >`,
  )}`;
}

export function layerAxis([first, end]: readonly [number, number], x: Scale): Html {
  const every = Math.max(1, Math.ceil((26 * (end - first)) / plot.width));
  const layers = Array.from({ length: Math.ceil((end - first) / every) }, (_, i) => first + i * every);
  const below = margin.top + plot.height;
  return html`${layers.map((layer) => html`<text class="label" x="${x(layer)}" y="${below + 17}" text-anchor="middle">${layer}</text>`)}
    <text class="label" x="${margin.left + plot.width / 2}" y="${below + 36}" text-anchor="middle">layer</text>`;
}

export function legend(labels: readonly string[]): Html {
  const entries = labels.map((label, i) => {
    return html`<li class="series-${i % colours}">
      <svg viewBox="0 0 28 10" aria-hidden="true">
        <line class="line" x1="0" x2="28" y1="5" y2="5" stroke-dasharray="${dashOf(i)}" />
        <circle class="point" cx="14" cy="5" r="3" /></svg
      >${label}
    </li>`;
  });
  return html`<ul class="legend">
    ${entries}
  </ul>`;
}

export function dashOf(i: number): string {
  return dashes[i % dashes.length]!;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
