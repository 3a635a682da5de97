// A folder of this user for what is unpacked or installed once: outside the repository and outside node_modules, so that
// neither `npm ci` nor a fresh clone loses it.
import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const finished = '.complete';

/** @returns {string} the cache folder of Frankenstein Lab's development tools, as the platform wants it */
export function cacheFolder() {
  return join(userCache(), 'frankenstein-lab');
}

function userCache() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}

/**
 * The folder `name` of the cache, filled once. It is filled under a temporary name and renamed when whole; the marker
 * shows that nobody has deleted half of it since. Of two processes that fill it at once, the second uses the first's.
 * @param {string} name the version belongs into the name: a folder is never updated
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>} the whole folder
 */
export async function installOnce(name, fill) {
  const folder = join(cacheFolder(), name);
  if (await exists(join(folder, finished))) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  await removeAbandoned();
  const staging = await mkdtemp(join(cacheFolder(), `.${process.pid}-`));
  try {
    await fill(staging);
    await writeFile(join(staging, finished), '');
    await putInPlace(staging, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return folder;
}

async function putInPlace(staging, folder) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await rename(staging, folder);
    } catch (error) {
      if (await exists(join(folder, finished))) return;
      if (attempt === 3 || !(await exists(folder))) throw error;
      // What stands there is half of an older one: out of the way first, so that the name is free at once.
      const away = await mkdtemp(join(cacheFolder(), `.${process.pid}-`));
      await rename(folder, join(away, 'old')).catch(() => undefined);
      await rm(away, { recursive: true, force: true });
    }
  }
}

/** Temporary folders whose process was killed. */
async function removeAbandoned() {
  for (const name of await readdir(cacheFolder())) {
    const pid = Number(/^\.(\d+)-/.exec(name)?.[1]);
    if (pid && !isRunning(pid)) await rm(join(cacheFolder(), name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
