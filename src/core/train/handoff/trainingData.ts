/** The items of a train step as rows of the parquet file that a GPU trainer reads. */
import { InputError } from '../../../shared/errors';
import type { DatasetItem } from '../../evaluate/dataset';
import { promptText, type PromptStyle } from '../../evaluate/prompts';
import { readSmallFile } from '../../files/containedFile';
import type { ParquetColumns, ParquetField } from '../../files/parquetWriter';
import type { PreprocessorSettings } from '../../model/imageProcessor';
import { targetText } from '../trainItems';

export type HandoffTarget = 'verl' | 'easyr1';

export interface DataOptions {
  readonly target: HandoffTarget;
  readonly method: 'sft' | 'grpo';
  readonly prompt: PromptStyle;
  /** Images outside it are refused. */
  readonly imageFolder: string;
  /** How large the product makes images for this checkpoint: the trainer is told the same. */
  readonly pixels: Pick<PreprocessorSettings, 'minPixels' | 'maxPixels'>;
}

/** Bytes. */
const imageLimit = 64 << 20;
/** What stands for an image in a prompt; a prompt that has it anyway would ask for one more image. */
const placeholder = '<image>';
const placeholders = /<(?:image|video)>/;

const message: ParquetField = { fields: { role: 'text', content: 'text' } };
const verlImages: ParquetField = {
  items: { fields: { bytes: 'bytes', min_pixels: 'integer', max_pixels: 'integer' } },
};

/** Columns by what reads them: verl's `RLHFDataset` and `MultiTurnSFTDataset`, EasyR1's `RLHFDataset`. */
export function dataColumns({ target, method }: Pick<DataOptions, 'target' | 'method'>): ParquetColumns {
  if (target === 'easyr1') return { prompt: 'text', images: { items: { fields: { bytes: 'bytes' } } }, answer: 'text' };
  if (method === 'sft') return { messages: { items: message }, images: verlImages };
  return {
    data_source: 'text',
    prompt: { items: message },
    images: verlImages,
    reward_model: { fields: { style: 'text', ground_truth: 'text' } },
    extra_info: { fields: { index: 'integer', id: 'text', choices: { items: 'text' }, precision: 'integer' } },
  };
}

/** @throws InputError for a question that cannot be told from a place for an image */
export function assertNoPlaceholders(items: readonly DatasetItem[], { prompt }: Pick<DataOptions, 'prompt'>): void {
  for (const item of items) {
    const found = placeholders.exec(promptText(item, 'text', prompt))?.[0];
    if (found === undefined) continue;
    throw new InputError(
      `the question of item "${item.id}" has ${found} in its text, which verl and EasyR1 take for a place of an image`,
      'Take it out: the image comes before the text.',
    );
  }
}

/** One row per item, its image read when its turn comes. @throws InputError when an image cannot be read */
export async function* dataRows(
  items: readonly DatasetItem[],
  options: DataOptions,
): AsyncGenerator<Record<string, unknown>> {
  for (const [index, item] of items.entries()) {
    const image =
      item.image === null ? null : await readSmallFile(item.image, { limit: imageLimit, within: options.imageFolder });
    yield rowOf(item, index, image, options);
  }
}

function rowOf(
  item: DatasetItem,
  index: number,
  image: Uint8Array | null,
  { target, method, prompt, pixels }: DataOptions,
): Record<string, unknown> {
  const content = `${image ? placeholder : ''}${promptText(item, image ? 'image' : 'text', prompt)}`;
  const gold = { choices: [...item.choices], precision: item.precision };
  if (target === 'easyr1') {
    const images = image ? [{ bytes: image }] : [];
    return { prompt: content, images, answer: JSON.stringify({ answer: item.answer, ...gold }) };
  }
  const sizes = { min_pixels: BigInt(pixels.minPixels), max_pixels: BigInt(pixels.maxPixels) };
  const images = image ? [{ bytes: image, ...sizes }] : [];
  const user = { role: 'user', content };
  if (method === 'sft') return { messages: [user, { role: 'assistant', content: targetText(item) }], images };
  return {
    data_source: 'frankenstein',
    prompt: [user],
    images,
    reward_model: { style: 'rule', ground_truth: item.answer },
    extra_info: {
      index: BigInt(index),
      id: item.id,
      choices: gold.choices,
      precision: gold.precision === null ? null : BigInt(gold.precision),
    },
  };
}
