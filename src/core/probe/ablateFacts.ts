import * as z from 'zod';
import { ablateScorings, type AblateFacts, type AblateRow } from '../../shared/ablateResults';
import { once } from '../../shared/once';
import type { Row } from '../experiment/step';

/** What a run folder says of an ablation, checked: another version, another program or a person may have written it. */

const factsSchema = once(() =>
  z.object({
    checkpoint: z.string(),
    scoring: z.enum(ablateScorings),
    layers: z.array(z.object({ part: z.enum(['vision', 'languageModel']), layer: z.int().min(0) })),
    items: z.array(z.string()),
    leftOut: z.array(z.object({ id: z.string(), problem: z.string() })),
    dataset: z.string(),
  }),
);

/** The facts of an ablate run's manifest; null when they are none. */
export function readAblateFacts(facts: unknown): AblateFacts | null {
  return factsSchema().safeParse(facts).data ?? null;
}

/** The lines that are an ablation's. */
export function readAblateRows(rows: readonly Row[]): AblateRow[] {
  return rows.filter(isAblateRow);
}

function isAblateRow(row: Row): row is AblateRow {
  const { id, part, layer, text, extracted, correct, logLikelihood } = row as Partial<Record<keyof AblateRow, unknown>>;
  const isBaseline = part === null && layer === null;
  const isAblated = (part === 'vision' || part === 'languageModel') && typeof layer === 'number';
  return (
    typeof id === 'string' &&
    (isBaseline || isAblated) &&
    [text, extracted].every((field) => field === null || typeof field === 'string') &&
    (correct === null || typeof correct === 'boolean') &&
    (logLikelihood === null || typeof logLikelihood === 'number')
  );
}
