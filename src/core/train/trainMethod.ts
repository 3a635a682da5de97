/** What supervised fine-tuning and reinforcement learning have in common: items in, a gradient out. */
import type { TrainRow, TrainSample } from '../../shared/trainResults';
import type { DatasetItem } from '../evaluate/dataset';
import type { AnswerScorer, GradientEngine, TrainingSequence } from './gradientEngine';

/** What a step found; the gradient of its loss is in the engine. */
export interface StepOutcome {
  /** Not a number where there was nothing to learn from. */
  readonly loss: number;
  /** False: there was nothing to learn from, and no gradient. */
  readonly hasGradient: boolean;
  /** Whether the vision tower took part in the loss. */
  readonly withImages: boolean;
  /** Of the step so far, where there are several updates. */
  readonly fields: Pick<TrainRow, 'reward' | 'kl' | 'length' | 'idle' | 'clipped'>;
  readonly samples: readonly TrainSample[];
  /** Computes the gradient for another update from the same answers, once the weights are updated; null after the last. */
  readonly again: ((signal: AbortSignal) => Promise<StepOutcome>) | null;
}

export interface TrainMethod {
  /** @param step from 1 @returns the outcome; the gradient is added to the engine's */
  gradient(items: readonly DatasetItem[], step: number, signal: AbortSignal): Promise<StepOutcome>;
}

/**
 * Adds the gradient over all sequences, so many at a time as fit in memory.
 * @param coefficientsOf of the sequence at a place, from its log-probabilities
 */
export async function accumulateInPieces(
  engine: GradientEngine,
  sequences: readonly TrainingSequence[],
  atOnce: number,
  coefficientsOf: (place: number, logProbabilities: Float32Array) => Float32Array,
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < sequences.length; from += atOnce) {
    signal.throwIfAborted();
    const piece = sequences.slice(from, from + atOnce);
    await engine.accumulate(piece, (own) => own.map((each, i) => coefficientsOf(from + i, each)), signal);
  }
}

/** Log-probabilities of all sequences, so many at a time as fit in memory. */
export async function scoreInPieces(
  scorer: AnswerScorer,
  sequences: readonly TrainingSequence[],
  atOnce: number,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  const scores: Float32Array[] = [];
  for (let from = 0; from < sequences.length; from += atOnce) {
    signal.throwIfAborted();
    scores.push(...(await scorer.logProbabilities(sequences.slice(from, from + atOnce), signal)));
  }
  return scores;
}
