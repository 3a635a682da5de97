import type { Gold } from '../dataset';
import { countedAnswers } from './countedAnswers';
import { goldOf, matchItems } from './matchItems';
import { nameTasks, readModels } from './nameTasks';
import type { LogReaders } from './readLogs';

/** What logs say of an item beside the answers to it. */
export interface LogItem {
  /** As it was asked, or as the item has it. */
  readonly question: string | null;
  readonly gold: Gold | null;
}

/**
 * The items behind the rows that an `evaluate` step has read from logs, for those who show them: per task, by the ids of
 * the rows.
 * @param logs as the step has them
 * @param resolve a path as the experiment file means it
 * @throws InputError when a log cannot be read
 */
export async function readLogItems(
  logs: Readonly<Record<string, string | readonly string[]>>,
  resolve: (given: string) => string,
  readers: LogReaders,
): Promise<Map<string, Map<string, LogItem>>> {
  const tasks = nameTasks(await readModels(logs, resolve, readers));
  return new Map(
    [...tasks].map(([task, own]) => {
      const items = matchItems(countedAnswers(own).models).items.map((item): [string, LogItem] => {
        const question = [...item.answers.values()].find((entry) => entry.question !== null)?.question ?? null;
        return [item.id, { question, gold: goldOf(item) }];
      });
      return [task, new Map(items)];
    }),
  );
}
