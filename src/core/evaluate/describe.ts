/** Descriptions of images for items that have none, written by one checkpoint once and reused by all. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { InputError } from '../../shared/errors';
import type { EvaluateOptions } from '../experiment/schema';
import type { StepContext } from '../experiment/step';
import { writeFileAtomic } from '../files/atomicWrite';
import { identityOf, readTextFile } from '../files/containedFile';
import { ensureFolder, exists } from '../files/folders';
import { sha256OfFile } from '../files/sha256';
import type { OpenModel } from '../model/openModel';
import { answerBatch } from './answerBatch';
import type { DatasetItem } from './dataset';
import { Questions } from './questions';

/** Who describes, and where its descriptions are kept. */
export interface Describer {
  readonly name: string;
  readonly opened: OpenModel;
  readonly batch: number;
  readonly folder: string;
}

/** After the authors' (github.com/xirui-li/Frankenstein, scripts/transferability_test.py): all there is to see, nothing solved. */
const request =
  'Describe this image precisely and completely for someone who cannot see it: every object, text, number, label and ' +
  'symbol, their colours, positions and relations. Do not solve or answer anything.';
const longest = 512;
const fileLimit = 256 << 20;

export async function describerOf(name: string, { batch }: EvaluateOptions, context: StepContext): Promise<Describer> {
  const folder = path.join(context.experiment.runs, '.descriptions');
  return { name, opened: await context.openModel(name), batch, folder };
}

/**
 * Gives every item without a description one, where its image can be read.
 * @returns `files`: what the descriptions are kept in; as an input of the run, the manifest has its hash
 */
export async function describeItems(
  items: readonly DatasetItem[],
  imageFolder: string,
  describer: Describer,
  { log, signal }: StepContext,
): Promise<{ items: DatasetItem[]; files: string[] }> {
  const without = items.filter(({ description }) => description === null);
  if (without.length === 0) return { items: [...items], files: [] };
  const images = new Map<string, string>();
  for (const { image } of without) images.set(image!, await sha256OfFile(image!, signal));
  const file = path.join(describer.folder, `${await keyOf(describer, [...images.values()])}.json`);
  const known = await readDescriptions(file);
  const asked = new Questions(describer.opened, 'plain', imageFolder);
  const missing = without.filter(({ image }) => !known.has(images.get(image!)!));
  for (let from = 0; from < missing.length; from += describer.batch) {
    signal.throwIfAborted();
    log.info(`${describer.name} describes images: ${from} of ${missing.length}`);
    const some = missing.slice(from, from + describer.batch);
    const questions = some.map((item) => ({
      item: { ...item, question: request, choices: [] },
      setting: 'image' as const,
    }));
    const settings = { maxNewTokens: longest, samples: 1, temperature: 1, random: () => () => 0 };
    const answers = await answerBatch(describer.opened, asked, questions, settings, signal);
    answers.forEach((answer, i) => {
      if (!(answer instanceof InputError)) known.set(images.get(some[i]!.image!)!, answer[0]!.text);
    });
    await ensureFolder(describer.folder);
    await writeFileAtomic(file, JSON.stringify(Object.fromEntries(known), null, 1) + '\n');
  }
  const described = items.map((item) => ({
    ...item,
    description: item.description ?? known.get(images.get(item.image!)!) ?? null,
  }));
  return { items: described, files: [file] };
}

/** By what decides a description: the request, the weights and side files, the images. */
async function keyOf({ opened }: Describer, images: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    opened.inputs.map(async ({ path: file }) => {
      const { size, ...identity } = await identityOf(file);
      return [file, String(size), JSON.stringify(identity, (_, value: unknown) => shown(value))];
    }),
  );
  const text = JSON.stringify([request, longest, stamps, images]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function shown(value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** By the image's hash. What is there was written by an earlier run; a file that is none is written anew. */
async function readDescriptions(file: string): Promise<Map<string, string>> {
  if (!(await exists(file))) return new Map();
  try {
    const content: unknown = JSON.parse(await readTextFile(file, { limit: fileLimit }));
    const entries = Object.entries((content ?? {}) as object);
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
