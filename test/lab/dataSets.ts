/** Draws questions and writes them as data sets: one JSONL file each, images in a folder beside them. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { Draw } from '../../src/core/pairs/draw';
import { sceneSvg } from '../../src/core/pairs/svg';
import { drawPng } from '../../src/engine/drawing';
import {
  arithmetic,
  attribute,
  counting,
  describedSum,
  describing,
  grounding,
  pictureSum,
  recognition,
} from './questions';

const kinds = { describing, counting, attribute, recognition, grounding, sum: pictureSum, describedSum, arithmetic };
type QuestionKind = keyof typeof kinds;

/** How a data set is made: kinds with how often each comes. */
export interface DataSet {
  readonly name: string;
  readonly kinds: Readonly<Partial<Record<QuestionKind, number>>>;
  readonly count: number;
  /** What to learn is the way to the answer too. */
  readonly reasoning: boolean;
}

/** Writes `NAME.jsonl` for each data set. The same for the same seed, whatever other sets there are. */
export async function writeDataSets(folder: string, sets: readonly DataSet[], seed: number): Promise<void> {
  mkdirSync(path.join(folder, 'images'), { recursive: true });
  for (const set of sets) await writeDataSet(folder, set, seed);
}

async function writeDataSet(
  folder: string,
  { name, kinds: wanted, count, reasoning }: DataSet,
  seed: number,
): Promise<void> {
  const file = createWriteStream(path.join(folder, `${name}.jsonl`));
  const bag = Object.entries(wanted).flatMap(([kind, often]) => Array<QuestionKind>(often).fill(kind as QuestionKind));
  for (let i = 0; i < count; i++) {
    const id = `${name}_${String(i).padStart(5, '0')}`;
    const draw = new Draw(seed, id);
    const kind = draw.one(bag);
    const { scene, ...drawn } = kinds[kind](draw);
    const image = `images/${id}.png`;
    if (scene) await writeFile(path.join(folder, image), await drawPng(sceneSvg(scene)));
    if (!reasoning) delete drawn.reasoning;
    file.write(JSON.stringify({ id, ...(scene && { image }), ...drawn }) + '\n');
  }
  file.end();
  await finished(file);
}
