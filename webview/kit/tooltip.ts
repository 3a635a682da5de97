import { element, fill } from './dom';

/** Lines beside a place of a chart. What they say is said in words elsewhere too. */
export class Tooltip {
  readonly element = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });

  /**
   * @param x @param y pixels within the element that it stands in
   * @param above where it ends instead, when there is no room in the window below `y`
   */
  show([title, ...lines]: readonly string[], x: number, y: number, above = y): void {
    fill(this.element, element('strong', {}, title), ...lines.map((line) => element('span', {}, line)));
    this.element.hidden = false;
    const { clientWidth = 0 } = this.element.parentElement ?? {};
    const { offsetWidth, offsetHeight } = this.element;
    // Right of the place, or left of it where there is no room.
    const left = x + 12 + offsetWidth <= clientWidth ? x + 12 : Math.max(0, x - 12 - offsetWidth);
    this.element.style.left = `${left}px`;
    const top = this.element.parentElement?.getBoundingClientRect().top ?? 0;
    const hasRoom = top + y + offsetHeight <= window.innerHeight;
    this.element.style.top = `${hasRoom ? y : Math.min(y, above - offsetHeight)}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}
