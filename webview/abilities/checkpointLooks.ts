/** How checkpoints are told apart: by colour and by pattern, each of which is enough, and always by name. No DOM. */
import { line, tag, type Markup } from '../kit/svg';
import { markerPath } from '../kit/lineStyles';
import type { Theme } from '../kit/theme';
import type { ShownCheckpoint } from './scores';

/** A checkpoint on disk is filled; a hybrid is hatched, as the weave of its donors. */
const patterns = ['full', 'rising', 'falling', 'dots', 'level', 'upright', 'crossed'] as const;
type Pattern = (typeof patterns)[number];

export interface Look {
  /** `#rrggbb` */
  readonly colour: string;
  readonly pattern: Pattern;
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Of every checkpoint by its name. */
export function checkpointLooks(
  checkpoints: readonly Pick<ShownCheckpoint, 'name' | 'hybrid'>[],
  { series }: Pick<Theme, 'series'>,
): ReadonlyMap<string, Look> {
  let filled = 0;
  let hatched = 0;
  // More checkpoints than colours are hatched too.
  const next = (hybrid: boolean): Pattern =>
    !hybrid && filled++ < series.length ? 'full' : patterns[1 + (hatched++ % (patterns.length - 1))]!;
  return new Map(
    checkpoints.map(({ name, hybrid }, i) => [name, { colour: series[i % series.length]!, pattern: next(hybrid) }]),
  );
}

/** Between two strokes of a pattern, in pixels. */
const pitch = 6;

/** A rectangle that looks as a checkpoint does. */
export function patternMarks({ colour, pattern }: Look, box: Rectangle, theme: Theme): Markup[] {
  const { left, top, width, height } = box;
  if (width <= 0 || height <= 0) return [];
  const outline = { x: left, y: top, width, height, stroke: colour, 'stroke-width': 1.25 };
  if (pattern === 'full') return [tag('rect', { class: 'bar', ...outline, fill: colour })];
  const stroke = { stroke: colour, 'stroke-width': 1.75 };
  return [
    tag('rect', { class: 'bar', ...outline, fill: theme.background }),
    tag('rect', { ...outline, fill: colour, 'fill-opacity': 0.2 }),
    ...(pattern === 'dots'
      ? dots(box).map(([x, y]) => tag('path', { d: markerPath('circle', x, y, 1.4), fill: colour }))
      : strokes(pattern, box).map(([x1, y1, x2, y2]) => line(x1, y1, x2, y2, stroke))),
  ];
}

type Stroke = readonly [number, number, number, number];

function strokes(pattern: Exclude<Pattern, 'full' | 'dots'>, box: Rectangle): Stroke[] {
  const { left, top, width, height } = box;
  const right = left + width;
  const bottom = top + height;
  switch (pattern) {
    case 'level':
      return along(height).map((y) => [left, bottom - y, right, bottom - y]);
    case 'upright':
      return along(width).map((x) => [left + x, top, left + x, bottom]);
    case 'rising':
      return slanted(width, height).map(([x1, y1, x2, y2]) => [left + x1, bottom - y1, left + x2, bottom - y2]);
    case 'falling':
      return slanted(width, height).map(([x1, y1, x2, y2]) => [right - x1, bottom - y1, right - x2, bottom - y2]);
    case 'crossed':
      return [...strokes('rising', box), ...strokes('falling', box)];
  }
}

function along(length: number): number[] {
  return Array.from({ length: Math.max(0, Math.ceil(length / pitch) - 1) }, (_, i) => (i + 1) * pitch);
}

/** Strokes at 45° through a rectangle whose corner is 0, clipped to it. */
function slanted(width: number, height: number): Stroke[] {
  return along(width + height).map((sum) => {
    const offset = sum - height;
    // Of the points x − y = offset, those inside.
    return offset >= 0
      ? [offset, 0, Math.min(width, offset + height), Math.min(height, width - offset)]
      : [0, -offset, Math.min(width, height + offset), Math.min(height, width - offset)];
  });
}

function dots({ left, top, width, height }: Rectangle): [number, number][] {
  return along(height).flatMap((y, row) =>
    along(width + pitch)
      .map((x) => x - pitch / 2 - (row % 2 === 0 ? 0 : pitch / 2))
      .filter((x) => x > 1.5 && x < width - 1.5)
      .map((x): [number, number] => [left + x, top + height - y]),
  );
}
