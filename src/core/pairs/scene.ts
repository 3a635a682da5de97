import type { Box } from '../probe/pairs';

/** A drawing as plain data. Lengths are pixels, x to the right and y down from the upper left corner. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly background: Rgb;
  /** Their boxes keep two pixels from each other: no item touches or hides another. */
  readonly items: readonly Item[];
}

/** 0 to 255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];

export type Item = ShapeItem | TextItem;

export const shapes = ['circle', 'square', 'triangle'] as const;
export type Shape = (typeof shapes)[number];

/** A filled shape that reaches all four sides of its box, whose corners are whole pixels. */
export interface ShapeItem {
  readonly kind: 'shape';
  readonly shape: Shape;
  readonly colour: Rgb;
  readonly box: Box;
}

/** A word as the outline of its letters: no font is needed where it is drawn. */
export interface TextItem {
  readonly kind: 'text';
  readonly colour: Rgb;
  /** SVG path data, in units of which `scale` pixels make one, with the baseline's start at the origin. */
  readonly path: string;
  readonly scale: number;
  /** Where the baseline starts. */
  readonly at: readonly [x: number, y: number];
  /** Around the ink, in whole pixels. */
  readonly box: Box;
}

/** The same drawing with other items. */
export function withItems(scene: Scene, items: readonly Item[]): Scene {
  return { ...scene, items };
}
