/** A checkpoint before any training: the sizes, names and tokenizer of another one, its weights drawn at random. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint, type TensorEntry } from '../../src/core/checkpoint/checkpoint';
import type { FloatDtype } from '../../src/core/compare/floats';
import { writeFileAtomic } from '../../src/core/files/atomicWrite';
import { encodeFloats } from '../../src/core/merge/encodeFloats';
import { headerOf } from '../../src/core/merge/shardHeader';
import { namedRandom } from '../../src/core/statistics/namedRandom';
import { normals } from '../harness/weights';

/** Standard deviation of matrices, as Qwen's `initializer_range`. */
const spread = 0.02;

/** Norms begin as one, biases as zero, matrices as normal numbers of the seed; all in the other one's formats. */
export async function writeRandomCheckpoint(like: string, folder: string, seed: number): Promise<void> {
  const entries = [...(await openCheckpoint(like)).tensors.values()];
  let end = 0;
  const tensors = entries.map((from) => {
    const begin = end;
    end += from.length;
    return { name: from.name, donor: '', from, begin };
  });
  const bodies = entries.map((entry) => encodeFloats(entry.dtype as FloatDtype, startOf(entry, seed)));
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(like)) {
    if (!file.endsWith('.safetensors')) cpSync(path.join(like, file), path.join(folder, file));
  }
  const header = headerOf({ tensors, metadata: { format: 'pt' } }, {});
  await writeFileAtomic(path.join(folder, 'model.safetensors'), [header, ...bodies]);
}

function startOf({ name, shape, component }: TensorEntry, seed: number): Float64Array {
  const count = shape.reduce((product, size) => product * size, 1);
  // Float32 first, as training frameworks draw.
  if (shape.length > 1) return normals(count, spread, namedRandom(seed, name)).map(Math.fround);
  return new Float64Array(count).fill(component === 'norm' && name.endsWith('.weight') ? 1 : 0);
}
