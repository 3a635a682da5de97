import * as z from 'zod';
import type { AttentionFacts, AttentionRow } from '../../shared/attentionResults';
import { once } from '../../shared/once';
import { attentionSpans } from '../../shared/vocabulary';
import type { Row } from '../experiment/step';

/** What a run folder says of attention, checked: another version, another program or a person may have written it. */

const factsSchema = once(() => {
  const names = z.array(z.string());
  return z.object({
    checkpoints: names,
    span: z.enum(attentionSpans),
    text: z.string(),
    layers: z.array(z.int().min(0)),
    items: names,
    leftOut: z.array(z.object({ id: z.string(), problem: z.string() })),
    dataset: z.string(),
  });
});

/** The largest side of an image in tokens that a row may name, so that nobody reserves room for more. */
const longestSide = 4096;

const rowSchema = once(() => {
  const share = z.number().min(0).max(1.001);
  const side = z.int().min(1).max(longestSide);
  return z.object({
    key: z.string(),
    checkpoint: z.string(),
    id: z.string(),
    layer: z.int().min(0),
    mass: share,
    perToken: share,
    sink: share,
    imageSink: share,
    tokens: z.int().min(1),
    grids: z.array(z.tuple([side, side])),
    patches: z.string(),
    largest: share,
  });
});

/** The facts of an attention run's manifest; null when they are none. */
export function readAttentionFacts(facts: unknown): AttentionFacts | null {
  return factsSchema().safeParse(facts).data ?? null;
}

/** The lines that are an attention run's. */
export function readAttentionRows(rows: readonly Row[]): AttentionRow[] {
  return rows.flatMap((row) => rowSchema().safeParse(row).data ?? []);
}
