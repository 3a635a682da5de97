/** Drawings like those of the sample lab: shapes of four colours, each in a cell of its own, on 112×112 pixels. */
import type { Draw } from '../../src/core/pairs/draw';
import { itemOf, thingsOf, type Thing } from '../../src/core/pairs/objects';
import { defaultColours } from '../../src/core/pairs/palette';
import { emptyScene } from '../../src/core/pairs/plannedPair';
import { withItems, type Scene } from '../../src/core/pairs/scene';

export const imageSize = { width: 112, height: 112 };
/** Pixels: as many as one image token sees. */
const cell = 28;
const columns = imageSize.width / cell;
const across = [16, 24] as const;
const margin = 2;

/** Both in reading order. */
export interface DrawnThings {
  readonly things: readonly Thing[];
  readonly scene: Scene;
}

export function scatteredThings(draw: Draw, count: number): DrawnThings {
  const cells = Array.from({ length: columns * columns }, (_, i) => i);
  const kinds = thingsOf(defaultColours);
  const things = Array.from({ length: count }, () => draw.one(kinds));
  const places = draw.some(cells, count).sort((a, b) => a - b);
  const items = places.map((place, i) => {
    const size = draw.whole(...across);
    const x = (place % columns) * cell + draw.whole(margin, cell - margin - size);
    const y = Math.floor(place / columns) * cell + draw.whole(margin, cell - margin - size);
    return itemOf(things[i], [x, y, x + size, y + size]);
  });
  return { things, scene: withItems(emptyScene(imageSize, draw), items) };
}
