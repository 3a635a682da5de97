/** Objects for drawings: what they are called, and where several have room. */
import { InputError } from '../../shared/errors';
import type { ImageSize } from '../model/imageProcessor';
import type { Box } from '../probe/pairs';
import type { Draw } from './draw';
import { palette, type ColourName } from './palette';
import { shapes, type Shape, type ShapeItem } from './scene';

export interface Thing {
  readonly colour: ColourName;
  readonly shape: Shape;
}

/** Pixels across, at least: less is no shape any more. */
const smallest = 8;
/** Of an image's shorter side. */
const largestShare = 0.2;
/** Free pixels around an object in its cell. */
const gap = 1;

export function thingsOf(colours: readonly ColourName[]): Thing[] {
  return colours.flatMap((colour) => shapes.map((shape) => ({ colour, shape })));
}

export function thingName({ colour, shape }: Thing): string {
  return `${colour} ${shape}`;
}

/** "a red circle". */
export function oneThing(thing: Thing): string {
  const name = thingName(thing);
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

export function itemOf({ colour, shape }: Thing, box: Box): ShapeItem {
  return { kind: 'shape', shape, colour: palette[colour], box };
}

/**
 * Places for `count` objects of one size, each somewhere in a cell of its own of a regular grid.
 * @param cells how many places the grid offers at least
 * @throws InputError when they do not fit
 */
export function scatter(draw: Draw, count: number, cells: number, size: ImageSize): Box[] {
  const { cell, columns, rows } = gridFor(cells, size);
  const most = Math.min(Math.floor(0.7 * cell), Math.floor(largestShare * Math.min(size.width, size.height)));
  if (most < smallest) {
    const room = Math.floor(size.width / leastCell) * Math.floor(size.height / leastCell);
    const mend = `At most ${room} do: choose fewer, or larger images.`;
    throw new InputError(`${cells} objects do not fit into ${size.width}×${size.height} pixels`, mend);
  }
  const across = draw.whole(Math.max(smallest, Math.floor(0.75 * most)), most);
  const all = Array.from({ length: columns * rows }, (_, i) => [i % columns, Math.floor(i / columns)] as const);
  return draw.some(all, count).map(([column, row]) => {
    const x = column * cell + draw.whole(gap, cell - across - gap);
    const y = row * cell + draw.whole(gap, cell - across - gap);
    return [x, y, x + across, y + across];
  });
}

/** Pixels of the smallest cell that {@link scatter} can use. */
const leastCell = Math.ceil(smallest / 0.7);

interface Grid {
  /** Pixels. */
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
}

/** Of the grids of square cells with so many places, one with the largest cells. */
function gridFor(places: number, { width, height }: ImageSize): Grid {
  let best: Grid = { cell: 0, columns: 1, rows: places };
  for (let columns = 1; columns <= places; columns++) {
    const rows = Math.ceil(places / columns);
    const cell = Math.floor(Math.min(width / columns, height / rows));
    if (cell > best.cell) best = { cell, columns: Math.floor(width / cell), rows: Math.floor(height / cell) };
  }
  return best;
}
