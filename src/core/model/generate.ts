import type { RowInput } from './decoderFeeds';
import { DecoderRun, type Top2 } from './decoderRun';
import { NotFiniteError } from './notFinite';
import { slicePositions, textPositions } from './positions';
import type { Prompt, VisionLanguageModel } from './visionLanguageModel';

/** A greedy answer. */
export interface Generated {
  /** The stop token included, if one was reached. */
  readonly tokens: number[];
  /** The smallest lead, in logits, of a chosen token over the runner-up: a near-tie may fall otherwise elsewhere. */
  readonly smallestLead: number;
}

/** For those who watch an answer being made. */
export interface GenerateWatch {
  /** The prompts are read. */
  readonly onPrefilled?: () => void;
  /** The tokens of every row so far. */
  readonly onTokens?: (tokens: readonly (readonly number[])[]) => void;
}

/** Prompt tokens that go through the decoder in one run: bounds the attention scores that are alive at once. */
export const tokensPerRun = 512;

/** Answers all prompts, greedily and as one batch. The answer to a prompt does not depend on the others. */
export async function generate(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  maxNewTokens: number,
  signal?: AbortSignal,
  watch: GenerateWatch = {},
): Promise<Generated[]> {
  const run = DecoderRun.fresh(await model.decoder(), prompts.length);
  try {
    const first = await feed(model, run, prompts, true, signal);
    watch.onPrefilled?.();
    const next = prompts.map(({ positions }) => positions.next);
    return await continueGreedily(model, run, first, next, maxNewTokens, signal, watch);
  } finally {
    run.free();
  }
}

/**
 * Feeds each row its tokens, in pieces if they are many.
 * @returns the candidates for what follows each row's last token, or nothing when they are not wanted
 */
export async function feed(
  model: VisionLanguageModel,
  run: DecoderRun,
  rows: readonly RowInput[],
  wantNext: boolean,
  signal?: AbortSignal,
): Promise<Top2[]> {
  const width = model.parts.text.hiddenSize;
  const counts = rows.map(({ embedded }) => embedded.length / width);
  const result = new Array<Top2>(rows.length);
  for (let from = 0; from < Math.max(...counts); from += tokensPerRun) {
    signal?.throwIfAborted();
    const pieces = rows.map((row, r) => sliceRow(row, from, Math.min(from + tokensPerRun, counts[r]!), width));
    const ending = counts.map((count) => wantNext && count > from && count <= from + tokensPerRun);
    const wanted = counts.map((count, r) => (ending[r] ? [count - from - 1] : []));
    const { top } = await run.extend(pieces, wanted);
    let place = 0;
    ending.forEach((ends, r) => {
      if (ends) result[r] = top[place++]!;
    });
  }
  return result;
}

/**
 * Takes the best token again and again until a stop token or `maxNewTokens`. Rows that are done leave the batch.
 * @param first candidates for the first new token of each row
 * @param next the position of the first token of each answer
 * @param begun what each row has of its answer already, its keys and values included; nothing where it is not given
 */
export async function continueGreedily(
  model: VisionLanguageModel,
  run: DecoderRun,
  first: readonly Top2[],
  next: readonly number[],
  maxNewTokens: number,
  signal?: AbortSignal,
  { onTokens }: GenerateWatch = {},
  begun: readonly Generated[] = first.map(() => ({ tokens: [], smallestLead: Infinity })),
): Promise<Generated[]> {
  const stops = new Set(model.parts.stopTokens);
  const results = begun.map(({ tokens, smallestLead }) => ({ tokens: [...tokens], smallestLead }));
  const goesOn = ({ tokens }: Generated) => tokens.length < maxNewTokens && !stops.has(tokens.at(-1)!);
  let active = first.map((_, row) => row);
  let steps: readonly (readonly Top2[])[] = [first];
  while (active.length > 0) {
    for (const top of steps) {
      active.forEach((row, place) => {
        if (goesOn(results[row]!)) take(results[row]!, top[place]!);
      });
    }
    onTokens?.(results.map(({ tokens }) => tokens));
    const going = active.flatMap((row, place) => (goesOn(results[row]!) ? [place] : []));
    if (going.length === 0) break;
    signal?.throwIfAborted();
    if (going.length < active.length) await run.keep(going);
    active = going.map((place) => active[place]!);
    const left = Math.max(...active.map((row) => maxNewTokens - results[row]!.tokens.length));
    const further = Math.min(run.tokensPerStep, left) - 1;
    const embedded = await model.embed(active.map((row) => [results[row]!.tokens.at(-1)!]));
    const inputs = active.map((row, place) => ({
      embedded: embedded[place]!,
      positions: textPositions(next[row]! + results[row]!.tokens.length - 1, 1 + further),
    }));
    steps = await run.extendGreedily(inputs, further);
  }
  return results;
}

/** Adds the better of two candidates to an answer. */
export function take(result: { tokens: number[]; smallestLead: number }, { tokens, values }: Top2): void {
  if (!Number.isFinite(values[0])) throw new NotFiniteError();
  result.tokens.push(tokens[0]);
  result.smallestLead = Math.min(result.smallestLead, values[0] - values[1]);
}

/** The part `[from, to)` of a row; nothing where it ends before. @param width the model's hidden size */
export function sliceRow(row: RowInput, from: number, to: number, width: number): RowInput {
  const end = Math.max(from, to);
  return {
    embedded: row.embedded.subarray(from * width, end * width),
    positions: slicePositions(row.positions, from, end),
    ...(row.imageTokens ? { imageTokens: row.imageTokens.subarray(from, end) } : {}),
    ...(row.queryWeights ? { queryWeights: row.queryWeights.subarray(from, end) } : {}),
  };
}
