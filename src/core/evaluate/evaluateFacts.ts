import * as z from 'zod';
import type { EvaluateFacts, EvaluateRow } from '../../shared/evaluateResults';
import { once } from '../../shared/once';
import { settings } from '../../shared/vocabulary';
import type { Row } from '../experiment/step';

/** What a run folder says of an evaluation, checked: another version, another program or a person may have written it. */

const factsSchema = once(() => {
  const names = z.array(z.string());
  const leftOut = z.array(z.object({ id: z.string(), problem: z.string() }));
  const floor = z.object({ empty: z.number(), constant: z.number(), constantAnswer: z.string() });
  return z.object({
    checkpoints: names,
    chain: names,
    samples: z.int().min(1),
    abilities: z.record(
      z.string(),
      z.object({
        dataset: z.string(),
        settings: z.array(z.enum(settings)).min(1),
        items: names,
        leftOut,
        floor: floor.nullable(),
      }),
    ),
  });
});

/** The facts of an evaluate run's manifest; null when they are none. */
export function readEvaluateFacts(facts: unknown): EvaluateFacts | null {
  return factsSchema().safeParse(facts).data ?? null;
}

/** The lines that are an evaluation's. */
export function readEvaluateRows(rows: readonly Row[]): EvaluateRow[] {
  return rows.filter(isEvaluateRow);
}

function isEvaluateRow(row: Row): row is EvaluateRow {
  const { checkpoint, ability, setting, id, text, extracted, correct, sample } = row as Partial<
    Record<keyof EvaluateRow, unknown>
  >;
  return (
    [checkpoint, ability, id, text].every((field) => typeof field === 'string') &&
    settings.some((known) => known === setting) &&
    (extracted === null || typeof extracted === 'string') &&
    typeof correct === 'boolean' &&
    (sample === undefined || typeof sample === 'number')
  );
}
