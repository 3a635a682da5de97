import { randomBytes } from 'node:crypto';
import { open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from './fileErrors';
import { diskOperations, syncFolderOf, writeAll, type FileOperations } from './fileOperations';

/**
 * Writes a file so that whoever looks finds the old content or the new, never a part, even after a power cut: temporary
 * name beside it, fsync, rename, fsync of the folder. A symbolic link is replaced, not followed. A failed fsync is
 * final: the system may have dropped the data, and a second fsync would not tell.
 * @param content several pieces are written one after another
 * @throws InputError when the place cannot be written, Error naming file and cause when the machine fails
 */
export async function writeFileAtomic(
  file: string,
  content: Uint8Array | string | readonly Uint8Array[],
  operations: FileOperations = diskOperations,
): Promise<void> {
  const whole = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  const pieces = whole instanceof Uint8Array ? [whole] : whole;
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      let at = 0;
      for (const bytes of pieces) {
        await writeAll(handle, bytes, at, operations);
        at += bytes.length;
      }
      await operations.sync(handle);
    } finally {
      await handle.close();
    }
    await operations.rename(temporary, file);
  } catch (error) {
    await operations.remove(temporary).catch(() => undefined); // the first error is the one to tell
    throw fileError('write', file, error);
  }
  await syncFolderOf(file, operations).catch((error: unknown) => {
    throw fileError('write', file, error);
  });
}

/**
 * Removes the temporary files that killed processes left beside `file`. Only for whoever holds the folder's lock: those
 * of a living process look the same.
 */
export async function removeLeftovers(file: string): Promise<void> {
  const [folder, start] = [path.dirname(file), `.${path.basename(file)}.`];
  const isLeftover = (name: string) => name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length));
  const leftovers = (await readdir(folder)).filter(isLeftover);
  await Promise.all(leftovers.map((name) => rm(path.join(folder, name), { force: true })));
}
