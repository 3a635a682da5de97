import { writeFileAtomic } from '../files/atomicWrite';

/** A tensor in memory, to be written. */
export interface NamedTensor {
  readonly name: string;
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** Writes tensors as one safetensors file, in the given order, atomically. Meant for results, not for checkpoints. */
export async function writeSafetensors(path: string, tensors: readonly NamedTensor[]): Promise<void> {
  const header: Record<string, { dtype: string; shape: readonly number[]; data_offsets: [number, number] }> = {};
  let end = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const start = end;
    end += data.byteLength;
    header[name] = { dtype, shape, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  // Padded with spaces so that the data begin at a multiple of 8.
  const padded = Math.ceil(text.length / 8) * 8;
  const head = Buffer.alloc(8 + padded, ' ');
  head.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(head, 8);
  const bodies = tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await writeFileAtomic(path, [head, ...bodies]);
}
