import { element, fill } from './dom';

/** Lines beside a place of a chart. What they say is said in words elsewhere too. */
export class Tooltip {
  readonly element = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });

  /** @param x @param y pixels within the element that it stands in */
  show([title, ...lines]: readonly string[], x: number, y: number): void {
    fill(this.element, element('strong', {}, title), ...lines.map((line) => element('span', {}, line)));
    this.element.hidden = false;
    const { clientWidth = 0 } = this.element.parentElement ?? {};
    const { offsetWidth } = this.element;
    // Right of the place, or left of it where there is no room.
    const left = x + 12 + offsetWidth <= clientWidth ? x + 12 : Math.max(0, x - 12 - offsetWidth);
    this.element.style.left = `${left}px`;
    this.element.style.top = `${y}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
