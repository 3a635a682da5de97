import * as z from 'zod';
import { once } from '../../shared/once';
import { grpoVariants, type TrainFacts, type TrainRow } from '../../shared/trainResults';
import type { Row } from '../experiment/step';

/** What a run folder says of a training, checked: another version, another program or a person may have written it. */

const factsSchema = once(() => {
  const count = z.object({ tensors: z.int().min(0), parameters: z.int().min(0) });
  return z.object({
    from: z.string(),
    method: z.enum(['sft', 'grpo']),
    variant: z.enum(grpoVariants).optional(),
    output: z.string(),
    dataset: z.string(),
    steps: z.int().min(1),
    trained: count,
    frozen: count,
    freeze: z.array(z.string()),
    selectors: z.array(count.extend({ selector: z.string() })),
  });
});

const rowSchema = once(() => {
  const number = z.number().optional();
  return z.object({
    key: z.string(),
    step: z.int().min(1),
    loss: z.number().nullable(),
    gradientNorm: z.number().nullable(),
    learningRate: z.number(),
    ...{ reward: number, kl: number, length: number, idle: number, clipped: number },
    skipped: z.literal(true).optional(),
    samples: z.array(z.object({ id: z.string(), text: z.string(), reward: z.number() })).optional(),
  });
});

/** The facts of a train run's manifest; null when they are none. */
export function readTrainFacts(facts: unknown): TrainFacts | null {
  return (factsSchema().safeParse(facts).data as TrainFacts | undefined) ?? null;
}

/** The lines that are a training's. */
export function readTrainRows(rows: readonly Row[]): TrainRow[] {
  return rows.flatMap((row) => {
    const { success } = rowSchema().safeParse(row);
    return success ? [row as TrainRow] : [];
  });
}
