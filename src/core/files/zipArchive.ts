/** Zip archives that somebody else made (PKWARE's APPNOTE.TXT): entries are found by the directory at the end. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat, type FileHandle } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { InputError } from '../../shared/errors';
import { withFile } from './outputFolder';

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** Of its local header in the file. */
  readonly offset: number;
}

const signature = { local: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 } as const;
const localHeader = 30;
const directoryHeader = 46;
const endHeader = 22;
const longestComment = 0xffff;
const largestDirectory = 16 << 20;
/** A count or place that does not fit: the archive is of the 64-bit kind. */
const tooLarge = 0xffffffff;

/** The entries by name. @throws InputError when it is no zip archive, is cut off, or is larger than 4 GB */
export function readZipDirectory(file: string): Promise<Map<string, ZipEntry>> {
  return withFile(file, 'r', async (handle) => {
    const { size } = await handle.stat();
    const tail = await bytesAt(handle, Math.max(0, size - endHeader - longestComment), size, file);
    const end = endOf(tail);
    if (end < 0) throw damaged(file, 'it has no directory');
    const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (start === tooLarge || length > largestDirectory) throw damaged(file, 'its directory is too large');
    if (start + length > size) throw damaged(file, 'its directory lies outside');
    return entriesOf(await bytesAt(handle, start, start + length, file), file);
  });
}

/**
 * Unpacks one entry into a new file.
 * @param limit bytes it may have
 * @throws InputError when it is damaged or larger
 */
export async function extractZipEntry(
  file: string,
  entry: ZipEntry,
  target: string,
  limit: number,
  signal: AbortSignal,
): Promise<void> {
  const { name, method, packed, size, offset } = entry;
  if (size > limit) throw damaged(file, `${name} is larger than anything expected of it`);
  if (method !== 0 && method !== 8) throw damaged(file, `${name} is packed in an unknown way`);
  const start = await withFile(file, 'r', async (handle) => {
    const head = await bytesAt(handle, offset, offset + localHeader, file);
    if (head.readUInt32LE(0) !== signature.local) throw damaged(file, `${name} is not where its directory says`);
    return offset + localHeader + head.readUInt16LE(26) + head.readUInt16LE(28);
  });
  if (start + packed > (await stat(file)).size) throw damaged(file, `${name} is cut off`);
  const unpack = method === 8 ? createInflateRaw() : new PassThrough();
  const source = createReadStream(file, { start, end: Math.max(start, start + packed - 1) });
  const output = createWriteStream(target, { flags: 'wx', flush: true });
  try {
    await pipeline(source, unpack, atMost(size, file, name), output, { signal });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? damaged(file, `${name} cannot be unpacked`) : error;
  }
  if (output.bytesWritten !== size) throw damaged(file, `${name} is cut off`);
}

function endOf(tail: Buffer): number {
  for (let at = tail.length - endHeader; at >= 0; at--) {
    const isEnd = tail.readUInt32LE(at) === signature.end;
    if (isEnd && at + endHeader + tail.readUInt16LE(at + 20) === tail.length) return at;
  }
  return -1;
}

function entriesOf(directory: Buffer, file: string): Map<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < directory.length;) {
    const whole = at + directoryHeader <= directory.length;
    if (!whole || directory.readUInt32LE(at) !== signature.directory) throw damaged(file, 'its directory is broken');
    const [name, extra, comment] = [28, 30, 32].map((place) => directory.readUInt16LE(at + place)) as Lengths;
    const entry = {
      name: directory.toString('utf8', at + directoryHeader, at + directoryHeader + name),
      method: directory.readUInt16LE(at + 10),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    entries.set(entry.name, entry);
    at += directoryHeader + name + extra + comment;
  }
  return entries;
}

type Lengths = [name: number, extra: number, comment: number];

function atMost(size: number, file: string, name: string): Transform {
  let left = size;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      left -= chunk.length;
      if (left < 0) done(damaged(file, `${name} has more than its directory says`));
      else done(null, chunk);
    },
  });
}

async function bytesAt(handle: FileHandle, from: number, to: number, file: string): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, from);
  if (bytesRead < buffer.length) throw damaged(file, 'it is cut off');
  return buffer;
}

function damaged(file: string, what: string): InputError {
  return new InputError(`${file} is not a zip archive that can be used: ${what}`, 'Fetch it again.');
}
