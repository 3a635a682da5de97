import path from 'node:path';
import { InputError } from '../../../shared/errors';
import { isFolder } from '../../files/folders';
import { listFolder } from '../../files/listFolder';
import { realPathOf } from '../../files/containedFile';
import { isBelow } from '../../files/paths';
import { knownLogs } from './logFormat';

/** `output/model/run/file` is as deep as the tools go. */
const depthLimit = 4;
const fileLimit = 2000;
const endings = /\.(jsonl|json|xlsx|tsv|csv|pkl)$/;

/** Files that may be logs. */
export interface FoundFiles {
  /** Links resolved, each once, in order. */
  readonly files: readonly string[];
  /** What was named is a folder: whatever in it is no log does not matter. */
  readonly isFolder: boolean;
}

/**
 * The file that is named, or all below the folder that is, whose names end as those of logs do.
 * @throws InputError when there is nothing, or far too much
 */
export async function findLogs(given: string): Promise<FoundFiles> {
  if (!(await isFolder(given))) return { files: [await realPathOf(given)], isFolder: false };
  const found = new Set<string>();
  const root = await realPathOf(given);
  await collect(root, 0, (file) => isBelow(file, root) && found.add(file));
  if (found.size > fileLimit) {
    throw new InputError(`${given}: more than ${fileLimit} files that could be logs`, "Name one model's folder.");
  }
  if (found.size > 0) return { files: [...found], isFolder: true };
  throw new InputError(`${given} has no file that could be a log (.jsonl, .json, .xlsx, .tsv, .csv)`, knownLogs);
}

/** Links to folders are not followed: VLMEvalKit's lead to files of a run that is there anyway. */
async function collect(folder: string, depth: number, add: (file: string) => void): Promise<void> {
  for (const { name, kind, isLink } of await listFolder(folder)) {
    const entry = path.join(folder, name);
    if (kind === 'folder' && !isLink && depth < depthLimit) await collect(entry, depth + 1, add);
    if (kind === 'file' && endings.test(name)) add(await realPathOf(entry));
  }
}
