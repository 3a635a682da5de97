import path from 'node:path';
import * as z from 'zod';
import { InputError } from '../../shared/errors';
import { once } from '../../shared/once';
import { visionFunctions, type VisionFunction } from '../../shared/vocabulary';
import { readSmallFile } from '../files/containedFile';
import { exists } from '../files/folders';
import { explainField, jsonLines } from '../files/jsonLines';
import { subfolders } from '../files/subfolders';

/**
 * Paired images in the format of the authors' data set: one sub-folder per function, in each a `data.jsonl` with one
 * pair per line. `target_image` and `source_image` are relative to the sub-folder; fields beyond these are left alone.
 */

/** x1, y1, x2, y2 in pixels of the image file. */
export type Box = readonly [number, number, number, number];

/** What is known of both images. The source image's truth is `source_answer`, `source_text` or `source_bbox_xyxy`. */
export type PairMeta = Readonly<z.infer<ReturnType<typeof metaSchema>>>;

export interface ImagePair {
  /** The sub-folder's name: a {@link VisionFunction} or one of the user's own. */
  readonly function: string;
  /** Unique within the function. */
  readonly id: string;
  /** Absolute paths inside the pairs folder; whether there are such images is seen when they are decoded. */
  readonly targetImage: string;
  readonly sourceImage: string;
  readonly prompt: string;
  readonly meta: PairMeta;
  /** Where the pair stands in its data.jsonl, counted from 1. */
  readonly line: number;
}

export interface ImagePairs {
  /** In the order asked for, else recognition, counting, ocr, grounding and then the others by name. */
  readonly functions: ReadonlyMap<string, readonly ImagePair[]>;
  /** The data.jsonl files that were read, absolute. */
  readonly files: readonly string[];
}

const fileLimit = 64 * 2 ** 20;

const metaSchema = once(() => {
  const answer = z.union([z.string(), z.number().transform(String)], 'expected a text or a number').optional();
  const box = z.tuple([z.number(), z.number(), z.number(), z.number()]).readonly().optional();
  return z.looseObject({
    target_answer: answer,
    source_answer: answer,
    target_text: answer,
    source_text: answer,
    target_bbox_xyxy: box,
    source_bbox_xyxy: box,
    iou_threshold: z.number().min(0).max(1).optional(),
  });
});
const lineSchema = once(() =>
  z.looseObject({
    id: z.string().min(1),
    task: z.string(),
    target_image: z.string().min(1),
    source_image: z.string().min(1),
    prompt: z.string(),
    meta: metaSchema(),
  }),
);

/** Without the source image's truth nobody can say whether the model took it over. */
const truthOf: Readonly<Record<VisionFunction, keyof ReturnType<typeof metaSchema>['shape']>> = {
  recognition: 'source_answer',
  counting: 'source_answer',
  ocr: 'source_text',
  grounding: 'source_bbox_xyxy',
};

/**
 * Reads the pairs of a folder: of the given functions, else of all it has, and of each the first `limit`.
 * @throws InputError naming file and line of what is wrong up to there, or the functions that there are
 */
export async function readPairs(folder: string, functions?: readonly string[], limit = Infinity): Promise<ImagePairs> {
  const root = path.resolve(folder);
  const present = await functionsIn(root);
  const missing = functions?.find((name) => !present.includes(name));
  if (missing !== undefined) {
    throw new InputError(`${root}: there are no pairs for "${missing}"`, `It has ${present.join(', ')}.`);
  }
  const pairs = new Map<string, ImagePair[]>();
  const files: string[] = [];
  for (const name of functions ?? present) {
    const file = path.join(root, name, 'data.jsonl');
    pairs.set(
      name,
      parsePairs(await readSmallFile(file, { limit: fileLimit, within: root }), { file, root, name }, limit),
    );
    files.push(file);
  }
  return { functions: pairs, files };
}

/** Names of the functions that a pairs folder has, the well-known ones first. @throws InputError when it has none */
export async function functionsIn(root: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await subfolders(root)) {
    if (await exists(path.join(root, name, 'data.jsonl'))) names.push(name);
  }
  if (names.length === 0) {
    throw new InputError(`${root}: no pairs`, 'A pairs folder has one sub-folder per function, each with data.jsonl.');
  }
  const known = visionFunctions.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name as VisionFunction)).sort()];
}

interface Place {
  /** The pairs folder. */
  readonly root: string;
  /** The function's name. */
  readonly name: string;
  /** The data.jsonl. */
  readonly file: string;
}

type Fail = (problem: string, mend: string) => never;

function parsePairs(bytes: Uint8Array, place: Place, limit: number): ImagePair[] {
  const pairs = new Map<string, ImagePair>();
  for (const line of jsonLines(bytes)) {
    if (pairs.size >= limit) break;
    const fail: Fail = (problem, mend) => {
      throw new InputError(`${place.file}:${line.number}: ${problem}`, mend);
    };
    if ('problem' in line) return fail(line.problem, line.mend);
    const pair = parsePair(line.value, place, line.number, fail);
    const earlier = pairs.get(pair.id);
    if (earlier) fail(`the id "${pair.id}" is that of line ${earlier.line} too`, 'Give every pair an id of its own.');
    pairs.set(pair.id, pair);
  }
  return [...pairs.values()];
}

function parsePair(value: unknown, { root, name }: Place, line: number, fail: Fail): ImagePair {
  const checked = lineSchema().safeParse(value);
  if (!checked.success) return fail(explainField(checked.error.issues[0]!), 'Correct the line, or take it out.');
  const { id, target_image, source_image, prompt, meta } = checked.data;
  const truth = Object.hasOwn(truthOf, name) ? truthOf[name as VisionFunction] : undefined;
  if (truth && meta[truth] === undefined) {
    fail(`"meta.${truth}" is missing`, `Pairs for ${name} say in it what is right for the source image.`);
  }
  const inside = (field: string, image: string): string => {
    const absolute = path.resolve(root, name, image);
    const relative = path.relative(root, absolute);
    if (path.isAbsolute(image) || relative.split(path.sep)[0] === '..' || path.isAbsolute(relative)) {
      fail(
        `"${field}" leaves the pairs folder: ${image}`,
        'Name images relative to data.jsonl, inside the pairs folder.',
      );
    }
    return absolute;
  };
  return {
    function: name,
    id,
    targetImage: inside('target_image', target_image),
    sourceImage: inside('source_image', source_image),
    prompt,
    meta,
    line,
  };
}
