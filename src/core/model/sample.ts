import { DecoderRun } from './decoderRun';
import { feed } from './generate';
import { NotFiniteError } from './notFinite';
import { slicePositions, textPositions } from './positions';
import type { Prompt, VisionLanguageModel } from './visionLanguageModel';

export interface SampleSettings {
  /** Answers per prompt. */
  readonly samples: number;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Uniform numbers in [0, 1) for one answer. */
  random(prompt: number, sample: number): () => number;
}

/** A sampled answer. */
export interface Sampled {
  /** The stop token included, if one was reached. */
  readonly tokens: readonly number[];
}

/**
 * Samples several answers to every prompt from softmax(logits / temperature), as one batch. Prompts are read once: the
 * answers to one share its keys and values. An answer depends on its own random numbers only.
 * @returns [prompt][sample]
 */
export async function sampleAnswers(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  { samples, temperature, maxNewTokens, random }: SampleSettings,
  signal?: AbortSignal,
): Promise<Sampled[][]> {
  const { hiddenSize, numLayers } = model.parts.text;
  const rows = prompts.flatMap((_, prompt) => Array.from({ length: samples }, (__, sample) => ({ prompt, sample })));
  const answers = rows.map(({ prompt, sample }) => ({ tokens: [] as number[], uniform: random(prompt, sample) }));
  const decoder = await model.decoder();
  const stem = DecoderRun.fresh(decoder, prompts.length);
  const piece = (prompt: Prompt, from: number, to: number) => ({
    embedded: prompt.embedded.subarray(from * hiddenSize, to * hiddenSize),
    positions: slicePositions(prompt.positions, from, to),
  });
  const lengths = prompts.map(({ tokens }) => tokens.length);
  await feed(
    model,
    stem,
    prompts.map((prompt, p) => piece(prompt, 0, lengths[p]! - 1)),
    false,
    signal,
  );
  const sharedBy = rows.map(({ prompt }) => prompt);
  const shared = stem.freeze();
  const run = new DecoderRun(
    decoder,
    shared,
    Array.from({ length: numLayers }, () => sharedBy),
  );

  const stops = new Set(model.parts.stopTokens);
  let active = rows.map((_, row) => row);
  let inputs = rows.map(({ prompt }) => piece(prompts[prompt]!, lengths[prompt]! - 1, lengths[prompt]!));
  for (let step = 0; step < maxNewTokens; step++) {
    signal?.throwIfAborted();
    const wanted = active.map(() => [0]);
    const { logits } = (await run.extend(inputs, wanted, ['logits'])).outputs;
    const width = logits!.shape[1]!;
    active.forEach((row, place) => {
      const own = (logits!.data as Float32Array).subarray(place * width, (place + 1) * width);
      answers[row]!.tokens.push(draw(own, temperature, answers[row]!.uniform()));
    });
    const going = active.flatMap((row, place) => (stops.has(answers[row]!.tokens.at(-1)!) ? [] : [place]));
    if (going.length === 0 || step + 1 === maxNewTokens) break;
    if (going.length < active.length) await run.keep(going);
    active = going.map((place) => active[place]!);
    const embedded = await model.embed(active.map((row) => [answers[row]!.tokens.at(-1)!]));
    inputs = active.map((row, place) => ({
      embedded: embedded[place]!,
      positions: textPositions(prompts[sharedBy[row]!]!.positions.next + step, 1),
    }));
  }
  run.free();
  shared.free();
  return prompts.map((_, p) =>
    answers.slice(p * samples, (p + 1) * samples).map(({ tokens }) => ({ tokens: [...tokens] })),
  );
}

/**
 * The token at which the cumulative distribution of softmax(logits / temperature) passes `uniform`.
 * @param logits [vocabulary]
 */
export function draw(logits: Float32Array, temperature: number, uniform: number): number {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  if (!Number.isFinite(largest)) throw new NotFiniteError();
  const weight = (logit: number) => Math.exp((logit - largest) / temperature);
  let total = 0;
  for (const logit of logits) total += weight(logit);
  let left = uniform * total;
  let last = 0;
  for (let token = 0; token < logits.length; token++) {
    const own = weight(logits[token]!);
    if (own === 0) continue;
    left -= own;
    last = token;
    if (left < 0) return token;
  }
  return last; // rounding: the sum was reached at the last token that has any weight
}
