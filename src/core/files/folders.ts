import { constants } from 'node:fs';
import { access, mkdir, rename, stat } from 'node:fs/promises';
import { InputError } from '../../shared/errors';
import { fileError } from './fileErrors';

export async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** Whether a path leads to a folder. @throws InputError when it leads nowhere */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError('read', path, error);
  }
}

/** Whether the user may write into a folder, by its permissions. */
export async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Makes a folder and those above it. @throws InputError naming the folder and the cause */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot make the folder ${path}: ${code}`, 'Choose another place, or free it.', {
      cause: error,
    });
  }
}

/** Moves a file; one that is not there is nothing to move. */
export async function moveIfThere(from: string, to: string): Promise<void> {
  if (await exists(from)) await rename(from, to);
}
