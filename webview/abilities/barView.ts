import { element, fill } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { Slider, type SliderContent } from '../kit/slider';
import type { Theme } from '../kit/theme';
import { Tooltip } from '../kit/tooltip';
import type { BarPlace, BarPlot } from './barPlot';

export interface BarViewContent extends Pick<SliderContent, 'name' | 'empty'> {
  readonly theme: Theme;
  draw(width: number): BarPlot;
  label(place: BarPlace): string;
  notes(place: BarPlace): readonly string[];
}

/** Bars on the page: drawn to the width there is, with what the pointer or the keyboard is at. */
export class BarView {
  readonly element = element('div', { class: 'bars' });
  private readonly picture = element('div', {});
  private readonly mark = element('div', { class: 'bar-mark', hidden: true });
  private readonly tooltip = new Tooltip();
  private readonly slider: Slider;
  private content: BarViewContent | undefined;
  private drawn: BarPlot | undefined;
  private width = 0;
  /** The place of the bar that is pointed at. */
  private pointed: number | null = null;

  constructor(private readonly onChoose: (place: BarPlace) => void) {
    this.element.append(this.picture, this.mark, this.tooltip.element);
    this.slider = new Slider(this.element, { onMove: (at) => this.point(at), onChoose: (at) => this.choose(at) });
    this.element.addEventListener('pointermove', (event) => this.point(this.under(event)));
    this.element.addEventListener('pointerleave', () => this.point(null));
    this.element.addEventListener('click', (event) => {
      const at = this.under(event);
      if (at !== null) this.choose(at);
    });
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  update(content: BarViewContent): void {
    this.content = content;
    this.redraw();
  }

  private resize(): void {
    if (this.element.clientWidth !== this.width) this.redraw();
  }

  private redraw(): void {
    const { content } = this;
    this.width = this.element.clientWidth;
    if (!content || this.width === 0) return;
    const drawn = (this.drawn = content.draw(this.width));
    fill(this.picture, drawing(drawn.markup, this.width, drawn.height, content.theme.fontFamily));
    this.slider.update({
      name: content.name,
      empty: content.empty,
      values: drawn.places.map((_, i) => i),
      selected: null,
      label: (at) => content.label(drawn.places[at]!),
      notes: (at) => content.notes(drawn.places[at]!),
      none: 'No bar chosen',
    });
    this.point(this.pointed);
  }

  private under({ clientX, clientY }: MouseEvent): number | null {
    const frame = this.element.getBoundingClientRect();
    const [x, y] = [clientX - frame.left, clientY - frame.top];
    const at = (this.drawn?.places ?? []).findIndex(
      ({ left, top, width, height }) => x >= left && x < left + width && y >= top && y < top + height,
    );
    return at < 0 ? null : at;
  }

  private choose(at: number): void {
    const place = this.drawn?.places[at];
    if (place) this.onChoose(place);
  }

  private point(at: number | null): void {
    const place = at === null ? undefined : this.drawn?.places[at];
    this.pointed = place ? at : null;
    this.mark.hidden = !place;
    this.element.classList.toggle('pointing', place !== undefined);
    if (!place || !this.content) return this.tooltip.hide();
    const { left, top, width, height } = place;
    Object.assign(this.mark.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.tooltip.show([this.content.label(place), ...this.content.notes(place)], left + width - 8, top);
  }
}
