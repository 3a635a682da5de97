import * as z from 'zod';
import { once } from '../../shared/once';
import { readTextFile } from '../files/containedFile';
import type { DatasetItem } from './dataset';

/** What a run asked, kept beside its rows: a data set may be gone later, or lie where a window does not read. */
export interface RunItems {
  /** As the experiment file names the data set, or a log. */
  readonly dataset: string;
  readonly items: readonly DatasetItem[];
}

const sizeLimit = 256 << 20;

const schema = once(() => {
  const text = z.string();
  const item = z.object({
    ...{ id: text, question: text, answer: text, choices: z.array(text) },
    answerType: z.enum(['text', 'integer', 'float', 'list']).nullable(),
    ...{ unit: text.nullable(), precision: z.number().nullable(), image: text.nullable() },
    ...{ description: text.nullable(), reasoning: text.nullable(), category: text.nullable() },
  });
  return z.array(z.object({ dataset: text, items: z.array(item) }));
});

/** The text of a run's items.json. */
export function runItemsText(asked: readonly RunItems[]): string {
  return JSON.stringify(asked, null, 1) + '\n';
}

/** The items of one data set in a run's items.json; none where the file is not there or not one. */
export async function readRunItems(file: string, dataset: string): Promise<readonly DatasetItem[]> {
  try {
    const content: unknown = JSON.parse(await readTextFile(file, { limit: sizeLimit }));
    return schema()
      .parse(content)
      .flatMap((own) => (own.dataset === dataset ? own.items : []));
  } catch {
    return [];
  }
}
