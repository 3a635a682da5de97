import { open, type FileHandle } from 'node:fs/promises';
import { InputError } from '../../shared/errors';
import { fileError } from './fileErrors';
import { diskOperations, writeAll, type FileOperations } from './fileOperations';

/** Bytes of a file, and where they go. */
export interface FileRange {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  /** First byte in the target. */
  readonly target: number;
}

/** Pieces on their way at a time, and their size: enough that reading, writing and the disk never wait for each other. */
const atOnce = 4;
const piece = 1 << 20;

/** Visits ranges piece by piece, several at a time, with a buffer per visitor. */
async function forEachPiece(
  ranges: readonly FileRange[],
  signal: AbortSignal,
  visit: (range: FileRange, handle: FileHandle, buffers: readonly [Buffer, Buffer], done: number) => Promise<void>,
): Promise<void> {
  const handles = new Map<string, FileHandle>();
  const waiting = ranges.values();
  let current: { range: FileRange; next: number } | undefined;
  const take = () => {
    while (!current || current.next >= current.range.length) {
      const { value } = waiting.next() as { value: FileRange | undefined };
      if (!value) return undefined;
      current = { range: value, next: 0 };
    }
    const { range, next } = current;
    current.next += piece;
    return { range, done: next };
  };
  try {
    for (const { path } of ranges) if (!handles.has(path)) handles.set(path, await open(path, 'r'));
    const visitor = async () => {
      const buffers = [Buffer.allocUnsafeSlow(piece), Buffer.allocUnsafeSlow(piece)] as const;
      for (let next = take(); next; next = take()) {
        signal.throwIfAborted();
        await visit(next.range, handles.get(next.range.path)!, buffers, next.done);
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, visitor));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) throw failure.reason;
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
}

async function readPiece(
  handle: FileHandle,
  path: string,
  buffer: Buffer,
  at: number,
  length: number,
): Promise<Buffer> {
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(buffer, done, length - done, at + done).catch((error: unknown) => {
      throw fileError('read', path, error);
    });
    if (bytesRead === 0) throw new InputError(`${path} ends before byte ${at + length}: it was cut off`);
    done += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** Copies ranges into an open file. */
export async function copyRanges(
  ranges: readonly FileRange[],
  target: FileHandle,
  signal: AbortSignal,
  onBytes: (count: number) => void,
  operations: FileOperations = diskOperations,
): Promise<void> {
  await forEachPiece(ranges, signal, async (range, handle, [buffer], done) => {
    const length = Math.min(piece, range.length - done);
    const bytes = await readPiece(handle, range.path, buffer, range.offset + done, length);
    await writeAll(target, bytes, range.target + done, operations);
    onBytes(length);
  });
}

/** The first range whose bytes in the target differ from its own; null when all are the same. */
export async function findDifference(
  ranges: readonly FileRange[],
  target: FileHandle,
  targetPath: string,
  signal: AbortSignal,
): Promise<FileRange | null> {
  let differing: FileRange | null = null;
  await forEachPiece(ranges, signal, async (range, handle, [own, written], done) => {
    const length = Math.min(piece, range.length - done);
    const [a, b] = await Promise.all([
      readPiece(handle, range.path, own, range.offset + done, length),
      readPiece(target, targetPath, written, range.target + done, length),
    ]);
    if (!a.equals(b)) differing = range;
  });
  return differing;
}
