/** Answers of models, whole or with a layer made identity, to the questions of a sweep: read each, then generate all. */
import type { RowInput } from '../model/decoderFeeds';
import { cacheShape, DecoderRun, type DecoderSession, type Top2 } from '../model/decoderRun';
import { feedPieces } from '../model/feedPieces';
import { continueGreedily, feed, take, type Generated } from '../model/generate';
import { KeyValueCache } from '../model/keyValueCache';
import type { VisionLanguageModel } from '../model/visionLanguageModel';
import {
  forkOf,
  SequenceReading,
  sequenceRows,
  stemLength,
  stemRow,
  wantedTokens,
  type Sequence,
} from './ablateSequence';

/** What a model says to a question. */
export interface Ablated {
  /** Null where no answer is generated. */
  readonly generated: Generated | null;
  /** Of the right answer's tokens, summed, natural logarithm; null where it has none. */
  readonly logLikelihood: number | null;
}

/** Sequences as a decoder is fed them: one stem that all begin with, and a row for the rest of each. */
export interface Fed {
  /** Tokens of the stem; 0 where there is none. */
  readonly stem: number;
  /** Hidden values at the input of the first layer that is on. */
  readonly stemRow: RowInput;
  readonly rows: readonly RowInput[];
}

/** Keys and values that a decoder need not compute: those of the layers below `layer`. */
export interface Below {
  readonly layer: number;
  readonly stem: KeyValueCache;
  readonly rows: KeyValueCache;
}

/** What a model, whole or with a layer off, has read, and the answers that go on. */
export interface Read {
  readonly logLikelihoods: readonly (number | null)[];
  /** Made identity; null for the whole model. */
  readonly off: number | null;
  /** What each row has of its answer. */
  readonly begun: readonly Generated[];
  /** Rows whose answers go on, with the candidates for their next token. */
  readonly open: readonly { readonly row: number; readonly next: number; readonly first: Top2 }[];
  readonly stem: KeyValueCache;
  /** Of the rows in `open`. */
  readonly past: KeyValueCache;
}

export async function feedOf(model: VisionLanguageModel, sequences: readonly Sequence[]): Promise<Fed> {
  const stem = stemLength(sequences);
  const { hiddenSize } = model.parts.text;
  const [first] = sequences;
  return { stem, stemRow: stemRow(first!, stem, hiddenSize), rows: await sequenceRows(model, sequences, stem) };
}

/** Keys and values of the stem in the layers that are on, as a table of one sequence. */
export async function readStem(
  model: VisionLanguageModel,
  decoder: DecoderSession,
  { stem, stemRow: row }: Fed,
  signal?: AbortSignal,
): Promise<KeyValueCache> {
  if (stem === 0) return KeyValueCache.empty(cacheShape(decoder.config));
  const run = DecoderRun.fresh(decoder, 1);
  await feed(model, run, [row], false, signal);
  return run.freeze();
}

/**
 * Reads prompts with drafts and right answers, and keeps of the drafts what the model says too.
 * @param off a layer made identity
 * @param below what the layers below it give; where it is not given all layers read
 * @param maxNewTokens 0 generates nothing
 */
export async function readSequences(
  model: VisionLanguageModel,
  sequences: readonly Sequence[],
  fed: Fed,
  off: number | null,
  below: Below | null,
  maxNewTokens: number,
  signal?: AbortSignal,
): Promise<Read> {
  const whole = await model.decoder();
  const decoder = { ...whole, layersOn: whole.layersOn.map((_, l) => l !== off && l >= (below?.layer ?? 0)) };
  const stem = await readStem(model, decoder, fed, signal);
  const everyRow = sequences.map(() => 0);
  const run = DecoderRun.sharing(decoder, stem, everyRow, { forks: sequences.map((one) => forkOf(one, fed.stem)) });
  const readings = sequences.map((sequence) => new SequenceReading(sequence));
  await feedPieces(
    model,
    run,
    fed.rows,
    sequences.map((one) => wantedTokens(one, fed.stem)),
    sequences.some(({ answer }) => answer.length > 0) ? ['logits'] : [],
    (piece) => piece.wanted.forEach(({ row }, line) => readings[row]!.add(piece, line)),
    signal,
  );
  const logLikelihoods = readings.map(({ logLikelihood }) => logLikelihood);
  const shape = cacheShape(model.parts.text);
  const starts = maxNewTokens === 0 ? [] : readings.map((reading) => reading.begin());
  const begun = starts.map((start) => start.begun);
  const open = starts.flatMap(({ first }, row) => {
    const { prompt } = sequences[row]!;
    const length = prompt.tokens.length - fed.stem + begun[row]!.tokens.length;
    if (begun[row]!.tokens.length + 1 < maxNewTokens && !model.parts.stopTokens.includes(first.tokens[0])) {
      return [{ row, first, next: prompt.positions.next, length }];
    }
    take(begun[row]!, first);
    return [];
  });
  const read = run.freeze();
  const isBelow = (l: number) => below !== null && l < below.layer;
  const stemRows = [{ from: (l: number) => (isBelow(l) ? below!.stem : stem), row: 0, length: fed.stem }];
  const pastRows = open.map(({ row, length }) => ({
    from: (l: number) => (isBelow(l) ? below!.rows : read),
    row,
    length,
  }));
  const kept = {
    stem: await KeyValueCache.assemble(shape, stemRows),
    past: await KeyValueCache.assemble(shape, pastRows),
  };
  [stem, read].forEach((cache) => cache.free());
  return { logLikelihoods, off, begun, open, ...kept };
}

/**
 * Generates what is left of all answers, at most `batch` at once: those of several models go together, so that the
 * decoder does not run for the few that are long. What was read is given up.
 * @returns per model and row
 */
export async function finishAnswers(
  model: VisionLanguageModel,
  reads: readonly Read[],
  maxNewTokens: number,
  batch: number,
  signal?: AbortSignal,
): Promise<Ablated[][]> {
  const shape = cacheShape(model.parts.text);
  const decoder = await model.decoder();
  const answers = reads.map(({ begun }) => [...begun]);
  const open = reads.flatMap((read, r) => read.open.map((one, place) => ({ ...one, read, r, place })));
  const stems = await KeyValueCache.assemble(
    shape,
    reads.map(({ stem }) => ({ from: () => stem, row: 0, length: stem.lengths[0]! })),
  );
  for (let from = 0; from < open.length; from += batch) {
    const some = open.slice(from, from + batch);
    const past = await KeyValueCache.assemble(
      shape,
      some.map(({ read, place }) => ({ from: () => read.past, row: place, length: read.past.lengths[place]! })),
    );
    const run = DecoderRun.continuing(
      decoder,
      stems,
      some.map(({ r }) => r),
      past,
      { off: some.map(({ read }) => read.off) },
    );
    const generated = await continueGreedily(
      model,
      run,
      some.map(({ first }) => first),
      some.map(({ next }) => next),
      maxNewTokens,
      signal,
      {},
      some.map(({ r, row }) => answers[r]![row]!),
    );
    run.free();
    generated.forEach((answer, i) => (answers[some[i]!.r]![some[i]!.row] = answer));
  }
  stems.free();
  for (const { stem, past } of reads) [stem, past].forEach((cache) => cache.free());
  return reads.map(({ logLikelihoods }, r) =>
    logLikelihoods.map((logLikelihood, row) => ({ generated: answers[r]![row] ?? null, logLikelihood })),
  );
}

/** Tokens of a draft at most: longer ones are seldom right to their end. */
export const draftTokens = 32;

/** An answer as a draft of others: without its stop token, and so that room is left for a token. */
export function draftOf({ tokens }: Generated, stopTokens: readonly number[], maxNewTokens: number): number[] {
  const ended = stopTokens.includes(tokens.at(-1)!) ? tokens.slice(0, -1) : tokens;
  return ended.slice(0, Math.min(draftTokens, maxNewTokens - 1));
}
