import { element, fill } from './dom';
import { drawing } from './drawing';
import { legendHeight, swatchWidth, type LegendEntry } from './legend';
import { tag } from './svg';
import type { Theme } from './theme';

/** A legend whose entries are read, and wrap where there is no room. */
export class LegendList {
  readonly element = element('ul', { class: 'legend', 'aria-label': 'Legend' });

  update(entries: readonly LegendEntry[], theme: Theme): void {
    const width = swatchWidth + 2;
    const items = entries.map(({ label, draw }) => {
      const swatch = drawing(tag('g', {}, ...draw(1, legendHeight / 2)), width, legendHeight, theme.fontFamily);
      swatch.setAttribute('class', 'swatch');
      return element('li', {}, swatch, element('span', {}, label));
    });
    fill(this.element, ...items);
  }
}
