import * as z from 'zod';
import { once } from '../../shared/once';
import { swapModes } from '../../shared/vocabulary';
import type { Row } from '../experiment/step';
import type { SwapFacts, SwapRow } from './swapSummary';

/** What a run folder says of a swap, checked: another version, another program or a person may have written it. */

const factsSchema = once(() => {
  const names = z.array(z.string());
  return z.object({
    checkpoint: z.string(),
    mode: z.enum(swapModes),
    window: z.int().min(1),
    layers: z.array(z.int().min(0)),
    functions: z.record(z.string(), z.object({ pairs: names, tokens: names })),
  });
});

/** The facts of a swap run's manifest; null when they are none. */
export function readSwapFacts(facts: unknown): SwapFacts | null {
  return factsSchema().safeParse(facts).data ?? null;
}

/** The lines that are a swap's. */
export function readSwapRows(rows: readonly Row[]): SwapRow[] {
  return rows.filter(isSwapRow);
}

function isSwapRow(row: Row): row is SwapRow {
  const { function: name, id, layer, text, changed, adopted } = row as Partial<Record<keyof SwapRow, unknown>>;
  return (
    [name, id, text].every((field) => typeof field === 'string') &&
    [changed, adopted].every((field) => typeof field === 'boolean') &&
    (layer === null || layer === 'source' || typeof layer === 'number')
  );
}
