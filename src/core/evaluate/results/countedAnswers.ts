import { groupBy } from '../../../shared/groupBy';
import type { LogEntry } from './logFormat';
import type { NamedLog } from './nameTasks';

/** Which lines of the logs of a task count. */
export interface CountedAnswers {
  /** Null where the logs know of none. */
  readonly filter: string | null;
  /** Those that every model's log has, of the logs that know of filters. */
  readonly filters: readonly string[];
  /** How many lines were passed over because a later one has the same id. */
  readonly replaced: number;
  /** Per model. */
  readonly models: ReadonlyMap<string, readonly LogEntry[]>;
}

/** The filter that lm-evaluation-harness uses where a task names none stands second. */
const preferred = ['flexible-extract', 'none'];

/**
 * One line per item and model: those of the filter that is wanted, else of `flexible-extract`, else `none`, else the last of those that every
 * model's log has; of lines with one id the last, since a tool that appends writes the newest there.
 */
export function countedAnswers(task: readonly NamedLog[], wanted?: string): CountedAnswers {
  const logs = [...groupBy(task, ({ model }) => model)].map(([model, own]): [string, LogEntry[]] => {
    return [model, own.flatMap(({ log: { entries } }) => entries)];
  });
  const filters = commonFilters(logs.map(([, entries]) => entries));
  const first = [...(wanted === undefined ? [] : [wanted]), ...preferred];
  const filter = first.find((each) => filters.includes(each)) ?? filters.at(-1) ?? null;
  let replaced = 0;
  const models = logs.map(([model, entries]): [string, LogEntry[]] => {
    const kept =
      filter === null ? entries : entries.filter((entry) => entry.filter === filter || entry.filter === null);
    const byId = new Map(kept.map((entry) => [entry.id, entry]));
    replaced += kept.length - byId.size;
    return [model, [...byId.values()]];
  });
  return { filter, filters, replaced, models: new Map(models) };
}

function commonFilters(logs: readonly (readonly LogEntry[])[]): string[] {
  const known = logs.map((entries) => new Set(entries.flatMap(({ filter }) => filter ?? [])));
  const [first = new Set<string>(), ...others] = known.filter(({ size }) => size > 0);
  return [...first].filter((filter) => others.every((each) => each.has(filter)));
}
