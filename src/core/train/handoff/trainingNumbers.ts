/** What a GPU trainer has to be told beside the step's own numbers, and what it cannot do. */
import { InputError } from '../../../shared/errors';
import type { TrainOptions } from '../../experiment/schema';

export interface TrainingNumbers {
  /** Passes over the items that the steps need, and one more: training ends at the steps, not here. */
  readonly epochs: number;
  /** Sequences that an update learns from. */
  readonly sequences: number;
  /** GPUs that share them equally, at most a node's. */
  readonly gpus: number;
  /** Processes that ask the rollout engine: they must share the sequences equally. */
  readonly rolloutWorkers: number;
}

const gpusPerNode = 8;
const rolloutWorkers = 8;

/** @throws InputError when there are too few items for one update: these trainers drop what is no whole batch */
export function trainingNumbers(
  { method, batch, groupSize, steps }: Pick<TrainOptions, 'method' | 'batch' | 'groupSize' | 'steps'>,
  items: number,
): TrainingNumbers {
  if (items < batch) {
    throw new InputError(
      `an update takes ${batch} items, and there are ${items}`,
      'verl and EasyR1 leave out what is no whole batch: use a smaller batch or more items.',
    );
  }
  const sequences = method === 'grpo' ? batch * groupSize : batch;
  return {
    epochs: Math.ceil(steps / Math.floor(items / batch)) + 1,
    sequences,
    gpus: largestDivisor(sequences, gpusPerNode),
    rolloutWorkers: largestDivisor(sequences, rolloutWorkers),
  };
}

function largestDivisor(count: number, most: number): number {
  for (let divisor = Math.min(count, most); divisor > 1; divisor--) if (count % divisor === 0) return divisor;
  return 1;
}

/** Gradients are never scaled down: what stands where a step has no `maxGradientNorm` and the trainer wants one. */
export const noGradientLimit = 1e9;

/** A number as YAML 1.1, OmegaConf and Hydra read it: with a point where there is an exponent. */
export function decimal(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}
