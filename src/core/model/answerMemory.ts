import { InputError } from '../../shared/errors';
import { tokensPerRun } from './generate';
import { patchesOf } from './imageProcessor';
import { decoderBytes, floatBytes, isFloat32, mappedBytes, visionBytes } from './memory';
import { planMemory, type MemoryPlace } from './memoryPlan';
import type { OpenModel } from './openModel';

/** Tokens of the template around a prompt, and characters to a token, that the estimate reckons with. */
const templateTokens = 64;
const charactersPerToken = 2;

/** A message as it is given. */
export interface MessageSizes {
  readonly prompt: string;
  /** Paths. */
  readonly images: readonly string[];
}

/**
 * Refuses to answer a message where that cannot fit in memory, before anything is loaded.
 * @throws InputError with what may be done about it
 */
export async function assertAnswerFits(
  opened: OpenModel,
  message: MessageSizes & { readonly maxNewTokens: number },
  place: MemoryPlace,
): Promise<void> {
  const { text, vision, weights } = opened.model.parts;
  const { tokens, patches } = await estimateTokens(opened, message);
  const float32 = isFloat32(weights);
  const load = { rows: 1, tokens: Math.min(tokens, tokensPerRun), prefixes: 0, prefixTokens: 0 };
  const working =
    visionBytes(vision, Math.max(0, ...patches), float32) +
    decoderBytes(text, { ...load, pastTokens: tokens + message.maxNewTokens }, float32);
  assertFits(opened, working, place);
}

/** As {@link assertAnswerFits}, for all inner values of a message: it is read at once, and every token has its logits. */
export async function assertInnerValuesFit(
  opened: OpenModel,
  message: MessageSizes,
  place: MemoryPlace,
): Promise<void> {
  const { text, vision, weights } = opened.model.parts;
  const { tokens, patches } = await estimateTokens(opened, message);
  const float32 = isFloat32(weights);
  const allPatches = patches.reduce((sum, count) => sum + count, 0);
  const read =
    tokens * (text.vocabularySize + text.numLayers * text.hiddenSize) +
    allPatches * (vision.numLayers + 1) * vision.hiddenSize;
  const working =
    visionBytes(vision, Math.max(0, ...patches), float32) +
    decoderBytes(text, { rows: 1, tokens, prefixes: 0, prefixTokens: 0, pastTokens: 0 }, float32) +
    2 * floatBytes * read; // as the runtime gives them, and as they are written
  assertFits(opened, working, place);
}

/** The patches of each image and, about, the tokens of all. What is wrong with an image is said when it is read. */
async function estimateTokens(opened: OpenModel, { prompt, images }: MessageSizes) {
  const { model, preprocessor, images: reader } = opened;
  const sizes = await reader.sizes(images);
  const patches = sizes.flatMap((size) => (size instanceof Error ? [] : [patchesOf(size, preprocessor)]));
  const merged = model.parts.vision.spatialMergeSize ** 2;
  const imageTokens = patches.reduce((sum, count) => sum + count / merged, 0);
  return { patches, tokens: templateTokens + prompt.length / charactersPerToken + imageTokens };
}

function assertFits({ checkpoint, model: { parts } }: OpenModel, working: number, place: MemoryPlace): void {
  const advice = 'Use smaller images (max_pixels in preprocessor_config.json) or a machine with more memory.';
  const plan = planMemory({ mapped: mappedBytes(parts.weights), working, advice }, place);
  if (plan.verdict !== 'tooBig') return;
  const { choices } = plan;
  throw new InputError(`${checkpoint.directory} cannot fit in memory: it ${plan.text}`, plan.mend, { choices });
}
