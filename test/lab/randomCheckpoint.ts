/** A checkpoint before any training: the sizes, names and tokenizer of another one, its weights drawn at random. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { writeFileAtomic } from '../../src/core/files/atomicWrite';
import { namedRandom } from '../../src/core/statistics/namedRandom';

/** Standard deviation of matrices, as Qwen's `initializer_range`. */
const spread = 0.02;

/** Norms begin as one, biases as zero, matrices as normal numbers of the seed; all in bfloat16. */
export async function writeRandomCheckpoint(like: string, folder: string, seed: number): Promise<void> {
  const { tensors } = await openCheckpoint(like);
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  const bodies: Uint8Array[] = [];
  let end = 0;
  for (const { name, shape, component } of tensors.values()) {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = shape.length > 1 ? normalNumbers(count, seed, name) : constant(count, component, name);
    const body = asBfloat16(values);
    header[name] = { dtype: 'BF16', shape, data_offsets: [end, (end += body.length)] };
    bodies.push(body);
  }
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(like)) {
    if (!file.endsWith('.safetensors')) cpSync(path.join(like, file), path.join(folder, file));
  }
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  text.copy(head, 8);
  await writeFileAtomic(path.join(folder, 'model.safetensors'), [head, ...bodies]);
}

function constant(count: number, component: string | null, name: string): Float32Array {
  return new Float32Array(count).fill(component === 'norm' && name.endsWith('.weight') ? 1 : 0);
}

/** Box and Muller's. */
function normalNumbers(count: number, seed: number, name: string): Float32Array {
  const uniform = namedRandom(seed, name);
  return Float32Array.from({ length: count }, () => {
    return spread * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

/** Rounded to nearest, halves to even. */
function asBfloat16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const rounded = Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16);
  return new Uint8Array(rounded.buffer);
}
