import type { ProcessedImage } from '../model/imageProcessor';

/** A prompt and the tokens that answer it. */
export interface TrainingSequence {
  /** One placeholder token per image, as the text codec gives it. */
  readonly prompt: readonly number[];
  readonly images: readonly ProcessedImage[];
  /** With the closing token, if it is to be learnt. */
  readonly answer: readonly number[];
}

/** A model's float32 weights by canonical tensor name. What is returned holds until the next run. */
export interface WeightValues {
  get(name: string): Float32Array | undefined;
}

export interface WeightSet {
  readonly values: WeightValues;
  /** Names of what is trained; the others never change. */
  readonly trained: ReadonlySet<string>;
}

/**
 * A model's float32 weights in memory, by canonical tensor name. The optimiser changes them in place; whoever computes
 * with them sees the new values in its next run.
 */
export interface Parameters extends WeightSet {
  readonly values: ReadonlyMap<string, Float32Array>;
}

/** Says how likely answers are. */
export interface AnswerScorer {
  /** Natural logarithm of the probability of every answer token given all before it; per sequence [answer tokens]. */
  logProbabilities(sequences: readonly TrainingSequence[], signal?: AbortSignal): Promise<Float32Array[]>;
}

/**
 * Log-probabilities of answers and the gradients of any sum of them. One backward pass serves supervised training and
 * reinforcement learning: only the coefficients differ.
 */
export interface GradientEngine extends AnswerScorer {
  /**
   * Adds the gradient of Σ coefficient · log p over all answer tokens to `gradients`, for what is trained.
   * @param coefficientsOf from the log-probabilities of the sequences, ∂loss/∂log p of every answer token
   * @returns those log-probabilities
   */
  accumulate(
    sequences: readonly TrainingSequence[],
    coefficientsOf: (logProbabilities: readonly Float32Array[]) => readonly Float32Array[],
    signal?: AbortSignal,
  ): Promise<Float32Array[]>;
  /** By canonical tensor name; zeroed by whoever took them. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
}
