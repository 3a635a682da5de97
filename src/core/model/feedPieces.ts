import type { Tensor } from '../ports';
import type { RowInput } from './decoderFeeds';
import type { DecoderRun, Top2 } from './decoderRun';
import { sliceRow, tokensPerRun } from './generate';
import type { VisionLanguageModel } from './visionLanguageModel';

/** Bytes of logits that are alive at once. */
export const logitBytes = 256e6;

/** What the decoder gave for the tokens `[from, to)` of every row. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** The wanted tokens that lie in it, row after row. */
  readonly wanted: readonly { readonly row: number; readonly token: number }[];
  /** For each of `wanted`. */
  readonly top: readonly Top2[];
  /** The outputs that were asked for; `logits` has a line for each of `wanted`. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * Feeds each row all of its tokens, in pieces that bound both attention scores and logits.
 * @param wanted per row the tokens after which the next one is wanted, ascending
 * @param fetches further outputs of the decoder
 */
export async function feedPieces(
  model: VisionLanguageModel,
  run: DecoderRun,
  rows: readonly RowInput[],
  wanted: readonly (readonly number[])[],
  fetches: readonly string[],
  visit: (piece: Piece) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { hiddenSize, vocabularySize } = model.parts.text;
  const counts = rows.map(({ embedded }) => embedded.length / hiddenSize);
  const longest = Math.max(...counts);
  const wantedPerRun = Math.max(1, Math.floor(logitBytes / (4 * vocabularySize)));
  for (let from = 0; from < longest;) {
    signal?.throwIfAborted();
    const to = pieceEnd(from, longest, wanted, wantedPerRun);
    const own = wanted.map((tokens) => tokens.filter((token) => token >= from && token < to));
    const pieces = rows.map((row, r) => sliceRow(row, from, Math.min(to, counts[r]!), hiddenSize));
    const { top, outputs } = await run.extend(
      pieces,
      own.map((tokens) => tokens.map((token) => token - from)),
      fetches,
    );
    const places = own.flatMap((tokens, row) => tokens.map((token) => ({ row, token })));
    visit({ from, to, wanted: places, top, outputs });
    from = to;
  }
}

/** Where the piece that begins at `from` ends: at least one token later, even if more is wanted of that one. */
function pieceEnd(from: number, longest: number, wanted: readonly (readonly number[])[], wantedPerRun: number): number {
  const limit = Math.min(from + tokensPerRun, longest);
  const perToken = new Uint32Array(limit - from);
  for (const token of wanted.flat()) if (token >= from && token < limit) perToken[token - from]!++;
  let sum = perToken[0]!;
  let end = from + 1;
  while (end < limit && sum + perToken[end - from]! <= wantedPerRun) sum += perToken[end++ - from]!;
  return end;
}
