import type { RunnableSizes } from '../checkpoint/families';
import type { Runtime, Tensor } from '../ports';
import { Chain, type Link, type Passed } from './chain';
import type { PlacedSequence, SequenceBatch } from './placedSequences';
import { StageGraphs } from './stage';
import { decoderStage, headStage } from './stages';
import type { TrainedWeights } from './trainedWeights';

const embeddings = 'model.embed_tokens.weight';

/** What the forward pass of a batch leaves for the backward pass. */
export interface LanguagePassed extends Passed {
  readonly batch: SequenceBatch;
  /** The final hidden states after which answer tokens follow, [answer tokens, hiddenSize]. */
  readonly last: Float32Array;
  /** [answer tokens]. */
  readonly logProbabilities: Float32Array;
}

/** The features of a sequence's images, row after row: one array per image. */
export type ImageRows = (sequence: PlacedSequence) => readonly Float32Array[];

/** The language model, from tokens and images' features to the log-probabilities of answers, and back. */
export class LanguagePass {
  private readonly layers: Chain;
  private readonly head: Link;
  private readonly headRows: number;
  private readonly hiddenSize: number;

  /** @param logitBytes of logits that are alive at once, twice in the backward pass */
  constructor(
    runtime: Runtime,
    { text }: RunnableSizes,
    private readonly weights: TrainedWeights,
    logitBytes: number,
  ) {
    const graphs = new StageGraphs(runtime, decoderStage(text));
    const layer = (_: unknown, l: number) => ({ graphs, input: 'rows', ...weights.within(`model.layers.${l}.`) });
    this.layers = new Chain(Array.from({ length: text.numLayers }, layer));
    const names = { norm: 'model.norm.weight', head: text.tiedHead ? embeddings : 'lm_head.weight' };
    this.head = { graphs: new StageGraphs(runtime, headStage(text)), input: 'rows', ...weights.named(names) };
    this.headRows = Math.max(1, Math.floor(logitBytes / (4 * text.vocabularySize)));
    this.hiddenSize = text.hiddenSize;
  }

  private get embeddingsTrained(): boolean {
    return this.weights.gradients.has(embeddings);
  }

  /** @param keep whether a backward pass follows, and whether the images' features are to get a gradient then */
  async forward(
    batch: SequenceBatch,
    images: ImageRows,
    keep: { readonly backward: boolean; readonly images: boolean },
    signal?: AbortSignal,
  ): Promise<LanguagePassed> {
    const rows = this.embed(batch, images);
    const wantsInput = this.wantsInput(batch, keep.images);
    const passed = await this.layers.forward(
      rows,
      batch.feeds,
      !keep.backward ? 'nothing' : wantsInput ? 'input' : 'weights',
      signal,
    );
    const last = gatherRows(passed.output.data as Float32Array, batch.answerRows, this.hiddenSize);
    const logProbabilities = new Float32Array(batch.targets.length);
    for (const { from, use } of this.headPieces(batch, last)) {
      signal?.throwIfAborted();
      const output = await this.head.graphs.forward(use);
      logProbabilities.set(output.data as Float32Array, from);
    }
    return { ...passed, batch, last, logProbabilities };
  }

  /**
   * Adds the gradients of Σ coefficient · log p.
   * @param coefficients [answer tokens]
   * @param imageGradients memory like that of the images' features, to which their gradients are added; null if not wanted
   */
  async backward(
    passed: LanguagePassed,
    coefficients: Float32Array,
    imageGradients: ImageRows | null,
    signal?: AbortSignal,
  ): Promise<void> {
    const { batch, last } = passed;
    const { hiddenSize } = this;
    const wantsInput = this.wantsInput(batch, imageGradients !== null);
    const wantsLast = wantsInput || this.layers.trained;
    if (!wantsLast && this.head.gradients.size === 0) return;
    const seed = new Float32Array(batch.sequences.length * batch.longest * hiddenSize);
    for (const { from, to, use } of this.headPieces(batch, last)) {
      signal?.throwIfAborted();
      const given = matrix(coefficients.subarray(from, to), 1);
      const gradient = await this.head.graphs.backward(use, given, wantsLast);
      if (gradient) scatterRows(gradient.data as Float32Array, batch.answerRows.slice(from, to), seed, hiddenSize);
    }
    if (!wantsLast) return;
    const gradient = await this.layers.backward(passed, batch.feeds, matrix(seed, hiddenSize), wantsInput, signal);
    if (gradient) this.backwardEmbed(batch, gradient.data as Float32Array, imageGradients);
  }

  private wantsInput({ sequences }: SequenceBatch, images: boolean): boolean {
    return this.embeddingsTrained || (images && sequences.some(({ imageRows }) => imageRows.length > 0));
  }

  /** The final norm and the head over some answer tokens at a time. */
  private *headPieces({ targets }: SequenceBatch, last: Float32Array) {
    const { weights, gradients } = this.head;
    for (let from = 0; from < targets.length; from += this.headRows) {
      const to = Math.min(from + this.headRows, targets.length);
      const rows = matrix(last.subarray(from * this.hiddenSize, to * this.hiddenSize), this.hiddenSize);
      const tokens = BigInt64Array.from(targets.slice(from, to), BigInt);
      const feeds = { rows, targets: { type: 'int64', shape: [to - from, 1], data: tokens } } as const;
      yield { from, to, use: { feeds, weights, gradients } };
    }
  }

  /** Embeddings of the tokens, images' features in place of their placeholders; zeros at the padding. */
  private embed({ sequences, longest }: SequenceBatch, images: ImageRows): Tensor {
    const { hiddenSize: width } = this;
    const table = this.weights.get(embeddings);
    const rows = new Float32Array(sequences.length * longest * width);
    sequences.forEach((sequence, s) => {
      sequence.tokens.forEach((token, i) => {
        rows.set(table.subarray(token * width, (token + 1) * width), (s * longest + i) * width);
      });
      eachImageRow(sequence, images(sequence), width, (features, row) =>
        rows.set(features, (s * longest + row) * width),
      );
    });
    return matrix(rows, width);
  }

  private backwardEmbed(
    { sequences, longest }: SequenceBatch,
    gradient: Float32Array,
    imageGradients: ImageRows | null,
  ): void {
    const { hiddenSize: width } = this;
    const table = this.weights.gradients.get(embeddings);
    sequences.forEach((sequence, s) => {
      const at = (row: number) => (s * longest + row) * width;
      if (table) {
        const imageRows = new Set(sequence.imageRows);
        sequence.tokens.forEach((token, row) => {
          if (!imageRows.has(row)) addTo(table, token * width, gradient, at(row), width);
        });
      }
      if (!imageGradients) return;
      eachImageRow(sequence, imageGradients(sequence), width, (sum, row) => addTo(sum, 0, gradient, at(row), width));
    });
  }
}

/** Visits the rows of a sequence's images, each with its place among the tokens. */
function eachImageRow(
  { imageRows }: PlacedSequence,
  images: readonly Float32Array[],
  width: number,
  visit: (features: Float32Array, row: number) => void,
): void {
  let next = 0;
  for (const features of images) {
    for (let at = 0; at < features.length; at += width) visit(features.subarray(at, at + width), imageRows[next++]!);
  }
}

function gatherRows(source: Float32Array, rows: readonly number[], width: number): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  rows.forEach((row, i) => gathered.set(source.subarray(row * width, (row + 1) * width), i * width));
  return gathered;
}

function scatterRows(source: Float32Array, rows: readonly number[], target: Float32Array, width: number): void {
  rows.forEach((row, i) => target.set(source.subarray(i * width, (i + 1) * width), row * width));
}

function addTo(target: Float32Array, at: number, source: Float32Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) target[at + i]! += source[from + i]!;
}

function matrix(data: Float32Array, width: number): Tensor {
  return { type: 'float32', shape: [data.length / width, width], data };
}
