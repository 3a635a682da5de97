import path from 'node:path';
import { readSmallFile } from '../files/containedFile';
import { writeFileAtomic } from '../files/atomicWrite';
import type { FileOperations } from '../files/fileOperations';
import { listFolder } from '../files/listFolder';

/** Bytes of one side file; tokenizers of a quarter of a million tokens take a tenth of it. */
const limit = 200e6;
const kinds = /\.(json|jinja|txt|model|tiktoken)$/;
/** What belongs to the weights or to a training run and not to the model. */
const foreign =
  /\.index\.json$|^(trainer_state|training_args|optimizer|scheduler|all_results|train_results|eval_results)/;

/** Copies config, tokenizer, template, processor and generation settings of the skeleton. @returns their names */
export async function copySidecars(from: string, to: string, operations: FileOperations): Promise<string[]> {
  const names = (await listFolder(from))
    .flatMap(({ name, kind }) => (kind === 'file' ? [name] : []))
    .filter((name) => kinds.test(name) && !foreign.test(name));
  for (const name of names) {
    const content = await readSmallFile(path.join(from, name), { limit, within: from });
    await writeFileAtomic(path.join(to, name), content, operations);
  }
  return names;
}
