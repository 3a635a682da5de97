/** How maps are coloured: on the page and in its exports. No DOM but the canvas it is given. */
import { parseColour } from '../kit/colour';
import { tag, text, type Markup } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { strength, tokenText } from './itemMaps';
import type { PatchMap } from './patches';
import type { View } from './view';

/** The strongest colour still lets the image through. */
const most = 0.92;

/** Of all maps: none of the first checkpoints' own, so that maps of different checkpoints compare. */
export function attentionColour(theme: Theme): string {
  return theme.series[4]!;
}

/** One pixel for each token; the page stretches them. */
export function paintMap(
  canvas: HTMLCanvasElement,
  { width, height, values }: PatchMap,
  full: number,
  view: Pick<View, 'root'>,
  theme: Theme,
): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const [red, green, blue] = parseColour(attentionColour(theme))!;
  const image = context.createImageData(width, height);
  values.forEach((value, i) => {
    image.data.set([red, green, blue, Math.round(255 * most * strength(value, full, view))], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

const levels = 32;

/** The same as SVG: a path for each of a few strengths, since thousands of rectangles make large files. */
export function mapMarks(
  { width, height, values }: PatchMap,
  full: number,
  view: Pick<View, 'root'>,
  theme: Theme,
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number },
): Markup[] {
  const [wide, tall] = [box.width / width, box.height / height];
  const paths = new Map<number, string>();
  values.forEach((value, i) => {
    const level = Math.round(levels * strength(value, full, view));
    if (level === 0) return;
    const x = box.left + (i % width) * wide;
    const y = box.top + Math.floor(i / width) * tall;
    const at = (one: number) => String(Math.round(one * 100) / 100);
    paths.set(level, `${paths.get(level) ?? ''}M${at(x)} ${at(y)}h${at(wide)}v${at(tall)}h${at(-wide)}Z`);
  });
  return [...paths].map(([level, d]) =>
    tag('path', {
      class: 'tokens',
      d,
      fill: attentionColour(theme),
      'fill-opacity': (most * level) / levels,
    }),
  );
}

export const scaleBarSize = { width: 420, height: 20 } as const;
const barWidth = 130;
const steps = 26;

/** What the colours mean: from nothing to `full`, or to each map's own most. @param full null where each map has its own */
export function scaleBar(
  full: number | null,
  { root }: Pick<View, 'root'>,
  theme: Theme,
  { left, top } = { left: 0, top: 0 },
): Markup[] {
  const small = { fill: theme.muted, 'font-size': 11 };
  const cells = Array.from({ length: steps }, (_, i) =>
    tag('rect', {
      x: left + 22 + (i * barWidth) / steps,
      y: top + 3,
      width: barWidth / steps + 0.3,
      height: 12,
      fill: attentionColour(theme),
      'fill-opacity': (most * i) / (steps - 1),
    }),
  );
  const frame = { x: left + 22, y: top + 3, width: barWidth, height: 12, fill: 'none', stroke: theme.muted };
  const end = full === null ? 'the map’s largest' : `${tokenText(full)} per token`;
  return [
    text('0', left + 10, top + 13, small),
    ...cells,
    tag('rect', { ...frame, 'stroke-width': 0.75 }),
    text(`${end}${root ? ' (square root)' : ''}`, left + 22 + barWidth + 8, top + 13, small),
  ];
}
