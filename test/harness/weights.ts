/** Small checkpoints with chosen weights, and seeded numbers to fill them with. */
import type { FloatDtype } from '../../src/core/compare/floats';
import { writeFiles } from './checkpointFiles';

export interface Weights {
  readonly dtype: FloatDtype | 'F8_E4M3' | 'I32';
  readonly shape: readonly number[];
  readonly values: readonly number[] | Float64Array;
}

/** Normally distributed numbers (Box and Muller). */
export function normals(n: number, scale: number, random: () => number): Float64Array {
  return Float64Array.from({ length: n }, () => {
    return scale * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
}

/** A checkpoint of one shard. @param layers decoder layers, as config.json says */
export function writeWeights(
  folder: string,
  tensors: Readonly<Record<string, Weights>>,
  { family = 'llama', layers = 2 }: { family?: string; layers?: number } = {},
): string {
  const header: Record<string, object> = {};
  const bodies: Buffer[] = [];
  let begin = 0;
  for (const [name, { dtype, shape, values }] of Object.entries(tensors)) {
    const body = encodeWeights(dtype, values);
    header[name] = { dtype, shape, data_offsets: [begin, begin + body.length] };
    begin += body.length;
    bodies.push(body);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const config = { model_type: family, num_hidden_layers: layers };
  return writeFiles(folder, {
    'config.json': config,
    'model.safetensors': Buffer.concat([length, text, ...bodies]),
  });
}

/** Numbers in a file's format; bfloat16 is cut, float16 takes what it can hold. */
export function encodeWeights(dtype: Weights['dtype'], values: readonly number[] | Float64Array): Buffer {
  const bytes = { F64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, F8_E4M3: 1 }[dtype];
  const out = Buffer.alloc(bytes * values.length);
  values.forEach((value, i) => {
    if (dtype === 'F64') out.writeDoubleLE(value, 8 * i);
    else if (dtype === 'F32') out.writeFloatLE(value, 4 * i);
    else if (dtype === 'I32') out.writeInt32LE(value, 4 * i);
    else if (dtype === 'BF16') out.writeUInt16LE(floatBits(value) >>> 16, 2 * i);
    else if (dtype === 'F16') out.writeUInt16LE(halfBits(value), 2 * i);
    else out.writeUInt8(value, i);
  });
  return out;
}

function floatBits(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return view.getUint32(0);
}

/** Nearest float16 below in size. */
function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.min(15, Math.floor(Math.log2(size || 2 ** -30))));
  const steps = Math.min(2047, Math.floor(size / 2 ** (exponent - 10)));
  return sign | (steps < 1024 ? steps : ((exponent + 14) << 10) + steps);
}
