/** What a `train` run says of itself: its rows, the facts in its manifest, its summary. */
import type { LeftOut } from './evaluateResults';

export const trainMethods = ['sft', 'grpo'] as const;
export type TrainMethodName = (typeof trainMethods)[number];

/** An answer that was sampled on the way. */
export interface TrainSample {
  /** Of its item. */
  readonly id: string;
  readonly text: string;
  readonly reward: number;
}

/** One update of the weights. */
export interface TrainRow {
  readonly key: string;
  /** From 1. */
  readonly step: number;
  /** Null where it was no number. */
  readonly loss: number | null;
  /** grpo: mean reward of the answers, from 0 to 1. */
  readonly reward?: number;
  /** grpo with `kl`: mean divergence from the start, per token. */
  readonly kl?: number;
  /** Mean length of what was learnt from, in tokens. */
  readonly length?: number;
  /** Over all that is trained, before it is scaled down. Null where it was no number. */
  readonly gradientNorm: number | null;
  readonly learningRate: number;
  /** grpo: groups whose answers were all worth the same, which therefore taught nothing. */
  readonly flatGroups?: number;
  /** The gradient was not finite: the weights stayed as they were. */
  readonly skipped?: true;
  /** grpo, on the first row between two saved states: some of its answers. */
  readonly samples?: readonly TrainSample[];
}

export interface TensorCount {
  readonly tensors: number;
  readonly parameters: number;
}

/** What one selector of `freeze` means in this checkpoint. */
export interface FrozenSelector extends TensorCount {
  readonly selector: string;
  /** Names in the file. */
  readonly names: readonly string[];
}

export interface TrainFacts {
  readonly from: string;
  readonly method: TrainMethodName;
  readonly output: string;
  readonly dataset: string;
  readonly steps: number;
  readonly saveEvery: number;
  /** Ids of the items that are trained on. */
  readonly items: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly trained: TensorCount;
  readonly frozen: TensorCount;
  readonly freeze: readonly FrozenSelector[];
}

export interface TrainSummary {
  readonly from: string;
  readonly method: TrainMethodName;
  readonly output: string;
  readonly steps: number;
  readonly trained: TensorCount;
  /** `verified`: every frozen tensor of the output was held against its source, bit for bit. */
  readonly frozen: TensorCount & { readonly verified?: boolean };
  /** Of the first and the last step; null where there is none. */
  readonly loss: readonly [number | null, number | null];
  /** grpo: mean over the first and over the last steps, as many as `rewardSteps`. */
  readonly reward?: readonly [number, number];
  readonly rewardSteps?: number;
  /** grpo: steps in which no group had answers of different worth. */
  readonly flatSteps?: number;
  /** Steps whose gradient was not finite. */
  readonly skipped: number;
}
