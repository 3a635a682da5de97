import { element } from '../kit/dom';
import { heatMaps } from './heatMap';
import { HeatGrid, type GridContent } from './heatGrid';

/** A heat map for each phase, side by side. */
export class MapView {
  readonly element = element('div', {});
  private readonly explanation = element(
    'p',
    { class: 'muted explanation' },
    'Each cell is a tensor: click it, or press Enter, to see it among the checkpoints.',
  );
  private readonly grid = element('div', { class: 'grid' });
  private readonly maps = new Map<number, HeatGrid>();

  constructor(private readonly onReveal: (phase: number, name: string) => void) {
    this.element.append(this.explanation, this.grid);
  }

  update(content: GridContent): void {
    const maps = heatMaps(content.state, content.view);
    const places = maps.map(({ shown }) => shown.place);
    for (const [place, map] of this.maps) {
      if (places.includes(place)) continue;
      map.dispose();
      this.maps.delete(place);
    }
    maps.forEach((map, i) => {
      const { place } = map.shown;
      let grid = this.maps.get(place);
      if (!grid) this.maps.set(place, (grid = new HeatGrid((name) => this.onReveal(place, name))));
      if (this.grid.children[i] !== grid.element) this.grid.insertBefore(grid.element, this.grid.children[i] ?? null);
      grid.update(map, content);
    });
  }
}
