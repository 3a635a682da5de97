import { decoderNames } from './decoder';
import type { RowInput } from './decoderFeeds';
import { DecoderRun, type DecoderSession } from './decoderRun';
import { sliceRow, tokensPerRun } from './generate';
import { textPositions, type Positions } from './positions';
import type { Prompt } from './visionLanguageModel';

/**
 * A prompt and the answer that follows it, as one row whose answer is given rather than made.
 * @param answer embeddings of its tokens, [tokens, hiddenSize]
 * @param weights by how much each of the answer's tokens counts
 */
export function readAnswer(prompt: Prompt, answer: Float32Array, weights: Float32Array): RowInput {
  const embedded = new Float32Array(prompt.embedded.length + answer.length);
  embedded.set(prompt.embedded);
  embedded.set(answer, prompt.embedded.length);
  const queryWeights = new Float32Array(prompt.tokens.length + weights.length);
  queryWeights.set(weights, prompt.tokens.length);
  const following = textPositions(prompt.positions.next, weights.length);
  return { embedded, positions: joinPositions(prompt.positions, following), queryWeights };
}

/**
 * The attention that each token of a sequence receives from all of its tokens together, each counted by its
 * `queryWeights`, mean over heads. With weights that sum to 1, so does what a layer gives.
 * @param decoder one that taps received attention
 * @param rows fed as one batch, and in pieces of `piece` tokens, so that no attention matrix is larger than that
 * @returns per row and layer one value per token
 */
export async function receivedAttention(
  decoder: DecoderSession,
  rows: readonly RowInput[],
  signal?: AbortSignal,
  piece = tokensPerRun,
): Promise<Float64Array[][]> {
  const { hiddenSize, numLayers } = decoder.config;
  const names = Array.from({ length: numLayers }, (_, l) => decoderNames.attentionReceived(l));
  const counts = rows.map(({ embedded }) => embedded.length / hiddenSize);
  const received = counts.map((count) => names.map(() => new Float64Array(count)));
  const run = DecoderRun.fresh(decoder, rows.length);
  const longest = Math.max(...counts);
  for (let from = 0; from < longest; from += piece) {
    signal?.throwIfAborted();
    const ends = counts.map((count) => Math.min(from + piece, count));
    const pieces = rows.map((row, r) => sliceRow(row, from, ends[r]!, hiddenSize));
    const { outputs } = await run.extend(
      pieces,
      rows.map(() => []),
      names,
    );
    const positions = Math.min(piece, longest - from);
    names.forEach((name, l) => {
      const { data, shape } = outputs[name]!;
      addColumns(
        received.map((layers) => layers[l]!),
        data as Float32Array,
        { columns: shape[1]!, positions, from },
      );
    });
  }
  run.free();
  return received;
}

/** Columns are the row's own past with its unused room, then the tokens at hand; there is no prefix. */
function addColumns(
  rows: readonly Float64Array[],
  data: Float32Array,
  { columns, positions, from }: { readonly columns: number; readonly positions: number; readonly from: number },
): void {
  rows.forEach((tokens, row) => {
    const start = row * columns;
    const fresh = start + columns - positions;
    for (let token = 0; token < tokens.length && token < from + positions; token++) {
      tokens[token]! += data[token < from ? start + token : fresh + token - from]!;
    }
  });
}

function joinPositions(first: Positions, second: Positions): Positions {
  const axes = first.axes.map((axis, a) => Int32Array.of(...axis, ...second.axes[a]!));
  return { axes: axes as never, next: second.next };
}
