import { constants } from 'node:fs';
import { copyFile, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

/** The steps of writing that a disk may refuse. Tests put refusals in their place. */
export interface FileOperations {
  /** One write at `position`; may write less than it was given. @returns bytes written */
  write(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number>;
  /** Content and size reach the disk. */
  sync(handle: FileHandle): Promise<void>;
  truncate(handle: FileHandle, size: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(file: string): Promise<void>;
  /**
   * Makes the new file `to` of the bytes of `from`, which both share on the disk until either is written to.
   * @throws at once where the file system has no such thing
   */
  clone(from: string, to: string): Promise<void>;
}

export const diskOperations: FileOperations = {
  write: async (handle, bytes, position) => (await handle.write(bytes, 0, bytes.length, position)).bytesWritten,
  sync: (handle) => handle.sync(),
  truncate: (handle, size) => handle.truncate(size),
  rename: (from, to) => rename(from, to),
  remove: (file) => rm(file, { force: true }),
  clone: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE_FORCE),
};

/** Node refuses writes of 2^31 bytes and more. */
const writeChunk = 64 << 20;

/** Writes all of `bytes` at `position`: a full disk first writes less than asked and complains only on the next call. */
export async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
  operations: FileOperations,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const chunk = bytes.subarray(done, done + writeChunk);
    const written = await operations.write(handle, chunk, position + done);
    if (written <= 0) throw new Error('the system wrote nothing');
    done += written;
  }
}

/** Makes a new or renamed entry of the file's folder last. Windows has no such call, and some file systems refuse it. */
export async function syncFolderOf(file: string, operations: FileOperations): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await operations.sync(folder);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(code)) throw error;
  } finally {
    await folder.close();
  }
}
