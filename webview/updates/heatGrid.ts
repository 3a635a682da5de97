import type { UpdatesState } from '../../src/shared/protocol/updates';
import { element, fill, setAttributes, setText } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { layerTicks } from '../kit/layerTicks';
import { tag } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { Tooltip } from '../kit/tooltip';
import { borderColour, cellPaint } from './cellPaint';
import { colourBar, colourBarHeight } from './colourBar';
import { GridCursor } from '../kit/gridCursor';
import { looksIn, mapColours } from './heatColours';
import { cellTitle, type HeatCell, type HeatMap } from './heatMap';
import type { View } from './view';
import { measureTitles } from './wording';

export interface GridContent {
  readonly state: UpdatesState;
  readonly view: View;
  readonly theme: Theme;
}

/** One phase's heat map as a grid: a stop of the Tab key, arrows go from cell to cell, Enter shows the tensor. */
export class HeatGrid {
  readonly element: HTMLElement;
  private readonly heading = element('h3');
  private readonly layers = element('div', { class: 'heat-rows' });
  private readonly outside = element('div', { class: 'heat-outside' });
  private readonly axis = element('div', { class: 'heat-axis muted', 'aria-hidden': 'true' });
  private readonly outsideTitle = element('p', { class: 'group-label' }, 'Outside of the layers');
  private readonly legend = element('div', { class: 'heat-legend' });
  private readonly box = element('div', { class: 'heat-box' });
  private readonly tooltip = new Tooltip();
  private readonly layersCursor: GridCursor;
  private readonly outsideCursor: GridCursor;
  private shown = '';

  constructor(onReveal: (name: string) => void) {
    this.box.append(this.layers, this.axis, this.outsideTitle, this.outside, this.tooltip.element);
    this.element = element('figure', { class: 'card' }, this.heading, this.box, this.legend);
    const actions = {
      onPoint: (cell: HTMLElement | null) => this.point(cell),
      onChoose: ({ dataset: { name } }: HTMLElement) => {
        if (name !== undefined) onReveal(name);
      },
    };
    this.layersCursor = new GridCursor(this.layers, actions);
    this.outsideCursor = new GridCursor(this.outside, actions);
  }

  update(map: HeatMap, content: GridContent): void {
    const { view, theme } = content;
    const { shown, rows, outside, scale } = map;
    // Nothing is touched that did not change: there are hundreds of cells, and a run tells of news all the time.
    const print = JSON.stringify([rows, outside, scale, shown.title, view.measure, theme]);
    if (print === this.shown) return;
    this.shown = print;
    setText(this.heading, shown.title);
    const paint = (label: string, layer: number | null, cell: HeatCell) => this.cell(map, content, label, layer, cell);
    const name = `${measureTitles[view.measure]} of ${shown.title}`;
    const count = rows[0]?.cells.length ?? 0;
    this.layers.hidden = count === 0;
    setAttributes(this.layers, { role: 'grid', 'aria-label': `${name} by kind of tensor and layer` });
    this.layersCursor.refill(() => {
      const row = ({ kind, cells }: HeatMap['rows'][number]) => [
        element('span', { role: 'rowheader', class: 'heat-label muted' }, kind.label),
        ...cells.map((cell, layer) => paint(kind.label, layer, cell)),
      ];
      fill(this.layers, ...rows.map((one) => element('div', { role: 'row', class: 'heat-row' }, ...row(one))));
    });
    this.showAxis(count);
    this.outside.hidden = outside.length === 0;
    this.outsideTitle.hidden = outside.length === 0;
    setAttributes(this.outside, { role: 'grid', 'aria-label': `${name} outside of the layers` });
    this.outsideCursor.refill(() => {
      const row = ({ label, cell }: HeatMap['outside'][number]) => [
        paint(label, null, cell),
        element('span', { role: 'rowheader', class: 'muted' }, label),
      ];
      fill(this.outside, ...outside.map((one) => element('div', { role: 'row', class: 'heat-single' }, ...row(one))));
    });
    const bar = colourBar({ left: 0, top: 3 }, scale, view.measure, looksIn(map), mapColours(map, theme), theme);
    fill(this.legend, drawing(tag('g', {}, ...bar), 520, colourBarHeight, theme.fontFamily));
  }

  dispose(): void {
    this.element.remove();
  }

  private showAxis(count: number): void {
    this.axis.hidden = count === 0;
    const ticks = layerTicks(count);
    const tick = (layer: number) => element('span', { class: 'heat-tick' }, ticks.includes(layer) ? String(layer) : '');
    const label = element('span', { class: 'heat-label' }, 'Layer');
    fill(this.axis, label, ...Array.from({ length: count }, (_, layer) => tick(layer)));
  }

  private cell(
    map: HeatMap,
    { view, theme }: GridContent,
    label: string,
    layer: number | null,
    { name, look }: HeatCell,
  ): HTMLElement {
    const { colour, opposite } = mapColours(map, theme);
    const { fill: background, glyph, ink, border } = cellPaint(look, map.scale, colour, opposite, theme);
    const title = cellTitle(map.shown.title, label, layer, look, view.measure);
    const attributes = { role: 'gridcell', class: `cell ${look.kind}`, 'aria-label': title, 'data-name': name };
    const node = element('span', attributes, glyph);
    node.style.background = background ?? 'transparent';
    node.style.color = ink;
    if (border !== 'none') node.style.outline = `1px ${border} ${borderColour(border, theme)}`;
    return node;
  }

  private point(cell: HTMLElement | null): void {
    if (!cell) return this.tooltip.hide();
    const box = this.box.getBoundingClientRect();
    const { right, top, bottom } = cell.getBoundingClientRect();
    const { name } = cell.dataset;
    const lines = [cell.getAttribute('aria-label')!, ...(name === undefined ? [] : [name])];
    this.tooltip.show(lines, right - box.left, bottom - box.top + 4, top - box.top - 4);
  }
}
