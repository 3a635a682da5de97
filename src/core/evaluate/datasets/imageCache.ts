import { homedir } from 'node:os';
import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { ensureFolder, isWritable } from '../../files/folders';

/** Where images that lie in data files are put: below the user's cache folder, as the system has it. */
export function imageCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = environment;
  const given = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
  // A relative one counts as none (XDG base directory specification).
  const cache = given && path.isAbsolute(given) ? given : path.join(homedir(), '.cache');
  return path.join(cache, 'frankenstein-lab', 'images');
}

/** Makes the folder where it is not there. @throws InputError when it cannot be written */
export async function writableImageCache(): Promise<string> {
  const folder = imageCacheFolder();
  const made = await ensureFolder(folder).then(
    () => true,
    () => false,
  );
  if (made && (await isWritable(folder))) return folder;
  const variable = process.platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME';
  throw new InputError(
    `images of parquet files are put into ${folder}, which cannot be written`,
    `Make it writable, or name another cache folder in ${variable}.`,
  );
}
