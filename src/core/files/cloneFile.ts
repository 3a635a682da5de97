import { chmod, open } from 'node:fs/promises';
import type { FileOperations } from './fileOperations';

/**
 * Makes a file as a clone of another, where the file system can. It may be written to like any new file, even where the
 * other is read-only. What was there before is gone in any case.
 * @returns whether it is made. Why not does not matter: whoever writes the bytes instead meets what is wrong.
 */
export async function cloneFile(from: string, to: string, operations: FileOperations): Promise<boolean> {
  await operations.remove(to);
  try {
    const mode = await modeOfNew(to);
    await operations.remove(to); // macOS clones to new names only
    await operations.clone(from, to);
    await chmod(to, mode);
    return true;
  } catch {
    await operations.remove(to);
    return false;
  }
}

/** Found by making one: the umask cannot be read without setting it. */
async function modeOfNew(file: string): Promise<number> {
  const handle = await open(file, 'wx');
  try {
    return (await handle.stat()).mode & 0o777;
  } finally {
    await handle.close();
  }
}
