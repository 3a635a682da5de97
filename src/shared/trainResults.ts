/** What a train run writes, and the Training panel shows. */

/** How the method `grpo` weighs answers and counts tokens (core/train/grpoLoss.ts). */
export const grpoVariants = ['grpo', 'dr-grpo', 'gspo'] as const;
export type GrpoVariant = (typeof grpoVariants)[number];

/** A rollout to look at. */
export interface TrainSample {
  readonly id: string;
  readonly text: string;
  readonly reward: number;
}

/** A line of a train run's rows.jsonl: one batch of items. With several updates from its rollouts, their means. */
export interface TrainRow {
  readonly key: string;
  /** From 1. */
  readonly step: number;
  /**
   * sft: mean of −log p over the target's tokens; grpo: the clipped objective with its divergence. Null where it was
   * not finite, or there was nothing to learn from.
   */
  readonly loss: number | null;
  /** grpo: mean reward of the rollouts, in [0, 1]. */
  readonly reward?: number;
  /** grpo with a divergence: its mean per token, the k3 estimate, in nats. */
  readonly kl?: number;
  /** grpo: mean length of the rollouts, in tokens. */
  readonly length?: number;
  /** grpo: share of groups whose rollouts all had one reward, and so taught nothing. */
  readonly idle?: number;
  /** grpo with several updates from one batch of rollouts: share of tokens that the clip held back. */
  readonly clipped?: number;
  /** Before clipping. Null where it was not finite. */
  readonly gradientNorm: number | null;
  readonly learningRate: number;
  /** The gradient was not finite: the weights stayed. */
  readonly skipped?: true;
  /** Some rollouts, on the first row of every part that is saved. */
  readonly samples?: readonly TrainSample[];
}

/** A row without its samples: what is measured. */
export type TrainPoint = Omit<TrainRow, 'key' | 'samples'>;

/** Columns of a table of steps after the step's number, as the panel and the command line export it. */
export const measuredColumns = [
  'loss',
  'reward',
  'kl',
  'length',
  'idle',
  'gradientNorm',
  'learningRate',
  'skipped',
  'clipped',
] as const satisfies readonly (keyof TrainPoint)[];

/** What a train run was asked to do, as its manifest says it. */
export interface TrainFacts {
  readonly from: string;
  readonly method: 'sft' | 'grpo';
  /** Where the step names one. */
  readonly variant?: GrpoVariant;
  /** As the experiment file has them, in words. */
  readonly freeze: readonly string[];
  readonly steps: number;
  readonly dataset: string;
  readonly output: string;
  readonly trained: { readonly tensors: number; readonly parameters: number };
  readonly frozen: { readonly tensors: number; readonly parameters: number };
  /** What each selector of `freeze` matches. */
  readonly selectors: readonly { readonly selector: string; readonly tensors: number; readonly parameters: number }[];
}

/** summary.json of a train run beside `step`, `kind` and `device`. */
export interface TrainSummary extends Pick<TrainFacts, 'from' | 'method' | 'output' | 'steps' | 'trained'> {
  /** `verified`: every frozen tensor of the output was held against its source, bit for bit. */
  readonly frozen: TrainFacts['frozen'] & { readonly verified?: boolean };
  /** Of the first and of the last step. */
  readonly loss: readonly [number | null, number | null];
  /** grpo: mean over the first and over the last `rewardSteps` steps. */
  readonly reward?: readonly [number, number];
  readonly rewardSteps?: number;
  /** grpo: steps in which no group had rollouts of different worth. */
  readonly idleSteps?: number;
  /** Steps whose gradient was not finite. */
  readonly skipped: number;
}
