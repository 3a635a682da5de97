import path from 'node:path';
import type { Component, Part } from '../../shared/vocabulary';
import { openRegularFile, type FileIdentity } from '../files/containedFile';
import { familyOf } from './families';
import { inParallel } from './inParallel';
import type { ModelConfig } from './modelConfig';
import { checkIndex, placeTensors, type OpenedShard } from './placeTensors';
import { readConfigFile } from './readConfig';
import { readSafetensorsHeader, type Dtype } from './safetensorsHeader';
import { findWeightFiles } from './weightFiles';

/** One tensor of a checkpoint: what it is and where its bytes lie. Nothing but headers was read to know it. */
export interface TensorEntry {
  /** As the file has it. */
  readonly name: string;
  /**
   * The name under which the rest of the product asks for it: the Hub's (old) style for known families
   * (`visual.blocks.0.attn.qkv.weight`, `model.layers.3.mlp.up_proj.weight`, `lm_head.weight`), else `name`.
   */
  readonly canonicalName: string;
  readonly part: Part | null;
  /** Counted within the part, from 0. */
  readonly layer: number | null;
  readonly component: Component | null;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The shard's name inside the checkpoint's folder. */
  readonly file: string;
  /** The shard's real path, symbolic links resolved. */
  readonly path: string;
  /** First byte, absolute in the file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** One safetensors file of a checkpoint. */
export interface Shard {
  readonly file: string;
  readonly path: string;
  readonly identity: FileIdentity;
}

/** An opened checkpoint: a Hugging Face folder with safetensors, its headers and its config read. */
export interface Checkpoint {
  /** Absolute path of the folder as the user named it. */
  readonly directory: string;
  /** config.json's `model_type`. */
  readonly family: string;
  readonly config: ModelConfig;
  /** By canonical name, in file order. */
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly shards: readonly Shard[];
  /** What is odd but harmless: a shard on disk that the index does not name, a wrong `total_size`, unknown fields. */
  readonly warnings: readonly string[];
}

/** Shards whose headers are read at a time; each holds a descriptor. */
const shardsAtOnce = 16;

/**
 * Opens the checkpoint in a folder: reads config.json, the index and the headers, and no weights.
 * @param options.headerLimit bytes of one header, see `readSafetensorsHeader`
 * @throws InputError naming the file and what is wrong with it
 */
export async function openCheckpoint(
  directory: string,
  options: { readonly headerLimit?: number } = {},
): Promise<Checkpoint> {
  const folder = path.resolve(directory);
  const [{ config, warnings: configWarnings }, weights] = await Promise.all([
    readConfigFile(folder),
    findWeightFiles(folder),
  ]);
  const opened = await inParallel(weights.files, shardsAtOnce, (file) => openShard(folder, file, options));
  const placed = placeTensors(folder, opened, config, familyOf(config.modelType));
  const indexWarnings = weights.index ? checkIndex(folder, weights.index, opened) : [];
  const headerWarnings = opened.flatMap(({ header }) => header.warnings);
  return {
    directory: folder,
    family: config.modelType,
    config: placed.config,
    tensors: placed.tensors,
    shards: opened.map(({ shard }) => shard),
    warnings: [...configWarnings, ...weights.warnings, ...indexWarnings, ...headerWarnings, ...placed.warnings],
  };
}

async function openShard(
  folder: string,
  file: string,
  options: { readonly headerLimit?: number },
): Promise<OpenedShard> {
  const opened = await openRegularFile(path.join(folder, file), { within: folder });
  try {
    const header = await readSafetensorsHeader(opened, options);
    await opened.assertUnchanged();
    return { shard: { file, path: opened.path, identity: opened.identity }, header };
  } finally {
    await opened.close();
  }
}
