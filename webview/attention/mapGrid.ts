import { percent } from '../../src/shared/format';
import { element, fill, setAttributes } from '../kit/dom';
import { GridCursor } from '../kit/gridCursor';
import { Tooltip } from '../kit/tooltip';
import { mapSummary, type ItemMap, type ItemMaps } from './itemMaps';
import { mapPicture, type PictureContent } from './mapPicture';
import type { Place } from './view';

/** An item's maps, small: a stop of the Tab key, arrows go from map to map, Enter shows one large. */
export class MapGrid {
  readonly element = element('div', { class: 'maps-box' });
  private readonly grid = element('div', { class: 'maps' });
  private readonly axis = element('div', { class: 'map-row map-axis muted', 'aria-hidden': 'true' });
  private readonly tooltip = new Tooltip();
  private readonly cursor: GridCursor;
  private readonly places = new WeakMap<HTMLElement, ItemMap>();

  constructor(onChoose: (place: Place) => void) {
    this.element.append(
      element('div', { class: 'scroll-box' }, element('div', { class: 'maps-inner' }, this.axis, this.grid)),
      this.tooltip.element,
    );
    this.cursor = new GridCursor(this.grid, {
      onPoint: (cell) => this.point(cell),
      onChoose: (cell) => {
        const one = this.places.get(cell);
        if (one) onChoose(one.place);
      },
    });
  }

  /** @param large the map that is shown large */
  update(name: string, { layers, rows }: ItemMaps, large: ItemMap | null, content: PictureContent): void {
    const columns = `5.5em repeat(${layers.length}, minmax(62px, 1fr))`;
    setAttributes(this.grid, { role: 'grid', 'aria-label': name });
    this.axis.style.gridTemplateColumns = columns;
    fill(this.axis, element('span', {}, 'Layer'), ...layers.map((layer) => element('span', {}, String(layer))));
    this.cursor.refill(() => {
      const all = rows.map(({ label, maps }) => {
        const heading = element('span', { role: 'rowheader', class: 'map-heading' }, label);
        const cells = maps.map((one) => this.cell(one, one === large, content));
        const row = element('div', { role: 'row', class: 'map-row' }, heading, ...cells);
        row.style.gridTemplateColumns = columns;
        return row;
      });
      fill(this.grid, ...all);
    });
  }

  private cell(one: ItemMap, isLarge: boolean, content: PictureContent): HTMLElement {
    const { row } = one;
    const node = element(
      'div',
      { role: 'gridcell', class: 'map-cell', 'aria-label': mapSummary(one), 'aria-selected': String(isLarge) },
      mapPicture(one, content),
      element('span', { class: 'map-number' }, row ? percent(row.mass) : '–'),
      element('span', { class: 'map-number muted' }, row ? `sink ${Math.round(100 * row.sink)} %` : 'not read'),
    );
    this.places.set(node, one);
    return node;
  }

  private point(cell: HTMLElement | null): void {
    const one = cell && this.places.get(cell);
    if (!cell || !one) return this.tooltip.hide();
    const box = this.element.getBoundingClientRect();
    const { right, top, bottom } = cell.getBoundingClientRect();
    const [title, ...lines] = mapSummary(one).split(/: |; /);
    this.tooltip.show([title!, ...lines], right - box.left, bottom - box.top + 4, top - box.top - 4);
  }
}
