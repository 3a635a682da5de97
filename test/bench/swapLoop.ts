/** What the swap sweep is measured against: the same answers in the same engine, with nothing shared between them. */
import { DecoderRun } from '../../src/core/model/decoderRun';
import { continueGreedily, feed, generate, type Generated } from '../../src/core/model/generate';
import type { ProcessedImage } from '../../src/core/model/imageProcessor';
import { KeyValueCache } from '../../src/core/model/keyValueCache';
import { slicePositions } from '../../src/core/model/positions';
import type { Prompt, VisionLanguageModel } from '../../src/core/model/visionLanguageModel';
import type { SwapVariant } from '../../src/core/probe/swapLayers';

/** A pair as both sides of the comparison start from it: pixels and token ids. */
export interface LoopPair {
  readonly tokens: readonly number[];
  readonly target: ProcessedImage;
  readonly source: ProcessedImage;
}

/** One answer of a suffix swap: encodes the images, runs the prompts, decodes. Batch 1 throughout. */
export async function answerAlone(
  model: VisionLanguageModel,
  { tokens, target, source }: LoopPair,
  variant: SwapVariant,
  maxNewTokens: number,
): Promise<Generated> {
  const used = variant === null ? [target] : variant === 'source' ? [source] : [target, source];
  const encoded = await model.encodeImages(used);
  const prompts = await model.preparePrompts(encoded.map((image) => ({ tokens, images: [image] })));
  const [prompt, sourcePrompt] = prompts;
  if (typeof variant !== 'number') return (await generate(model, [prompt], maxNewTokens))[0];

  const decoder = await model.decoder();
  const [targetPrefix, sourcePrefix] = [await runPrefix(model, prompt), await runPrefix(model, sourcePrompt)];
  const prefix = joinAtLayer(targetPrefix, sourcePrefix, variant);
  const rows = Array.from({ length: decoder.config.numLayers }, () => [0]);
  const run = new DecoderRun(decoder, prefix, rows);
  const tail = piece(prompt, prompt.imageEnd, prompt.tokens.length, decoder.config.hiddenSize);
  const first = await feed(model, run, [tail], true);
  return (await continueGreedily(model, run, first, [prompt.positions.next], maxNewTokens))[0];
}

async function runPrefix(model: VisionLanguageModel, prompt: Prompt): Promise<KeyValueCache> {
  const run = DecoderRun.fresh(await model.decoder(), 1);
  await feed(model, run, [piece(prompt, 0, prompt.imageEnd, model.parts.text.hiddenSize)], false);
  return run.freeze();
}

/** The target's keys and values below the layer, the source's from it upward. */
function joinAtLayer(target: KeyValueCache, source: KeyValueCache, layer: number): KeyValueCache {
  const joined = new KeyValueCache(target.shape, [...target.lengths]);
  joined.keys = target.keys.map((keys, l) => (l < layer ? keys : source.keys[l]));
  joined.values = target.values.map((values, l) => (l < layer ? values : source.values[l]));
  return joined;
}

function piece({ embedded, positions }: Prompt, from: number, to: number, width: number) {
  return { embedded: embedded.subarray(from * width, to * width), positions: slicePositions(positions, from, to) };
}
