import type { ShardContent } from './mergePlan';

/** The header's length is padded to a multiple of it, so that numbers begin where processors like to read them. */
export const alignment = 8;

/**
 * A shard's header: 8 bytes of length, then JSON, padded with spaces.
 * @param added what stands in `__metadata__` beside what the skeleton has there
 * @param length bytes of the whole; by default as few as there must be
 */
export function headerOf(
  { tensors, metadata }: Pick<ShardContent, 'tensors' | 'metadata'>,
  added: Readonly<Record<string, string>>,
  length?: number,
): Buffer {
  const entries = tensors.map(({ name, from: { dtype, shape, length }, begin }) => {
    return [name, { dtype, shape, data_offsets: [begin, begin + length] }] as const;
  });
  const json = JSON.stringify({ __metadata__: { ...metadata, ...added }, ...Object.fromEntries(entries) });
  const text = Buffer.from(json);
  const header = Buffer.alloc(length ?? Math.ceil((8 + text.length) / alignment) * alignment, ' ');
  header.writeBigUInt64LE(BigInt(header.length - 8), 0);
  if (text.copy(header, 8) < text.length) throw new Error(`a header of ${text.length} bytes in ${header.length}`);
  return header;
}
