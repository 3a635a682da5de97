import { InputError } from '../../shared/errors';
import { tokensPerRun } from './generate';
import { patchesOf } from './imageProcessor';
import { decoderBytes, isFloat32, mappedBytes, visionBytes } from './memory';
import { planMemory, type MemoryPlace } from './memoryPlan';
import type { OpenModel } from './openModel';

/** Tokens of the template around a prompt, and characters to a token, that the estimate reckons with. */
const templateTokens = 64;
const charactersPerToken = 2;

export interface AnswerSizes {
  readonly prompt: string;
  /** Paths. */
  readonly images: readonly string[];
  readonly maxNewTokens: number;
}

/**
 * Refuses to answer a message where that cannot fit in memory, before anything is loaded.
 * @throws InputError with what may be done about it
 */
export async function assertAnswerFits(
  { model: { parts }, checkpoint, preprocessor, images: reader }: OpenModel,
  { prompt, images, maxNewTokens }: AnswerSizes,
  place: MemoryPlace,
): Promise<void> {
  const { text, vision, weights } = parts;
  const sizes = await reader.sizes(images);
  // What is wrong with an image is said when it is read.
  const patches = sizes.flatMap((size) => (size instanceof Error ? [] : [patchesOf(size, preprocessor)]));
  const imageTokens = patches.reduce((sum, count) => sum + count / vision.spatialMergeSize ** 2, 0);
  const tokens = templateTokens + prompt.length / charactersPerToken + imageTokens;
  const float32 = isFloat32(weights);
  const load = { rows: 1, tokens: Math.min(tokens, tokensPerRun), prefixes: 0, prefixTokens: 0 };
  const working =
    visionBytes(vision, Math.max(0, ...patches), float32) +
    decoderBytes(text, { ...load, pastTokens: tokens + maxNewTokens }, float32);
  const advice = 'Use smaller images (max_pixels in preprocessor_config.json) or a machine with more memory.';
  const {
    verdict,
    text: numbers,
    mend,
    choices,
  } = planMemory({ mapped: mappedBytes(weights), working, advice }, place);
  if (verdict !== 'tooBig') return;
  throw new InputError(`${checkpoint.directory} cannot fit in memory: it ${numbers}`, mend, { choices });
}
