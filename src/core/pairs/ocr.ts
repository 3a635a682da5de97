import { InputError } from '../../shared/errors';
import type { ImageSize } from '../model/imageProcessor';
import { shuffledNumbers, type Draw } from './draw';
import { around, inkBox, outlineSize, type FontOutlines, type Outline } from './outline';
import { ink } from './palette';
import { emptyScene, sharedMeta, type PairContent } from './plannedPair';
import { withItems, type TextItem } from './scene';

const margin = 2;
/** Of an image's shorter side, where the user gives no font size. */
const defaultShare = 1 / 6;
/** Pixels: smaller letters cannot be told apart. */
export const leastFontSize = 8;

export function fontSizeFor({ width, height }: ImageSize, given: number | null): number {
  return given ?? Math.max(leastFontSize, Math.round(Math.min(width, height) * defaultShare));
}

/** How many pairs of different words there are, whichever comes first. */
export function wordPairCount(words: number): number {
  return (words * (words - 1)) / 2;
}

/** Pairs of different words in random order, each once, in either direction. */
export function* wordPairs(words: readonly string[], draw: Draw): Generator<readonly [string, string]> {
  for (const number of shuffledNumbers(wordPairCount(words.length), draw)) {
    // Pairs (i, j) with i < j are numbered by j: those of j begin at j (j - 1) / 2.
    let j = Math.floor((1 + Math.sqrt(1 + 8 * number)) / 2);
    while (wordPairCount(j) > number) j--;
    while (wordPairCount(j + 1) <= number) j++;
    const [a, b] = [words[number - wordPairCount(j)]!, words[j]!];
    yield draw.whole(0, 1) === 0 ? [a, b] : [b, a];
  }
}

/** Two words that start at the same place of the same line, in the same font, size and colour. */
export function ocrPair(
  draw: Draw,
  size: ImageSize,
  [target, source]: readonly [string, string],
  { outlines }: FontOutlines,
  fontSize: number,
): PairContent {
  const scale = fontSize / outlineSize;
  const [one, other] = [outlines.get(target)!, outlines.get(source)!];
  const room = inkBox(around(one.box, other.box), scale);
  const at = [
    draw.whole(margin - room[0], size.width - margin - room[2]),
    draw.whole(margin - room[1], size.height - margin - room[3]),
  ] as const;
  const scene = emptyScene(size, draw);
  const text = ({ path, box }: Outline): TextItem => {
    return { kind: 'text', colour: ink, path, scale, at, box: inkBox(box, scale, at) };
  };
  const [first, second] = [text(one), text(other)];
  const changed = [around(first.box, second.box)];
  return {
    prompt: 'Read the text in the image. Answer with the exact word only.',
    meta: { target_text: target, source_text: source, font_size: fontSize, ...sharedMeta(size, changed) },
    target: withItems(scene, [first]),
    source: withItems(scene, [second]),
    changed,
  };
}

/** @throws InputError naming a word that is too large for an image, and the font size at which all fit */
export function assertWordsFit({ font, outlines }: FontOutlines, size: ImageSize, fontSize: number): void {
  const scale = fontSize / outlineSize;
  const boxes = [...outlines.values()].map(({ box }) => box);
  const most = boxes.reduce(around);
  // All together, since two words of a pair share their baseline's start.
  const [x1, y1, x2, y2] = inkBox(most, scale);
  const [width, height] = [size.width - 2 * margin, size.height - 2 * margin];
  if (x2 - x1 <= width && y2 - y1 <= height) return;
  const widest = [...outlines.values()].reduce((a, b) => (b.box[2] > a.box[2] ? b : a));
  const fits = Math.floor(
    outlineSize * Math.min((width - 2) / (most[2] - most[0]), (height - 2) / (most[3] - most[1])),
  );
  const room = `${size.width}×${size.height} pixels have room for ${width}×${height}`;
  const what = `"${widest.word}" in ${font} at ${fontSize} px`;
  const mend =
    fits >= leastFontSize ? `A font size of ${fits} fits.` : 'Choose larger images, or leave out the longest words.';
  throw new InputError(`the words do not fit: with ${what} they take ${x2 - x1}×${y2 - y1} pixels; ${room}`, mend);
}
