/** Where paths stand to each other, by their names alone: nothing is read and no link is followed. */
import path from 'node:path';

/** Whether `file` lies in `folder` or deeper; a folder is not below itself. */
export function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative);
}

/** The way from `folder` down to `file`, with slashes on every system; null when it does not lie below. */
export function pathBelow(file: string, folder: string): string | null {
  return isBelow(file, folder) ? path.relative(folder, file).split(path.sep).join('/') : null;
}
