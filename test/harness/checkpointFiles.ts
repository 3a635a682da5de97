import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A safetensors file of U8 tensors with one zero each. */
export function shardOf(...names: readonly string[]): Buffer {
  const entries = names.map((name, i) => [name, { dtype: 'U8', shape: [1], data_offsets: [i, i + 1] }] as const);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(names.length)]);
}

/** Writes files into a folder, which is made; objects become JSON. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer | object>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(file, isText ? content : JSON.stringify(content));
  }
  return folder;
}
