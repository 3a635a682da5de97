import type { TrainFacts, TrainRow } from '../../../src/shared/trainResults';

/** A training with rewards. */
export function trainFactsOf(change: Partial<TrainFacts> = {}): TrainFacts {
  return {
    ...{ from: 'in', method: 'grpo', freeze: ['late'], steps: 40, dataset: './x.jsonl', output: './out' },
    ...{ trained: { tensors: 3, parameters: 2_500_000 }, frozen: { tensors: 1, parameters: 500_000 } },
    selectors: [{ selector: 'late', tensors: 1, parameters: 500_000 }],
    ...change,
  };
}

/** Rewards rise by a fortieth with each step; the fifth step is skipped, and the first has rollouts. */
export function trainRowsOf(count: number, text = 'It is 7.'): TrainRow[] {
  return Array.from({ length: count }, (_, i): TrainRow => {
    const isSkipped = i === 4;
    return {
      ...{ key: `step/${i + 1}`, step: i + 1, loss: isSkipped ? null : 2 - i / 32, reward: i / 40, length: 12 },
      ...{ idle: i === 0 ? 1 : 0.5, gradientNorm: isSkipped ? null : 1.5, learningRate: 1e-4 },
      ...(isSkipped ? { skipped: true } : {}),
      ...(i === 0 ? { samples: [{ id: 'a', text, reward: 1 }] } : {}),
    };
  });
}
