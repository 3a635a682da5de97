/** Legends as SVG, the same on a page and in its exports. No DOM. */
import { tag, text, type Markup } from './svg';
import type { Theme } from './theme';

/** What a line, a marker or an area means. */
export interface LegendEntry {
  readonly label: string;
  /** Draws it into the {@link swatchWidth} pixels right of `x`, around `y`. */
  draw(x: number, y: number): Markup[];
}

export interface Legend {
  readonly markup: Markup;
  readonly width: number;
}

export const legendHeight = 20;
export const swatchWidth = 32;

/** A text's width is guessed, generously. */
const perLetter = 7;

/** Entries one after another. */
export function legendOf(
  entries: readonly LegendEntry[],
  { left, top }: { left: number; top: number },
  theme: Theme,
): Legend {
  const parts: Markup[] = [];
  let x = left;
  const y = top + 9;
  for (const { label, draw } of entries) {
    const at = x + swatchWidth + 8;
    parts.push(...draw(x, y), text(label, at, y + 4, { fill: theme.foreground, 'font-size': 12 }));
    x = at + perLetter * label.length + 14;
  }
  return { markup: tag('g', {}, ...parts), width: x - left };
}
