/**
 * Checkpoints of real size that take no room: Qwen2.5-VL's published shapes, the headers written, the weights a hole
 * in the file that reads as zeros. What is no weight comes from the sample lab.
 */
import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExpectedTensor } from '../../src/core/checkpoint/family';
import { qwen25vl } from '../../src/core/checkpoint/qwen25vl';
import { readModelConfig } from '../../src/core/checkpoint/readConfig';

export interface ModelShape {
  readonly text: Readonly<Record<string, unknown>>;
  readonly vision: Readonly<Record<string, unknown>>;
  readonly tied: boolean;
  readonly shards: number;
}

const vision = {
  depth: 32,
  hidden_size: 1280,
  intermediate_size: 3420,
  num_heads: 16,
  fullatt_block_indexes: [7, 15, 23, 31],
  window_size: 112,
};
const rope = { mrope_section: [16, 24, 24], rope_theta: 1e6, rope_type: 'default', type: 'mrope' };

/** Qwen/Qwen2.5-VL-3B-Instruct: 824 tensors, 7.5 GB. */
export const shape3B: ModelShape = {
  text: {
    num_hidden_layers: 36,
    hidden_size: 2048,
    intermediate_size: 11_008,
    num_attention_heads: 16,
    num_key_value_heads: 2,
    vocab_size: 151_936,
    rope_parameters: rope,
  },
  vision: { ...vision, out_hidden_size: 2048 },
  tied: true,
  shards: 2,
};

/** Qwen/Qwen2.5-VL-7B-Instruct: 729 tensors, 16.6 GB. */
export const shape7B: ModelShape = {
  text: {
    num_hidden_layers: 28,
    hidden_size: 3584,
    intermediate_size: 18_944,
    num_attention_heads: 28,
    num_key_value_heads: 4,
    vocab_size: 152_064,
    rope_parameters: rope,
  },
  vision: { ...vision, out_hidden_size: 3584 },
  tied: false,
  shards: 4,
};

const lab = 'media/sample-lab/base';
const copied = ['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'];
const bytesPerElement = 2;

/** Writes the checkpoint into `folder`, which must be there. Disk used: about 100 kB. */
export async function writeSparseCheckpoint(folder: string, shape: ModelShape): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of copied) await copyFile(join(lab, name), join(folder, name));
  await writeJson(folder, 'preprocessor_config.json', {
    ...(await readLab('preprocessor_config.json')),
    max_pixels: 1e7,
  });
  await writeJson(folder, 'config.json', await configOf(shape));

  const { text, vision: visionSizes } = await readModelConfig(folder);
  const tensors = qwen25vl.expectedTensors!({ text: text!, vision: visionSizes! });
  const shards = cutIntoShards(tensors, shape.shards);
  const weightMap: Record<string, string> = {};
  for (const [i, shard] of shards.entries()) {
    const file = `model-${pad(i + 1)}-of-${pad(shards.length)}.safetensors`;
    await writeHoles(join(folder, file), shard);
    for (const { canonicalName } of shard) weightMap[canonicalName] = file;
  }
  const total = tensors.reduce((sum, tensor) => sum + lengthOf(tensor), 0);
  await writeJson(folder, 'model.safetensors.index.json', { metadata: { total_size: total }, weight_map: weightMap });
}

/** The lab's config.json in another size. Its token ids stay: they lie inside the larger vocabulary. */
async function configOf({ text, vision: visionSizes, tied }: ModelShape): Promise<object> {
  const base = await readLab('config.json');
  const perLayer = { layer_types: undefined }; // the lab's list has one entry for each of its own layers
  return {
    ...base,
    tie_word_embeddings: tied,
    text_config: { ...(base.text_config as object), ...text, ...perLayer, tie_word_embeddings: tied },
    vision_config: { ...(base.vision_config as object), ...visionSizes },
  };
}

/** In order, each as full as the others. */
function cutIntoShards(tensors: readonly ExpectedTensor[], count: number): ExpectedTensor[][] {
  const total = tensors.reduce((sum, tensor) => sum + lengthOf(tensor), 0);
  const shards = Array.from({ length: count }, (): ExpectedTensor[] => []);
  let before = 0;
  for (const tensor of tensors) {
    shards[Math.floor((before / total) * count)].push(tensor);
    before += lengthOf(tensor);
  }
  return shards;
}

async function writeHoles(path: string, tensors: readonly ExpectedTensor[]): Promise<void> {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const tensor of tensors) {
    const start = end;
    end += lengthOf(tensor);
    header[tensor.canonicalName] = { dtype: 'BF16', shape: tensor.shape, data_offsets: [start, end] };
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.concat([length, text]));
    await file.truncate(8 + text.length + end);
  } finally {
    await file.close();
  }
}

function lengthOf({ shape }: ExpectedTensor): number {
  return shape.reduce((product, size) => product * size, bytesPerElement);
}

function pad(number: number): string {
  return String(number).padStart(5, '0');
}

async function readLab(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(lab, name), 'utf8')) as Record<string, unknown>;
}

async function writeJson(folder: string, name: string, value: object): Promise<void> {
  await writeFile(join(folder, name), JSON.stringify(value, null, 2));
}
