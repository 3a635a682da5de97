import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileError } from './fileErrors';

export interface FolderEntry {
  readonly name: string;
  /** Of what a symbolic link leads to; `other` also for a link that leads nowhere. */
  readonly kind: 'file' | 'folder' | 'other';
  readonly isLink: boolean;
}

/** What lies directly in a folder, by name. @throws InputError when it is no folder or cannot be read */
export async function listFolder(folder: string): Promise<FolderEntry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const listed = entries.map(async (entry): Promise<FolderEntry> => {
      const isLink = entry.isSymbolicLink();
      const target = isLink ? await stat(path.join(folder, entry.name)).catch(() => entry) : entry;
      const kind = target.isFile() ? 'file' : target.isDirectory() ? 'folder' : 'other';
      return { name: entry.name, kind, isLink };
    });
    return (await Promise.all(listed)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileError('read the folder', folder, error);
  }
}
