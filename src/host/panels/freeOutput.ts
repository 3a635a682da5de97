import path from 'node:path';
import type { Experiment } from '../../core/experiment/experiment';
import { exists } from '../../core/files/folders';
import { folderName, freeName } from './mergeNames';

/** A folder for a hybrid beside the file that is not there yet, as the file would write it. */
export async function freeOutput({ directory }: Experiment, hybrid: string): Promise<string> {
  const taken = new Set<string>();
  for (;;) {
    const name = freeName(folderName(hybrid), taken);
    if (!(await exists(path.join(directory, name)))) return `./${name}`;
    taken.add(name);
  }
}
