import { percent } from '../../src/shared/format';
import { element, fill, setAttributes, setText } from '../kit/dom';
import { Tooltip } from '../kit/tooltip';
import { mapSummary, mapTitle, tokenText, type ItemMap } from './itemMaps';
import { mapPicture, type PictureContent } from './mapPicture';
import { peakOf } from './patches';

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** One map, large: the pointer, or the arrow keys, read the attention of each image token. */
export class MapView {
  readonly element: HTMLElement;
  private readonly heading = element('h3');
  private readonly stage = element('div', { class: 'stage', tabindex: 0 });
  private readonly mark = element('div', { class: 'token-mark', hidden: true });
  private readonly tooltip = new Tooltip();
  private readonly spoken = element('p', { class: 'hidden-text', 'aria-live': 'polite' });
  private readonly numbers = element('dl', { class: 'numbers' });
  private shown: ItemMap | null = null;
  /** The token under the keyboard's cursor. */
  private token: readonly [row: number, column: number] | null = null;

  constructor() {
    setAttributes(this.stage, { role: 'application', 'aria-roledescription': 'attention map' });
    const hint = 'Move the pointer over the map, or focus it and use the arrow keys, to read single image tokens.';
    const figure = element('figure', {}, this.stage, element('figcaption', { class: 'muted' }, hint));
    this.element = element('section', { class: 'large', 'aria-labelledby': 'large-heading' });
    this.heading.id = 'large-heading';
    this.element.append(
      this.heading,
      element('div', { class: 'large-parts' }, figure, this.numbers, this.tooltip.element),
      this.spoken,
    );
    this.stage.addEventListener('pointermove', (event) => this.point(this.tokenAt(event)));
    this.stage.addEventListener('pointerleave', () => this.point(null));
    this.stage.addEventListener('focus', () => this.speak());
    this.stage.addEventListener('blur', () => this.point(null));
    this.stage.addEventListener('keydown', (event) => this.press(event));
  }

  update(one: ItemMap, content: PictureContent): void {
    const { row, map, place } = one;
    const isOther = this.shown?.place.checkpoint !== place.checkpoint || this.shown.place.layer !== place.layer;
    if (isOther || this.shown?.row?.id !== row?.id) this.token = null;
    this.shown = one;
    setText(this.heading, mapTitle(one));
    setAttributes(this.stage, { 'aria-label': mapSummary(one) });
    fill(this.stage, mapPicture(one, content), this.mark);
    this.mark.hidden = true;
    this.tooltip.hide();
    const facts: [string, string][] = row
      ? [
          ['Mass on the image', percent(row.mass)],
          ['Per image token', tokenText(row.perToken)],
          ['On image tokens that are sinks', percent(row.imageSink)],
          ['Sink (first token)', percent(row.sink)],
          ['Tokens that look', String(row.tokens)],
          ['Image tokens', row.grids.map(([height, width]) => `${height} × ${width}`).join(', ')],
          ...(map ? ([['Largest', placeText(map.largest, peakOf(map))]] as [string, string][]) : []),
        ]
      : [['Not read yet', '']];
    const further =
      row && row.grids.length > 1 ? element('p', { class: 'muted' }, 'The map is of the first image.') : null;
    fill(
      this.numbers,
      ...facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
      further,
    );
  }

  private press(event: KeyboardEvent): void {
    const map = this.shown?.map;
    const step = steps[event.key];
    if (!map || !step) return;
    event.preventDefault();
    const { row, column } = peakOf(map);
    const [fromRow, fromColumn] = this.token ?? [row - step[0], column - step[1]];
    const within = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
    this.token = [within(fromRow + step[0], map.height), within(fromColumn + step[1], map.width)];
    this.speak();
  }

  private speak(): void {
    this.point(this.token);
    if (this.token) setText(this.spoken, this.lines(this.token).join(', '));
  }

  private tokenAt({ clientX, clientY }: PointerEvent): readonly [number, number] | null {
    const { map } = this.shown ?? {};
    const box = this.stage.getBoundingClientRect();
    if (!map || box.width === 0 || box.height === 0) return null;
    const row = Math.floor(((clientY - box.top) / box.height) * map.height);
    const column = Math.floor(((clientX - box.left) / box.width) * map.width);
    return row >= 0 && row < map.height && column >= 0 && column < map.width ? [row, column] : null;
  }

  private point(token: readonly [number, number] | null): void {
    const map = this.shown?.map;
    this.mark.hidden = !token || !map;
    if (!token || !map) return this.tooltip.hide();
    const [row, column] = token;
    const { clientWidth, clientHeight } = this.stage;
    const [wide, tall] = [clientWidth / map.width, clientHeight / map.height];
    Object.assign(this.mark.style, {
      left: `${column * wide}px`,
      top: `${row * tall}px`,
      width: `${wide}px`,
      height: `${tall}px`,
    });
    const { offsetLeft, offsetTop } = this.stage;
    const x = offsetLeft + (column + 1) * wide;
    this.tooltip.show(this.lines(token), x, offsetTop + (row + 1) * tall + 4, offsetTop + row * tall - 4);
  }

  private lines([row, column]: readonly [number, number]): string[] {
    const { map } = this.shown!;
    const value = map!.values[row * map!.width + column]!;
    const mean = map!.values.reduce((sum, one) => sum + one, 0) / map!.values.length;
    const times = mean > 0 ? `, ${(value / mean).toFixed(1)} times an image token’s mean` : '';
    return [`Row ${row + 1}, column ${column + 1}`, `${tokenText(value)} of attention${times}`];
  }
}

function placeText(value: number, { row, column }: { readonly row: number; readonly column: number }): string {
  return `${tokenText(value)}, row ${row + 1}, column ${column + 1}`;
}
