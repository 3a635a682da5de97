import { InputError } from '../../../shared/errors';
import { groupBy } from '../../../shared/groupBy';
import type { LogName } from './logName';

export interface Candidate extends Pick<LogName, 'folder' | 'task' | 'stamp'> {
  readonly file: string;
  /** A judge has seen the answers in it. */
  readonly judged: boolean;
}

/**
 * Of the logs of a task that a folder has, those of the newest run, and of that run the judged ones. What has no task
 * stays.
 * @throws InputError when a task was run in the folders of several models
 */
export function chooseRuns<T extends Candidate>(given: string, candidates: readonly T[]): { kept: T[]; passed: T[] } {
  const best = new Set<T>();
  for (const [task, own] of groupBy(candidates, ({ task }) => task)) {
    if (task === null) {
      for (const candidate of own) best.add(candidate);
      continue;
    }
    const folders = [...new Set(own.map(({ folder }) => folder))];
    if (folders.length > 1) {
      throw new InputError(
        `${given} has logs of the task "${task}" in several folders: ${folders.slice(0, 3).join(', ')}`,
        "Name one model's folder, or the files.",
      );
    }
    best.add(own.reduce((a, b) => (isBetter(b, a) ? b : a)));
  }
  return { kept: candidates.filter((each) => best.has(each)), passed: candidates.filter((each) => !best.has(each)) };
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const width = Math.max(a.stamp.length, b.stamp.length);
  const [left, right] = [a, b].map(({ stamp }) => stamp.padEnd(width, '0')) as [string, string];
  return left === right ? a.judged && !b.judged : left > right;
}
