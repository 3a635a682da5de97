import path from 'node:path';
import { InputError } from '../../shared/errors';
import { listFolder } from '../files/listFolder';
import { quoteName } from './quoteName';
import { readShardIndex, type ShardIndex } from './shardIndex';

/** Which files of a checkpoint's folder hold its weights. */
export interface WeightFiles {
  /** Names in the folder. */
  readonly files: readonly string[];
  /** Null where there is none, or it is not followed. */
  readonly index: ShardIndex | null;
  readonly warnings: readonly string[];
}

const single = 'model.safetensors';
export const indexName = 'model.safetensors.index.json';
const numbered = /^(.+)-(\d{5})-of-(\d{5})\.safetensors$/;
/** Formats whose loading runs code that the file brings along. */
const pickled = /\.(bin|pt|pth|ckpt|pkl|pickle)$/i;

/**
 * Chooses as transformers does: `model.safetensors`, else the index, else the only set of safetensors files there is.
 * @throws InputError when there is none, or more than one set
 */
export async function findWeightFiles(directory: string): Promise<WeightFiles> {
  const entries = await listFolder(directory);
  const names = entries.filter(({ kind }) => kind !== 'folder').map(({ name }) => name);
  const safetensors = names.filter((name) => name.endsWith('.safetensors'));
  const warnings: string[] = [];
  for (const name of names.filter((candidate) => pickled.test(candidate) && candidate !== 'training_args.bin')) {
    warnings.push(`${quoteName(name)} is not opened: only safetensors files are read`);
  }
  const chosen = await choose(directory, names, safetensors, warnings);
  for (const name of safetensors.filter((candidate) => !chosen.files.includes(candidate))) {
    warnings.push(`${quoteName(name)} is not part of the checkpoint and is not read`);
  }
  return { ...chosen, warnings };
}

async function choose(
  directory: string,
  names: readonly string[],
  safetensors: readonly string[],
  warnings: string[],
): Promise<Pick<WeightFiles, 'files' | 'index'>> {
  const hasIndex = names.includes(indexName);
  if (names.includes(single)) {
    if (hasIndex) warnings.push(`both ${single} and ${indexName} are there: ${single} is read, as transformers does`);
    return { files: [single], index: null };
  }
  if (hasIndex) {
    const index = await readShardIndex(path.join(directory, indexName), directory);
    return { files: index.shards, index };
  }
  const [set, ...others] = setsOf(safetensors);
  if (!set) throw noWeights(directory, names);
  if (others.length > 0) {
    const listed = safetensors.slice(0, 4).map(quoteName).join(', ');
    throw new InputError(
      `${directory} has several sets of safetensors files and no index: ${listed}`,
      `Keep one set in the folder, or add ${indexName}.`,
    );
  }
  return { files: completeSet(directory, set), index: null };
}

/** Numbered files of one name and count belong together; any other stands alone. */
function setsOf(safetensors: readonly string[]): string[][] {
  const sets = new Map<string, string[]>();
  for (const name of safetensors) {
    const [, prefix, , count] = numbered.exec(name) ?? [];
    const key = prefix === undefined ? name : `${prefix}/${count}`;
    sets.set(key, [...(sets.get(key) ?? []), name]);
  }
  return [...sets.values()];
}

function completeSet(directory: string, set: string[]): string[] {
  const [, prefix, , count] = numbered.exec(set[0]!) ?? [];
  if (prefix === undefined) return set;
  for (let number = 1; number <= Number(count); number++) {
    const name = `${prefix}-${String(number).padStart(5, '0')}-of-${count}.safetensors`;
    if (!set.includes(name)) throw new InputError(`${directory}: ${quoteName(name)} is missing`, 'Download it again.');
  }
  return set;
}

function noWeights(directory: string, names: readonly string[]): InputError {
  const other = names.find((name) => pickled.test(name));
  if (other === undefined) return new InputError(`${directory} has no safetensors files`);
  return new InputError(
    `${directory} has no safetensors files; ${quoteName(other)} can run code when it is loaded and is never opened`,
    'Save the model again with transformers (safe_serialization=True).',
  );
}
