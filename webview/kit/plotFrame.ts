/** What plots over layers stand in: their place, their axes, the regions behind them. No DOM. */
import { regionNames, regionTitles, type Regions } from '../../src/shared/vocabulary';
import { layerTicks } from './layerTicks';
import { line, tag, text, type Markup } from './svg';
import type { Theme } from './theme';

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The rectangle between the axes. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface ValueAxis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
  /** Of its labels, where a second axis has another. */
  readonly colour?: string;
}

/** Pixels that values of an axis lie at. */
export function valueScale({ low, high }: ValueAxis, { top, bottom }: PlotArea): (value: number) => number {
  return (value) => bottom - ((value - low) / (high - low)) * (bottom - top);
}

/** Pixels that layers lie at, each in the middle of its share. */
export function layerScale(numLayers: number, { left, right }: PlotArea): (layer: number) => number {
  return (layer) => left + ((layer + 0.5) / numLayers) * (right - left);
}

export interface LayerBackdrop {
  readonly numLayers: number;
  readonly regions: Regions | null;
  /** Region names are wanted once where plots stand one above the other. */
  readonly named: boolean;
  readonly theme: Theme;
}

/** The shaded Mid, region names, and the axis of layers. */
export function layerFrame({ numLayers, regions, named, theme }: LayerBackdrop, area: PlotArea): Markup[] {
  const { left, right, top, bottom } = area;
  const x = layerScale(numLayers, area);
  const small = { fill: theme.muted, 'font-size': 11, 'text-anchor': 'middle' };
  const parts: Markup[] = [];
  for (const name of regions ? regionNames : []) {
    const [from, to] = regions![name];
    if (from === to) continue;
    const [a, b] = [x(from - 0.5), x(to - 0.5)];
    if (name === 'mid')
      parts.push(tag('rect', { x: a, y: top, width: b - a, height: bottom - top, fill: theme.shade }));
    if (named) parts.push(text(regionTitles[name], (a + b) / 2, top - 5, small));
  }
  for (const layer of layerTicks(numLayers)) parts.push(text(String(layer), x(layer), bottom + 14, small));
  parts.push(line(left, bottom, right, bottom, { stroke: theme.muted, 'stroke-width': 1 }));
  parts.push(text('Layer', (left + right) / 2, bottom + 28, small));
  return parts;
}

/** Labels of a value axis, and on the left side its grid. */
export function valueFrame(axis: ValueAxis, area: PlotArea, theme: Theme, side: 'left' | 'right' = 'left'): Markup[] {
  const { left, right } = area;
  const y = valueScale(axis, area);
  const small = { fill: axis.colour ?? theme.muted, 'font-size': 11 };
  return axis.ticks.flatMap((value) => {
    const stroke = value === 0 ? theme.muted : theme.grid;
    const at = y(value);
    return side === 'left'
      ? [
          line(left, at, right, at, { stroke, 'stroke-width': 1 }),
          text(axis.label(value), left - 6, at + 4, { ...small, 'text-anchor': 'end' }),
        ]
      : [text(axis.label(value), right + 6, at + 4, small)];
  });
}
