/** Whether drawn images are what was planned, seen from their pixels alone. */
import type { RgbImage } from '../ports';
import { judgeChange } from '../probe/judge';
import type { Box, ImagePair, PairMeta } from '../probe/pairs';
import { around } from './outline';
import type { PlannedPair } from './plannedPair';
import type { Item, Rgb, Scene } from './scene';

/** Pixels that an edge may lie beside its place: it is soft. */
const tolerance = 1;

/**
 * @throws Error naming the pair and what is wrong with its images: they differ where they should not or nowhere, an item
 * is missing, elsewhere or in another colour, or both have the same right answer
 */
export function checkPair(pair: PlannedPair, target: RgbImage, source: RgbImage): void {
  const fail = (problem: string): never => {
    throw new Error(`the pair ${pair.function}/${pair.id} is not as planned: ${problem}`);
  };
  for (const [which, image, scene] of [
    ['target', target, pair.target],
    ['source', source, pair.source],
  ] as const) {
    const problem = sceneProblem(image, scene);
    if (problem) fail(`in the ${which} image ${problem}`);
  }
  const problem = differenceProblem(target, source, pair.changed) ?? answerProblem(pair);
  if (problem) fail(problem);
}

function sceneProblem(image: RgbImage, { width, height, background, items }: Scene): string | null {
  if (image.width !== width || image.height !== height) return `there are ${image.width}×${image.height} pixels`;
  const isInk = (x: number, y: number) => distance(pixel(image, x, y), background) > 0;
  let known = 0;
  for (const item of items) {
    const { count, extent, strongest } = findInk(image, item, background);
    if (!extent) return `nothing is drawn at ${item.box.join()}`;
    if (extent.some((edge, i) => Math.abs(edge - item.box[i]!) > tolerance)) {
      return `what should lie at ${item.box.join()} lies at ${extent.join()}`;
    }
    if (strongest < distance(item.colour, background) / 2) return `what lies at ${item.box.join()} is too faint`;
    if (item.kind === 'shape') {
      const [x1, y1, x2, y2] = item.box;
      const middle = pixel(image, Math.floor((x1 + x2) / 2), Math.floor((y1 + y2) / 2));
      if (distance(middle, item.colour) > 0) return `what lies at ${item.box.join()} has another colour`;
    }
    known += count;
  }
  let all = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (isInk(x, y)) all++;
  return all === known ? null : `${all - known} pixels are coloured that lie in no item`;
}

interface Ink {
  /** Pixels that are not the background. */
  readonly count: number;
  /** Around them; null when there are none. */
  readonly extent: Box | null;
  /** The largest difference from the background. */
  readonly strongest: number;
}

function findInk(image: RgbImage, { box }: Item, background: Rgb): Ink {
  let [count, strongest] = [0, 0];
  let extent: Box | null = null;
  for (let y = Math.max(0, box[1] - tolerance); y < Math.min(image.height, box[3] + tolerance); y++) {
    for (let x = Math.max(0, box[0] - tolerance); x < Math.min(image.width, box[2] + tolerance); x++) {
      const difference = distance(pixel(image, x, y), background);
      if (difference === 0) continue;
      const own: Box = [x, y, x + 1, y + 1];
      extent = extent ? around(extent, own) : own;
      strongest = Math.max(strongest, difference);
      count++;
    }
  }
  return { count, extent, strongest };
}

function differenceProblem(target: RgbImage, source: RgbImage, changed: readonly Box[]): string | null {
  const found = changed.map(() => 0);
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      if (distance(pixel(target, x, y), pixel(source, x, y)) === 0) continue;
      const place = changed.findIndex(([x1, y1, x2, y2]) => x >= x1 && x < x2 && y >= y1 && y < y2);
      if (place < 0) return `the images differ at ${x},${y}, outside of what is to change`;
      found[place]!++;
    }
  }
  const same = found.indexOf(0);
  return same < 0 ? null : `the images are the same at ${changed[same]!.join()}`;
}

/** By the rule that judges a model's answers. */
function answerProblem({ function: name, id, prompt, meta, target: { width, height } }: PlannedPair): string | null {
  const pair: ImagePair = { function: name, id, prompt, meta, targetImage: '', sourceImage: '', line: 1 };
  const size = { width, height };
  const [right, other] = [rightAnswer(meta, 'target'), rightAnswer(meta, 'source')];
  const differ = judgeChange(pair, right, other, { image: size, resized: size });
  return differ ? null : `"${right}" and "${other}" are the same answer`;
}

function rightAnswer(meta: PairMeta, image: 'target' | 'source'): string {
  return meta[`${image}_answer`] ?? meta[`${image}_text`] ?? meta[`${image}_bbox_xyxy`]?.join() ?? '';
}

function pixel({ width, data }: RgbImage, x: number, y: number): Rgb {
  const at = 3 * (y * width + x);
  return [data[at]!, data[at + 1]!, data[at + 2]!];
}

/** The largest of the three channels' differences. */
function distance(a: Rgb, b: Rgb): number {
  return Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]), Math.abs(a[2] - b[2]));
}
