import { InputError } from '../../shared/errors';
import type { Part } from '../../shared/vocabulary';
import type { Shard, TensorEntry } from './checkpoint';
import type { Family } from './family';
import type { ModelConfig } from './modelConfig';
import { quoteName } from './quoteName';
import type { SafetensorsHeader } from './safetensorsHeader';
import type { ShardIndex } from './shardIndex';
import { indexName } from './weightFiles';

export interface OpenedShard {
  readonly shard: Shard;
  readonly header: SafetensorsHeader;
}

export interface PlacedTensors {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  /** With what only the tensors' names tell. */
  readonly config: ModelConfig;
  readonly warnings: readonly string[];
}

/**
 * Gives every tensor its place in the model.
 * @throws InputError when a tensor is there twice, also under an old and a new name
 */
export function placeTensors(
  directory: string,
  shards: readonly OpenedShard[],
  config: ModelConfig,
  family: Family,
): PlacedTensors {
  const tensors = new Map<string, TensorEntry>();
  const fileOf = new Map<string, string>();
  for (const { shard, header } of shards) {
    for (const { name, dtype, shape, offset, length } of header.tensors) {
      const { file, path } = shard;
      const other = fileOf.get(name);
      if (other !== undefined) throw twice(directory, name, other, name, file);
      fileOf.set(name, file);
      const canonicalName = chooseName(directory, tensors, family, name, file);
      const place = family.place(canonicalName, config);
      tensors.set(canonicalName, { name, canonicalName, ...place, dtype, shape, file, path, offset, length });
    }
  }
  return { tensors, config: completeConfig(config, tensors), warnings: oddities(config, family, tensors) };
}

/** In a generic reading, whose renaming is a guess, the second of two tensors keeps the name that it has. */
function chooseName(
  directory: string,
  tensors: ReadonlyMap<string, TensorEntry>,
  family: Family,
  name: string,
  file: string,
): string {
  const canonicalName = family.canonicalName(name);
  const taken = tensors.get(canonicalName);
  if (!taken) return canonicalName;
  if (family.supported || tensors.has(name)) throw twice(directory, taken.name, taken.file, name, file);
  return name;
}

function twice(directory: string, name: string, file: string, otherName: string, otherFile: string): InputError {
  const places = `${quoteName(name)} in ${quoteName(file)} and ${quoteName(otherName)} in ${quoteName(otherFile)}`;
  return new InputError(`${directory} has one tensor twice: ${places}`, 'Download the checkpoint again.');
}

function completeConfig(config: ModelConfig, tensors: ReadonlyMap<string, TensorEntry>): ModelConfig {
  const tiedHead = config.tied && !tensors.has('lm_head.weight');
  return {
    ...config,
    text: config.text && { ...config.text, tiedHead },
    numLayers: config.numLayers || countLayers(tensors, 'languageModel'),
    visionLayers: config.visionLayers || countLayers(tensors, 'vision'),
  };
}

function countLayers(tensors: ReadonlyMap<string, TensorEntry>, part: Part): number {
  let count = 0;
  for (const tensor of tensors.values()) {
    if (tensor.part === part && tensor.layer !== null) count = Math.max(count, tensor.layer + 1);
  }
  return count;
}

function oddities(config: ModelConfig, family: Family, tensors: ReadonlyMap<string, TensorEntry>): string[] {
  const warnings: string[] = [];
  if (config.tied && tensors.has('lm_head.weight')) {
    warnings.push(
      'config.json says that the head is tied, but there is lm_head.weight: it is used, as transformers 5 does',
    );
  }
  const unplaced = family.supported ? [...tensors.values()].filter(({ part }) => part === null) : [];
  if (unplaced.length > 0) {
    const first = quoteName(unplaced[0]!.name);
    warnings.push(`${unplaced.length} tensors have no place in ${family.modelType}, the first is ${first}`);
  }
  return warnings;
}

/**
 * Holds the index against the headers.
 * @returns what is wrong but harmless
 * @throws InputError when a tensor is not where the index has it, or the index does not have it
 */
export function checkIndex(directory: string, index: ShardIndex, shards: readonly OpenedShard[]): string[] {
  const found = new Map<string, string>();
  let bytes = 0;
  for (const { shard, header } of shards) {
    for (const { name, length } of header.tensors) {
      bytes += length;
      found.set(name, shard.file);
      const expected = index.shardOf.get(name);
      if (expected === shard.file) continue;
      const told = expected === undefined ? 'does not list it' : `has it in ${quoteName(expected)}`;
      throw new InputError(
        `${directory}: the tensor ${quoteName(name)} is in ${quoteName(shard.file)}, but ${indexName} ${told}`,
        'The index and the files do not belong together: download the checkpoint again.',
      );
    }
  }
  for (const [name, file] of index.shardOf) {
    if (!found.has(name)) {
      throw new InputError(
        `${directory}: ${indexName} has the tensor ${quoteName(name)} in ${quoteName(file)}, where it is not`,
        'The index and the files do not belong together: download the checkpoint again.',
      );
    }
  }
  if (index.totalSize === null || index.totalSize === bytes) return [];
  return [`${indexName} says that the tensors take ${index.totalSize} bytes; they take ${bytes}`];
}
