import { element, fill } from './dom';
import { drawing } from './drawing';
import type { DrawnPlot } from './linePlot';
import { Slider, type SliderContent } from './slider';
import type { Theme } from './theme';
import { Tooltip } from './tooltip';

export interface PlotViewContent extends SliderContent {
  /** Pixels. */
  readonly height: number;
  readonly theme: Theme;
  draw(width: number, height: number): DrawnPlot;
}

/** A plot on the page: drawn to the width there is, with what the pointer or the keyboard is at. */
export class PlotView {
  readonly element = element('div', { class: 'plot' });
  private readonly picture = element('div', {});
  private readonly guide = element('div', { class: 'guide', hidden: true });
  private readonly tooltip = new Tooltip();
  private readonly slider: Slider;
  private content: PlotViewContent | undefined;
  private drawn: DrawnPlot | undefined;
  private width = 0;
  private pointed: number | null = null;

  constructor(onChoose: (value: number) => void) {
    this.element.append(this.picture, this.guide, this.tooltip.element);
    this.slider = new Slider(this.element, { onMove: (value) => this.point(value), onChoose });
    this.element.addEventListener('pointermove', ({ clientX }) => this.point(this.nearest(clientX)));
    this.element.addEventListener('pointerleave', () => this.point(null));
    this.element.addEventListener('click', ({ clientX }) => {
      const value = this.nearest(clientX);
      if (value !== null) onChoose(value);
    });
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  update(content: PlotViewContent): void {
    this.content = content;
    this.slider.update(content);
    this.redraw();
  }

  private resize(): void {
    if (this.element.clientWidth !== this.width) this.redraw();
  }

  private redraw(): void {
    const { content } = this;
    this.width = this.element.clientWidth;
    if (!content || this.width === 0) return;
    this.drawn = content.draw(this.width, content.height);
    fill(this.picture, drawing(this.drawn.markup, this.width, content.height, content.theme.fontFamily));
    this.point(this.pointed);
  }

  /** @param clientX pixels from the window's left */
  private nearest(clientX: number): number | null {
    const { drawn, content } = this;
    if (!drawn || !content) return null;
    const pixel = clientX - this.element.getBoundingClientRect().left;
    const distance = (value: number) => Math.abs(drawn.x(value) - pixel);
    return content.values.reduce<number | null>(
      (best, value) => (best === null || distance(value) < distance(best) ? value : best),
      null,
    );
  }

  private point(value: number | null): void {
    const { drawn, content } = this;
    this.pointed = value;
    this.guide.hidden = value === null || !drawn;
    if (value === null || !drawn || !content) return this.tooltip.hide();
    const x = drawn.x(value);
    Object.assign(this.guide.style, {
      left: `${x}px`,
      top: `${drawn.area.top}px`,
      height: `${drawn.area.bottom - drawn.area.top}px`,
    });
    this.tooltip.show([content.label(value), ...content.notes(value)], x, drawn.area.top);
  }
}
