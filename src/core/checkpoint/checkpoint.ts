import type { Component, Part } from '../../shared/vocabulary';
import type { FileIdentity } from '../files/containedFile';
import type { ModelConfig } from './modelConfig';
import type { Dtype } from './safetensorsHeader';

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
