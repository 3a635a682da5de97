import type { DatasetItem } from '../evaluate/dataset';
import type { TextCodec } from '../model/prompt';
import type { GradientEngine } from './gradientEngine';
import { targetText, type TrainPrompts } from './trainItems';
import { accumulateInPieces, type StepOutcome, type TrainMethod } from './trainMethod';

export interface SupervisedTools {
  readonly engine: GradientEngine;
  readonly prompts: TrainPrompts;
  readonly codec: TextCodec;
  /** The token that closes an answer. */
  readonly closing: number;
  /** Sequences that are in memory at once. */
  readonly atOnce: number;
}

/** Supervised fine-tuning: the loss is the mean of −log p over all tokens of the targets, the closing ones included. */
export class SupervisedFineTuning implements TrainMethod {
  constructor(private readonly tools: SupervisedTools) {}

  async gradient(items: readonly DatasetItem[], _step: number, signal: AbortSignal): Promise<StepOutcome> {
    const { engine, prompts, codec, closing, atOnce } = this.tools;
    const asked = await prompts.read(items);
    const targets = await codec.tokenize(asked.map(({ item }) => targetText(item)));
    const sequences = asked.map(({ tokens, images }, i) => {
      return { prompt: tokens, images, answer: [...targets[i]!, closing] };
    });
    const count = sequences.reduce((sum, { answer }) => sum + answer.length, 0);
    let loss = 0;
    const coefficientsOf = (_: number, logProbabilities: Float32Array) => {
      for (const value of logProbabilities) loss -= value / count;
      return new Float32Array(logProbabilities.length).fill(-1 / count);
    };
    await accumulateInPieces(engine, sequences, atOnce, coefficientsOf, signal);
    return {
      loss: sequences.length > 0 ? loss : NaN,
      hasGradient: sequences.length > 0,
      withImages: sequences.some(({ images }) => images.length > 0),
      fields: {},
      samples: [],
      again: null,
    };
  }
}
