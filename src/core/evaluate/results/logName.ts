/** What the tools' names of files and folders say: the task, the model's folder, and when it ran. */
import path from 'node:path';

export interface LogName {
  /** Of the model: its runs lie in it. */
  readonly folder: string;
  /** Null where the name does not say it. */
  readonly task: string | null;
  /** When it ran, as digits; empty where the name does not say it. The greater, the later. */
  readonly stamp: string;
  /** One file is all there is of a run of the task; of VLMEvalKit there may be a judged one too. */
  readonly isWhole: boolean;
}

const samples = [
  /^(?<stamp>\d{4}[\d_T.:-]*)_samples_(?<task>.+)\.jsonl?$/, // lmms-eval
  /^samples_(?<task>.+)_(?<stamp>\d{4}-\d\d-\d\dT[\d.:-]+)\.jsonl?$/, // lm-evaluation-harness
];
/** A run of VLMEvalKit: the day or the second, and the commit. */
const runFolder = /^T(\d{8}(?:-\d{6})?)/;
const judge = /_(exact_matching|openai|(chat)?gpt[\w.-]*|qwen[\w.-]*|deepseek[\w.-]*|claude[\w.-]*)$/i;

export function logName(file: string): LogName {
  const { dir, base, name } = path.parse(file);
  for (const pattern of samples) {
    const { stamp, task } = pattern.exec(base)?.groups ?? {};
    if (task) return { folder: dir, task, stamp: digits(stamp!), isWhole: true };
  }
  const run = runFolder.exec(path.basename(dir));
  const folder = run ? path.dirname(dir) : dir;
  const model = `${path.basename(folder)}_`;
  const task = name.startsWith(model) && name.length > model.length ? withoutJudge(name.slice(model.length)) : null;
  return { folder, task, stamp: digits(run?.[1] ?? ''), isWhole: false };
}

/** The name of a table of predictions without that of its judge. */
export function withoutJudge(name: string): string {
  const bare = name.replace(/_result$/, '').replace(judge, '');
  return bare === '' ? name : bare;
}

function digits(stamp: string): string {
  return stamp.replace(/\D/g, '');
}
