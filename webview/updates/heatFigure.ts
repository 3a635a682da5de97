/** A heat map as SVG: what is exported. The page has it as a grid that can be walked through. No DOM. */
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { layerTicks } from '../kit/layerTicks';
import { text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { cellMarks, colourBar, colourBarHeight } from './colourBar';
import { looksIn, mapColours } from './heatColours';
import type { HeatMap } from './heatMap';
import { layerCount } from './phases';
import type { View } from './view';

const heatRow = 18;
const labelWidth = 170;
const head = 26;
const foot = 40;

export function heatMapHeight({ rows, outside }: HeatMap): number {
  const apart = outside.length > 0 ? heatRow + Math.ceil(outside.length / 2) * heatRow : 0;
  return head + rows.length * heatRow + foot + apart + colourBarHeight + 8;
}

export function heatFigure(
  map: HeatMap,
  { state, view, theme }: { readonly state: UpdatesState; readonly view: View; readonly theme: Theme },
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): Markup[] {
  const { rows, outside, scale, shown } = map;
  const colours = mapColours(map, theme);
  const layers = layerCount(state, view.part);
  const cellWidth = (width - labelWidth) / Math.max(1, layers);
  const small = { fill: theme.muted, 'font-size': 11 };
  const x = (layer: number) => left + labelWidth + layer * cellWidth;
  const y = (row: number) => top + head + row * heatRow;
  const below = y(rows.length) + foot;
  const half = width / 2;
  return [
    text(shown.title, left, top + 14, { fill: theme.foreground, 'font-size': 13, 'font-weight': 600 }),
    ...rows.flatMap(({ kind, cells }, row) => [
      text(kind.label, left + labelWidth - 8, y(row) + 13, { ...small, 'text-anchor': 'end' }),
      ...cells.flatMap(({ look }, layer) =>
        cellMarks({ x: x(layer), y: y(row), width: cellWidth, height: heatRow }, look, scale, colours, theme),
      ),
    ]),
    ...layerTicks(layers).map((layer) =>
      text(String(layer), x(layer + 0.5), y(rows.length) + 14, { ...small, 'text-anchor': 'middle' }),
    ),
    ...(layers > 0 ? [text('Layer', x(layers / 2), y(rows.length) + 28, { ...small, 'text-anchor': 'middle' })] : []),
    ...outside.flatMap(({ label, cell }, i) => {
      const from = { left: left + (i % 2) * half, top: below + Math.floor(i / 2) * heatRow };
      return [
        ...cellMarks({ x: from.left, y: from.top, width: 16, height: 16 }, cell.look, scale, colours, theme),
        text(label, from.left + 22, from.top + 12, small),
      ];
    }),
    ...colourBar(
      { left, top: top + heatMapHeight(map) - colourBarHeight },
      scale,
      view.measure,
      looksIn(map),
      colours,
      theme,
    ),
  ];
}
