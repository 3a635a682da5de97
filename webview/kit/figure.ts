/** A picture of its own: the SVG that is exported, and what the PNG is made of. No DOM. */
import { escapeXml, tag, text, type Markup } from './svg';
import type { Theme } from './theme';

export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly svg: string;
}

/** Pixels around a figure's content. */
export const figureMargin = 24;

/** A file with a title, and a description for those who do not see it. */
export function figureOf(
  { title, description, width, height }: Omit<Figure, 'svg'> & { readonly title: string; readonly description: string },
  theme: Theme,
  ...content: readonly Markup[]
): Figure {
  const root = tag(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      'font-family': theme.fontFamily,
      'font-size': 12,
    },
    tag('title', {}, escapeXml(title) as Markup),
    tag('desc', {}, escapeXml(description) as Markup),
    tag('rect', { width, height, fill: theme.background }),
    text(title, figureMargin, figureMargin + 14, { fill: theme.foreground, 'font-size': 16, 'font-weight': 600 }),
    ...content,
  );
  return { width, height, svg: `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n` };
}
