import type { Box } from '../probe/pairs';

/** A word in a font, at a font size of {@link outlineSize} pixels, with the baseline's start at the origin. */
export interface Outline {
  readonly word: string;
  /** SVG path data of absolute commands M, L, Q, C and Z. */
  readonly path: string;
  /** Around its ink; not in whole pixels. */
  readonly box: Box;
}

export const outlineSize = 100;

/** Outlines of words by font. */
export interface FontOutlines {
  /** The font as the user named it. */
  readonly font: string;
  readonly outlines: ReadonlyMap<string, Outline>;
}

/** A box of an outline at another font size, moved to `at`, rounded outwards to whole pixels. */
export function inkBox([x1, y1, x2, y2]: Box, scale: number, [x, y]: readonly [number, number] = [0, 0]): Box {
  return [x + Math.floor(x1 * scale), y + Math.floor(y1 * scale), x + Math.ceil(x2 * scale), y + Math.ceil(y2 * scale)];
}

/** The smallest box around both. */
export function around(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
