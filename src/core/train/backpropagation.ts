import type { RunnableSizes } from '../checkpoint/families';
import type { ProcessedImage } from '../model/imageProcessor';
import { RotaryTables } from '../model/positions';
import type { Runtime } from '../ports';
import type { GradientEngine, TrainingSequence, WeightSet } from './gradientEngine';
import { LanguagePass, type ImageRows, type LanguagePassed } from './languagePass';
import { batchSequences, placeSequence } from './placedSequences';
import { TrainedWeights } from './trainedWeights';
import { VisionPass, type VisionPassed } from './visionPass';

/** What bounds the memory of one run. */
export interface RunLimits {
  /** Tokens of a batch, padding included; a longer sequence is a batch of its own. */
  readonly tokens: number;
  /** Bytes of logits. */
  readonly logitBytes: number;
}

/** Enough to keep the cores busy, little enough for a layer's activations to fit. */
const usualLimits: RunLimits = { tokens: 2048, logitBytes: 64 << 20 };

/** The whole of a call's forward pass. */
interface Forward {
  readonly passed: readonly LanguagePassed[];
  readonly logProbabilities: Float32Array[];
  readonly vision: VisionPassed;
  /** For each sequence, where its images are among those of the vision pass: sequences may share them. */
  readonly imagePlaces: readonly (readonly number[])[];
}

/**
 * Gradients of a Qwen2.5-VL model by reverse mode. A layer's forward pass keeps nothing but its input; the backward
 * pass computes the layer anew. What lies below all trained tensors is not run backward at all.
 *
 * Memory: the float32 weights and gradients, one layer's activations of one batch, and of every layer that is run
 * backward its input for all tokens of a call.
 */
export class Backpropagation implements GradientEngine {
  private readonly weights: TrainedWeights;
  private readonly language: LanguagePass;
  private readonly vision: VisionPass;
  private readonly tables: RotaryTables;

  /** @param parameters `values` of every tensor of the model */
  constructor(
    runtime: Runtime,
    private readonly sizes: RunnableSizes,
    parameters: WeightSet,
    private readonly limits = usualLimits,
  ) {
    this.weights = new TrainedWeights(parameters);
    this.language = new LanguagePass(runtime, sizes, this.weights, limits.logitBytes);
    this.vision = new VisionPass(runtime, sizes, this.weights);
    this.tables = new RotaryTables(sizes.text);
  }

  get gradients(): ReadonlyMap<string, Float32Array> {
    return this.weights.gradients;
  }

  async logProbabilities(sequences: readonly TrainingSequence[], signal?: AbortSignal): Promise<Float32Array[]> {
    return (await this.forward(sequences, false, signal)).logProbabilities;
  }

  async accumulate(
    sequences: readonly TrainingSequence[],
    coefficientsOf: (logProbabilities: readonly Float32Array[]) => readonly Float32Array[],
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    const { passed, logProbabilities, vision, imagePlaces } = await this.forward(sequences, true, signal);
    const coefficients = coefficientsOf(logProbabilities);
    const imageGradients = this.vision.trained ? vision.features.map(({ length }) => new Float32Array(length)) : null;
    const imageRows: ImageRows | null =
      imageGradients && (({ index }) => imagePlaces[index]!.map((place) => imageGradients[place]!));
    for (const batch of passed) {
      const own = batch.batch.sequences.map(({ index }) => coefficients[index]!);
      await this.language.backward(batch, concatenate(own), imageRows, signal);
    }
    if (imageGradients) await this.vision.backward(vision, imageGradients, signal);
    return logProbabilities;
  }

  private async forward(
    sequences: readonly TrainingSequence[],
    backward: boolean,
    signal?: AbortSignal,
  ): Promise<Forward> {
    const placed = sequences.map((sequence, index) => placeSequence(sequence, index, this.sizes));
    const images = [...new Set(sequences.flatMap((sequence) => sequence.images))];
    const placeOf = new Map<ProcessedImage, number>(images.map((image, place) => [image, place]));
    const imagePlaces = sequences.map((sequence) => sequence.images.map((image) => placeOf.get(image)!));
    const keep = { backward, images: backward && this.vision.trained };
    const vision = await this.vision.forward(images, keep.images, signal);
    const features: ImageRows = ({ index }) => imagePlaces[index]!.map((place) => vision.features[place]!);

    const logProbabilities = sequences.map(({ answer }) => new Float32Array(answer.length));
    const passed: LanguagePassed[] = [];
    for (const batch of batchSequences(placed, this.tables, this.limits.tokens)) {
      const own = await this.language.forward(batch, features, keep, signal);
      let at = 0;
      for (const { index } of batch.sequences) {
        const { length } = logProbabilities[index]!;
        logProbabilities[index]!.set(own.logProbabilities.subarray(at, (at += length)));
      }
      if (backward) passed.push(own);
    }
    return { passed, logProbabilities, vision, imagePlaces };
  }
}

function concatenate(pieces: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
