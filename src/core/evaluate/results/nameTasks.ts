import path from 'node:path';
import { groupBy } from '../../../shared/groupBy';
import { withoutJudge } from './logName';
import { readLogs, type LogReaders, type ReadLog } from './readLogs';

/** A log of one of the models that are compared. */
export interface NamedLog {
  readonly model: string;
  readonly log: ReadLog;
}

/**
 * The logs of several models.
 * @param logs per model the file or folder, or several
 * @param resolve a path as the experiment file means it
 * @throws InputError as {@link readLogs} does
 */
export async function readModels(
  logs: Readonly<Record<string, string | readonly string[]>>,
  resolve: (given: string) => string,
  readers: LogReaders,
): Promise<NamedLog[]> {
  const read: NamedLog[] = [];
  for (const [model, own] of Object.entries(logs)) {
    const places = [own].flat().map((given) => ({ given, path: resolve(given) }));
    read.push(...(await readLogs(places, readers)).map((log) => ({ model, log })));
  }
  return read;
}

/** What answers are called whose files say nothing in common. */
const unnamed = 'answers';

/**
 * The logs of each task. Most names say it. A log whose name does not belongs to the task with which it shares most of
 * its items; else to that of other models' logs of the same name; and where each model has one such log, they are one
 * task, called by the end that their names share.
 */
export function nameTasks(logs: readonly NamedLog[]): Map<string, NamedLog[]> {
  const tasks = groupBy(
    logs.filter(({ log }) => log.task !== null),
    ({ log }) => log.task!,
  );
  const add = (task: string, own: readonly NamedLog[]) => tasks.set(task, [...(tasks.get(task) ?? []), ...own]);
  const left: NamedLog[] = [];
  for (const named of logs.filter(({ log }) => log.task === null)) {
    const task = taskOfSameItems(named, tasks);
    if (task === null) left.push(named);
    else add(task, [named]);
  }
  const alone: NamedLog[] = [];
  for (const [stem, own] of groupBy(left, ({ log }) => stemOf(log))) {
    if (tasks.has(stem) || modelsOf(own).size > 1) add(stem, own);
    else alone.push(...own);
  }
  for (const [task, own] of groupBy(withoutModels(alone), ({ task }) => task)) add(task, own);
  return tasks;
}

/** What is left of names without what may be the model's: what the names of one model begin with, or end otherwise with. */
function withoutModels(logs: readonly NamedLog[]): (NamedLog & { readonly task: string })[] {
  const models = [...groupBy(logs, ({ model }) => model).values()];
  const parts = ({ log }: NamedLog) => stemOf(log).split('_');
  if (models.length < 2) return logs.map((named) => ({ ...named, task: stemOf(named.log) }));
  if (models.every((own) => own.length === 1)) {
    const shared = sharedLength(logs.map((named) => parts(named).reverse()));
    const task = shared === 0 ? unnamed : parts(logs[0]!).slice(-shared).join('_');
    return logs.map((named) => ({ ...named, task }));
  }
  return models.flatMap((own) => {
    const shared = own.length < 2 ? 0 : sharedLength(own.map(parts));
    return own.map((named) => ({ ...named, task: parts(named).slice(shared).join('_') || stemOf(named.log) }));
  });
}

/** How many parts all lists have in common from their start. */
function sharedLength([first = [], ...others]: readonly (readonly string[])[]): number {
  const end = first.findIndex((part, i) => others.some((other) => other[i] !== part));
  return end < 0 ? first.length : end;
}

function modelsOf(logs: readonly NamedLog[]): Set<string> {
  return new Set(logs.map(({ model }) => model));
}

function taskOfSameItems({ log }: NamedLog, tasks: ReadonlyMap<string, readonly NamedLog[]>): string | null {
  const hashes = new Set(log.entries.flatMap(({ hash }) => hash ?? []));
  if (hashes.size === 0) return null;
  for (const [task, own] of tasks) {
    const known = new Set(own.flatMap(({ log: { entries } }) => entries.flatMap(({ hash }) => hash ?? [])));
    if ([...hashes].filter((hash) => known.has(hash)).length > hashes.size / 2) return task;
  }
  return null;
}

function stemOf({ file }: ReadLog): string {
  return withoutJudge(path.parse(file).name);
}
