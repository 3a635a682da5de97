/**
 * Vision-token swapping (arXiv 2602.12395, section 3.1.1 and appendix D.2): the target image's question is answered
 * while the image's keys and values come, in some layers, from the source image's run.
 *
 * Nothing that the variants of a pair share is computed twice. Both prompts run once up to the end of their image;
 * what they leave behind is a table of two cached prefixes. Every variant is then a row of one batch that says, layer
 * by layer, whose keys and values it reads; its own past grows with each decoding step while the prefix stays as it is,
 * so the swap is right at every step.
 *
 * With `suffix` a row holds only the text after the image: below layer l the image is the target's, from l upward the
 * source's, and nothing of it is computed anew. In the other modes layers above a swapped one read the image's own keys
 * and values again, and these have changed, since the image's tokens attend to each other: there a row holds the
 * image's tokens too.
 */
import type { RowInput } from '../model/decoderFeeds';
import { DecoderRun } from '../model/decoderRun';
import { continueGreedily, feed, type Generated } from '../model/generate';
import type { KeyValueCache } from '../model/keyValueCache';
import { slicePositions } from '../model/positions';
import type { EncodedImage, Prompt, VisionLanguageModel } from '../model/visionLanguageModel';
import type { SwapMode } from '../../shared/vocabulary';
import { readsImageAnew, readsSource, type SwapVariant } from './swapLayers';

/** A question with its target and its source image; both images have the same grid. */
export interface SwapPrompt {
  /** The prompt with one placeholder for the image. */
  readonly tokens: readonly number[];
  readonly target: EncodedImage;
  readonly source: EncodedImage;
}

export interface SwapSettings {
  readonly mode: SwapMode;
  /** Layers that `mode: window` spans. */
  readonly window: number;
  readonly variants: readonly SwapVariant[];
  readonly maxNewTokens: number;
  /** Rows in the decoder at once, at most. */
  readonly batch: number;
}

/** Answers every variant of every pair. @returns [pair][variant], in the order given */
export async function swap(
  model: VisionLanguageModel,
  pairs: readonly SwapPrompt[],
  settings: SwapSettings,
  signal?: AbortSignal,
): Promise<Generated[][]> {
  const { variants, batch } = settings;
  const prompts = await model.preparePrompts(
    pairs.flatMap(({ tokens, target, source }) => [
      { tokens, images: [target] },
      { tokens, images: [source] },
    ]),
  );
  const prefixes = await runPrefixes(model, prompts, signal);
  const rows = pairs.flatMap((_, pair) => variants.map((variant) => ({ pair, variant })));
  const answers: Generated[] = [];
  for (let from = 0; from < rows.length; from += batch) {
    answers.push(...(await answerRows(model, prompts, prefixes, rows.slice(from, from + batch), settings, signal)));
  }
  prefixes.free();
  return pairs.map((_, pair) => answers.slice(pair * variants.length, (pair + 1) * variants.length));
}

/** Both prompts of each pair up to the end of the image: row 2p of the table is pair p's target, row 2p+1 its source. */
async function runPrefixes(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  signal: AbortSignal | undefined,
): Promise<KeyValueCache> {
  const run = DecoderRun.fresh(await model.decoder(), prompts.length);
  const width = model.parts.text.hiddenSize;
  await feed(
    model,
    run,
    prompts.map((prompt) => piece(prompt, 0, prompt.imageEnd, width)),
    false,
    signal,
  );
  return run.freeze();
}

async function answerRows(
  model: VisionLanguageModel,
  prompts: readonly Prompt[],
  prefixes: KeyValueCache,
  rows: readonly { pair: number; variant: SwapVariant }[],
  { mode, window, maxNewTokens }: SwapSettings,
  signal: AbortSignal | undefined,
): Promise<Generated[]> {
  const { hiddenSize, numLayers } = model.parts.text;
  const targets = rows.map(({ pair }) => prompts[2 * pair]!);
  const perLayer = <T>(of: (pair: number, fromSource: boolean) => T) =>
    Array.from({ length: numLayers }, (_, layer) =>
      rows.map(({ pair, variant }) => of(pair, readsSource(variant, layer, mode, window))),
    );
  const anew = readsImageAnew(mode);
  const run = new DecoderRun(
    await model.decoder(),
    prefixes,
    perLayer((pair, fromSource) => 2 * pair + Number(anew || fromSource)),
    anew
      ? {
          spans: targets.map(({ imageStart, imageEnd }) => ({ start: imageStart, length: imageEnd - imageStart })),
          on: perLayer((_, fromSource) => fromSource),
        }
      : undefined,
  );
  const tails = targets.map((prompt) =>
    piece(prompt, anew ? prompt.imageStart : prompt.imageEnd, prompt.tokens.length, hiddenSize),
  );
  const first = await feed(model, run, tails, true, signal);
  const next = targets.map(({ positions }) => positions.next);
  const answers = await continueGreedily(model, run, first, next, maxNewTokens, signal);
  run.free();
  return answers;
}

function piece({ embedded, positions }: Prompt, from: number, to: number, width: number): RowInput {
  return { embedded: embedded.subarray(from * width, to * width), positions: slicePositions(positions, from, to) };
}
