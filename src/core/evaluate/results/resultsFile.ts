import path from 'node:path';
import { readTextFile } from '../../files/containedFile';
import { isFields } from './logFormat';

const sizeLimit = 64 * 2 ** 20;
const samplesName = /^(\d{4}[\d_T.:-]*)_samples_.+\.jsonl?$/;

/**
 * Whether lmms-eval asked a task without images: then the task's configuration in `DATE_results.json` beside its samples
 * has neither `doc_to_visual` nor `doc_to_messages`. False where nobody says so.
 */
export async function isTextTask(samples: string, task: string | null): Promise<boolean> {
  const [, stamp] = samplesName.exec(path.basename(samples)) ?? [];
  if (task === null || stamp === undefined) return false;
  const file = path.join(path.dirname(samples), `${stamp}_results.json`);
  try {
    const results = JSON.parse(await readTextFile(file, { limit: sizeLimit })) as unknown;
    const configs = isFields(results) ? results.configs : null;
    const own = isFields(configs) ? configs[task] : null;
    return isFields(own) && !own.doc_to_visual && !own.doc_to_messages;
  } catch {
    return false;
  }
}
