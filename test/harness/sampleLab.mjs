import { access, copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

const sampleLab = join('media', 'sample-lab');

/**
 * Copies the sample lab of this repository, without its runs, into `folder`. What is there already stays as it is. Each
 * file appears whole or not at all, so that a copy broken off is completed by the next.
 */
export async function copySampleLab(folder) {
  for (const entry of await readdir(sampleLab, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath ?? entry.path, entry.name);
    const to = join(folder, relative(sampleLab, from));
    const isResult = from.includes('.runs') || from.startsWith(join(sampleLab, 'merged'));
    if (!entry.isFile() || isResult || (await exists(to))) continue;
    await mkdir(dirname(to), { recursive: true });
    const part = `${to}.${process.pid}.part`;
    await copyFile(from, part);
    await rename(part, to);
  }
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}
