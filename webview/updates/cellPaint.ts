/** How the cells of a heat map are painted: on the page and in its exports. No DOM. */
import { contrast, opaque, parseColour } from '../kit/colour';
import type { Theme } from '../kit/theme';
import { shareOf, type CellLook, type HeatScale } from './heatMap';

export interface CellPaint {
  /** Null leaves the background. */
  readonly fill: string | null;
  /** Says without colour what is no plain value. */
  readonly glyph: string;
  readonly ink: string;
  readonly border: 'none' | 'solid' | 'dashed';
}

/** The weakest colour: still told from the background, since only what has not moved is empty. */
const weakest = 0.14;

/** @param colour of values; those below zero have `opposite` */
export function cellPaint(look: CellLook, scale: HeatScale, colour: string, opposite: string, theme: Theme): CellPaint {
  const plain = { fill: null, glyph: '', ink: theme.muted, border: 'none' as const };
  switch (look.kind) {
    case 'none':
      return plain;
    case 'undefined':
      return { ...plain, glyph: '·' };
    case 'zero':
      return { ...plain, glyph: '0', ink: theme.foreground, border: 'solid' };
    case 'skipped':
      return { ...plain, glyph: '×', ink: theme.foreground };
    case 'value':
    case 'estimate': {
      const share = shareOf(look.value, scale);
      const fill = shade(share < 0 ? opposite : colour, Math.abs(share), theme);
      const ink =
        contrast(theme.foreground, fill) >= contrast(theme.background, fill) ? theme.foreground : theme.background;
      const glyph = look.kind === 'estimate' ? '~' : share < 0 ? '−' : '';
      return { fill, glyph, ink, border: look.kind === 'estimate' ? 'dashed' : 'none' };
    }
  }
}

/** @param share along the scale, 0 to 1 */
export function shade(colour: string, share: number, { background }: Theme): string {
  const [red, green, blue] = parseColour(colour) ?? [128, 128, 128];
  return opaque(
    `rgba(${red}, ${green}, ${blue}, ${weakest + (1 - weakest) * Math.min(1, Math.max(0, share))})`,
    background,
  );
}

/** Zeros come in crowds: their border is as quiet as a grid. */
export function borderColour(border: CellPaint['border'], { grid, muted }: Theme): string {
  return border === 'solid' ? grid : muted;
}
