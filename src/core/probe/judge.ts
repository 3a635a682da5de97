import type { VisionFunction } from '../../shared/vocabulary';
import type { ImageSize } from '../model/imageProcessor';
import type { Box, ImagePair, PairMeta } from './pairs';

/**
 * Whether a swap changed the answer to a pair's question, and whether the model took over the source image's answer.
 * Each function has its own rule; `authors` stands for the string rule of the authors' code, whatever the function.
 */
export type AnswerRule = 'function' | 'authors';

/** Sizes in pixels. Qwen2.5-VL answers boxes in the pixels of the resized image, the pairs' boxes are in the file's. */
export interface ImageGeometry {
  readonly image: ImageSize;
  readonly resized: ImageSize;
}

/** True when `text` is another answer than `original`. */
export function judgeChange(
  pair: ImagePair,
  original: string,
  text: string,
  geometry: ImageGeometry,
  rule: AnswerRule = 'function',
): boolean {
  if (rule === 'authors') return authorsDiffer(original, text);
  return judgeOf(pair.function).changed(pair.meta, answerText(original), answerText(text), geometry);
}

/** True when `text` agrees with what `meta` says of the source image. False where `meta` says nothing. */
export function judgeAdoption(pair: ImagePair, text: string, geometry: ImageGeometry): boolean {
  return judgeOf(pair.function).adopted(pair.meta, answerText(text), geometry);
}

/** What stands in the last `<answer>…</answer>`, else the whole text. */
export function answerText(text: string): string {
  const start = text.lastIndexOf('<answer>', text.lastIndexOf('</answer>'));
  const end = text.indexOf('</answer>', start);
  return start < 0 || end < 0 ? text : text.slice(start + '<answer>'.length, end);
}

interface Judge {
  changed(meta: PairMeta, original: string, text: string, geometry: ImageGeometry): boolean;
  adopted(meta: PairMeta, text: string, geometry: ImageGeometry): boolean;
}

const judges: Readonly<Record<VisionFunction, Judge>> = {
  recognition: textJudge(firstYesOrNo),
  counting: textJudge(firstInteger),
  ocr: textJudge(bareWord),
  grounding: {
    changed(meta, original, text, geometry) {
      const [before, after] = [firstBox(original, geometry), firstBox(text, geometry)];
      if (before && after) return overlap(before, after) < threshold(meta);
      return before !== after || plain(original) !== plain(text);
    },
    adopted(meta, text, geometry) {
      const box = firstBox(text, geometry);
      const source = meta.source_bbox_xyxy;
      return box !== undefined && source !== undefined && overlap(box, source) > threshold(meta);
    },
  },
};
const otherJudge = textJudge(plain);

function judgeOf(name: string): Judge {
  return Object.hasOwn(judges, name) ? judges[name as VisionFunction] : otherJudge;
}

/** Compares what `read` makes of two answers. What it cannot read is compared as text, and differs from what it can. */
function textJudge(read: (text: string) => string | undefined): Judge {
  const agree = (a: string, b: string) => {
    const [left, right] = [read(a), read(b)];
    return left === undefined && right === undefined ? plain(a) === plain(b) : left === right;
  };
  return {
    changed: (_meta, original, text) => !agree(original, text),
    adopted: (meta, text) => {
      const truth = meta.source_answer ?? meta.source_text;
      return truth !== undefined && agree(text, truth);
    },
  };
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}

function firstYesOrNo(text: string): string | undefined {
  return /(?<![\p{L}\p{N}_])(yes|no)(?![\p{L}\p{N}_])/iu.exec(text)?.[0].toLowerCase();
}

function firstInteger(text: string): string | undefined {
  return /\d+/.exec(text)?.[0].replace(/^0+(?=\d)/, '');
}

/** Lower case without punctuation. */
function bareWord(text: string): string | undefined {
  return plain(text.replace(/[\p{P}\p{S}]/gu, '')) || undefined;
}

/**
 * The first four numbers as x1, y1, x2, y2 in the file's pixels. Digits that belong to a name (`bbox_2d`, `x1`) are no
 * numbers, and four numbers that span no area are no box.
 */
function firstBox(text: string, { image, resized }: ImageGeometry): Box | undefined {
  const numbers = text.match(/(?<![A-Za-z0-9_])-?(\d+(\.\d+)?|\.\d+)/g) ?? [];
  if (numbers.length < 4) return undefined;
  const [x1, y1, x2, y2] = numbers.slice(0, 4).map(Number) as [number, number, number, number];
  const across = image.width / resized.width;
  const down = image.height / resized.height;
  return x2 > x1 && y2 > y1 ? [x1 * across, y1 * down, x2 * across, y2 * down] : undefined;
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box) => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}

function threshold(meta: PairMeta): number {
  return meta.iou_threshold ?? 0.5;
}

/**
 * `answers_are_different` of the authors' code (github.com/xirui-li/Frankenstein, scripts/localization_vision.py):
 * short answers differ unless equal, of longer ones it is enough that one contains the other.
 */
function authorsDiffer(original: string, text: string): boolean {
  const [a, b] = [original, text].map((answer) => plain(answer).replace(/[.,!?;:]+$/, '')) as [string, string];
  const short = (answer: string) => [...answer].length < 20;
  return a !== b && ((short(a) && short(b)) || !(a.includes(b) || b.includes(a)));
}
