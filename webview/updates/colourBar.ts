/** The legend of a heat map: its colours with their values, and what its signs mean. No DOM. */
import { tag, text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { borderColour, cellPaint, shade } from './cellPaint';
import type { CellLook, HeatScale } from './heatMap';
import type { Measure } from './view';
import { measureText } from './wording';

const barWidth = 110;
const steps = 22;
export const colourBarHeight = 20;

/** @param looks those in the map: only their signs are explained */
export function colourBar(
  { left, top }: { readonly left: number; readonly top: number },
  scale: HeatScale,
  measure: Measure,
  looks: ReadonlySet<CellLook['kind']>,
  colours: { readonly colour: string; readonly opposite: string },
  theme: Theme,
): Markup[] {
  const parts: Markup[] = [];
  let x = left;
  const write = (content: string) => {
    parts.push(text(content, x, top + 11, { fill: theme.muted, 'font-size': 11 }));
    x += 6.4 * content.length + 8;
  };
  if (scale.high > 0) {
    write(measureText(measure, scale.low));
    for (let i = 0; i < steps; i++) {
      const share = scale.signed ? (2 * i) / (steps - 1) - 1 : i / (steps - 1);
      const fill = shade(share < 0 ? colours.opposite : colours.colour, Math.abs(share), theme);
      parts.push(
        tag('rect', { x: x + (i * barWidth) / steps, y: top, width: barWidth / steps + 0.5, height: 12, fill }),
      );
    }
    x += barWidth + 8;
    write(`${measureText(measure, scale.high)}${scale.log ? ' (log)' : ''}`);
    x += 8;
  }
  for (const { look, meaning } of signs.filter((sign) => looks.has(sign.look.kind))) {
    parts.push(...cellMarks({ x, y: top - 1, width: 14, height: 14 }, look, scale, colours, theme));
    x += 19;
    write(meaning);
    x += 6;
  }
  return parts;
}

const signs: readonly { readonly look: CellLook; readonly meaning: string }[] = [
  { look: { kind: 'zero' }, meaning: 'exactly zero' },
  { look: { kind: 'estimate', value: 0 }, meaning: 'estimate' },
  { look: { kind: 'skipped', reason: '' }, meaning: 'skipped' },
  { look: { kind: 'undefined' }, meaning: 'has none' },
];

/** One cell as SVG. */
export function cellMarks(
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  look: CellLook,
  scale: HeatScale,
  { colour, opposite }: { readonly colour: string; readonly opposite: string },
  theme: Theme,
): Markup[] {
  const { fill, glyph, ink, border } = cellPaint(look, scale, colour, opposite, theme);
  const stroke = border === 'none' ? null : borderColour(border, theme);
  const dash = border === 'dashed' ? '2 2' : null;
  const shape = { class: `tile ${look.kind}`, x: x + 0.5, y: y + 0.5, width: width - 1, height: height - 1 };
  return [
    ...(fill || stroke
      ? [tag('rect', { ...shape, fill: fill ?? 'none', stroke, 'stroke-dasharray': dash, 'stroke-width': 0.75 })]
      : []),
    ...(glyph
      ? [text(glyph, x + width / 2, y + height / 2 + 3.5, { fill: ink, 'font-size': 10, 'text-anchor': 'middle' })]
      : []),
  ];
}
