import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../../shared/errors';

/** Names of the folders directly inside a folder, links to folders included, by name. */
export async function subfolders(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot read the folder ${folder}: ${code}`, 'Check its path.', { cause: error });
  }
  const isFolder = async (name: string) => (await stat(path.join(folder, name)).catch(() => null))?.isDirectory();
  const folders = await Promise.all(names.map(isFolder));
  return names.filter((_, index) => folders[index]).sort();
}
