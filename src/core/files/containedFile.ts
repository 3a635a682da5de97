/**
 * Reading files that nobody vouches for. A file is judged after it was opened, by its descriptor: a path may change its
 * meaning between a check and the use. Nothing here follows a link out of the folder that it must lie in, and nothing
 * blocks on a pipe.
 */
import { constants, type BigIntStats } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import { fileError } from './fileErrors';
import { isBelow } from './paths';

/** Which file, and in which state. JSON keeps it; numbers that may pass 2^53 are decimal strings. */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  /** Bytes. */
  readonly size: number;
  /** Nanoseconds since 1970 of the last change of content. */
  readonly modifiedNs: string;
}

export interface Containment {
  /**
   * A folder that the file must lie in once symbolic links are resolved. For a snapshot folder of the Hugging Face
   * cache, and folders in it, the blobs beside it count too, since its files are links into `../../blobs`.
   */
  readonly within?: string | undefined;
}

export interface SizeLimit extends Containment {
  /** Bytes. */
  readonly limit: number;
}

/** Node refuses single reads of 2^31 bytes and more; smaller ones leave other work its turn. */
const readChunk = 64 << 20;

/** A regular file open for reading. */
export class RegularFile {
  private constructor(
    /** Symbolic links resolved. */
    readonly path: string,
    /** As it was asked for: what messages show. */
    readonly shown: string,
    readonly size: number,
    readonly identity: FileIdentity,
    private readonly handle: FileHandle,
  ) {}

  /** @throws InputError when it cannot be opened, is no regular file, or lies outside `within` */
  static async open(file: string, { within }: Containment = {}): Promise<RegularFile> {
    let handle: FileHandle | undefined;
    try {
      // Without O_NONBLOCK the open of a pipe waits for its other end, in one of the few threads that Node has.
      handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw new InputError(`${file} is ${kindOf(stats)}, not a regular file`);
      const real = await realpath(file);
      const named = await stat(real, { bigint: true });
      if (named.ino !== stats.ino || named.dev !== stats.dev) throw changed(file);
      if (within !== undefined) await assertWithin(file, real, within);
      return new RegularFile(real, file, Number(stats.size), toIdentity(stats), handle);
    } catch (error) {
      await handle?.close();
      throw fileError('read', file, error);
    }
  }

  /**
   * Exactly the bytes `[offset, offset + length)`.
   * @throws InputError when the file ends before
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new InputError(`${this.shown} ends before byte ${offset + length}: it has ${this.size}`);
    }
    const data = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const wanted = Math.min(length - done, readChunk);
      const { bytesRead } = await this.handle.read(data, done, wanted, offset + done).catch((error: unknown) => {
        throw fileError('read', this.shown, error);
      });
      if (bytesRead === 0) throw changed(this.shown);
      done += bytesRead;
    }
    return data;
  }

  /** @throws InputError when the file was written to or replaced since it was opened */
  async assertUnchanged(): Promise<void> {
    const now = toIdentity(await this.handle.stat({ bigint: true }));
    const named = await stat(this.path, { bigint: true }).then(toIdentity, () => null);
    if (!sameIdentity(now, this.identity) || named === null || !sameIdentity(named, this.identity)) {
      throw changed(this.shown);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Opens a regular file for reading. @see RegularFile.open */
export function openRegularFile(file: string, containment: Containment = {}): Promise<RegularFile> {
  return RegularFile.open(file, containment);
}

/** A whole file of at most `limit` bytes. @throws InputError when it is larger or cannot be read */
export async function readSmallFile(path: string, { limit, within }: SizeLimit): Promise<Uint8Array> {
  const file = await RegularFile.open(path, { within });
  try {
    if (file.size > limit) {
      throw new InputError(`${path} is too large: ${formatBytes(file.size)}, at most ${formatBytes(limit)} are read`);
    }
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

/** A whole UTF-8 file of at most `limit` bytes, without its byte order mark. @throws InputError when it is not UTF-8 */
export async function readTextFile(path: string, options: SizeLimit): Promise<string> {
  const bytes = await readSmallFile(path, options);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path} is not UTF-8 text`, 'Save it as UTF-8.');
  }
}

/** The identity of a file, symbolic links resolved. @throws InputError when there is no such file */
export async function identityOf(path: string): Promise<FileIdentity> {
  try {
    return toIdentity(await stat(path, { bigint: true }));
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/** Where a file or folder lies once symbolic links are resolved. @throws InputError when it is not there */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw fileError('read', path, error);
  }
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return a.device === b.device && a.inode === b.inode && a.size === b.size && a.modifiedNs === b.modifiedNs;
}

function toIdentity({ dev, ino, size, mtimeNs }: BigIntStats): FileIdentity {
  return { device: String(dev), inode: String(ino), size: Number(size), modifiedNs: String(mtimeNs) };
}

async function assertWithin(file: string, real: string, within: string): Promise<void> {
  const folder = await realpath(within);
  if (isBelow(real, folder)) return;
  const cached = snapshotFolder.exec(folder);
  if (cached && isBelow(real, path.join(cached[1]!, 'blobs'))) return;
  throw new InputError(
    `${file} is a link to ${real}, outside of ${within}`,
    'Nothing outside of a folder is read through a link in it: put the file itself there.',
  );
}

/** `…/models--org--name/snapshots/<revision>` of the Hugging Face cache, or a folder in it; `datasets--…` likewise. */
const snapshotFolder = /^(.*[\\/](?:models|datasets)--[^\\/]+)[\\/]snapshots[\\/][^\\/]/;

function changed(file: string): InputError {
  return new InputError(`${file} was changed while it was being read`, 'Try again when nothing writes to it.');
}

function kindOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
