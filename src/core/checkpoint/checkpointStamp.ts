import path from 'node:path';
import { identityOf } from '../files/containedFile';
import { listFolder } from '../files/listFolder';

/** The files that decide what a checkpoint's headers say. */
const headerFiles = /^config\.json$|\.safetensors(\.index\.json)?$/;

/**
 * Changes whenever a file that decides what a checkpoint's headers say is written, replaced, added or removed.
 * @param decisive the names of other files that are meant
 * @throws InputError when the folder cannot be read
 */
export async function checkpointStamp(directory: string, decisive = headerFiles): Promise<string> {
  const names = (await listFolder(directory)).map(({ name }) => name).filter((name) => decisive.test(name));
  const stamps = names.map(async (name) => {
    const identity = await identityOf(path.join(directory, name)).catch(() => null);
    return JSON.stringify([name, identity]);
  });
  return (await Promise.all(stamps)).join('\n');
}
