import type { DatasetItem } from '../evaluate/dataset';
import type { AblateOptions } from '../experiment/schema';
import type { StepPlan } from '../experiment/step';
import { logitBytes } from '../model/feedPieces';
import { tokensPerRun } from '../model/generate';
import { patchesOf, type ImageSize } from '../model/imageProcessor';
import { batchAdvice, decoderBytes, isFloat32, mappedBytes, visionBytes } from '../model/memory';
import type { OpenModel } from '../model/openModel';
import { draftTokens } from './ablateAnswer';
import { variantsAtOnce } from './ablateBatches';

/** Tokens of a prompt beside those of its words and its image. */
const templateTokens = 64;
/** Of mathematics in English, rather few. */
const charactersPerToken = 2;

/** @param sizes of the items' images */
export function ablateMemory(
  items: readonly DatasetItem[],
  sizes: readonly ImageSize[],
  { model: { parts }, preprocessor }: OpenModel,
  { batch, maxNewTokens, scoring }: AblateOptions,
): StepPlan['memory'] {
  const { text, vision, weights } = parts;
  const float32 = isFloat32(weights);
  const longest = (lengthOf: (item: DatasetItem) => number) => Math.max(...items.map(lengthOf)) / charactersPerToken;
  const words = longest(({ question, choices }) => [question, ...choices].join('').length);
  const rightAnswer = scoring === 'generate' ? 0 : longest(({ answer }) => answer.length) + 1;
  const draft = scoring === 'likelihood' ? 0 : Math.min(draftTokens, maxNewTokens);
  const patches = Math.max(0, ...sizes.map((size) => patchesOf(size, preprocessor)));
  const fed = templateTokens + words + patches / vision.spatialMergeSize ** 2 + draft + rightAnswer;
  const working = (rows: number) => {
    const load = { rows, tokens: Math.min(fed, tokensPerRun), prefixes: 0, prefixTokens: 0 };
    // Beside the keys and values that grow: the whole model's, those just read, those that wait for their answers to be
    // generated, and the hidden rows of two layers.
    const caches = 2 + variantsAtOnce;
    const kept = caches * 2 * text.numKeyValueHeads * text.headSize * text.numLayers + 2 * text.hiddenSize;
    const logits = Math.min(2 * logitBytes, 2 * 4 * rows * (draft + rightAnswer) * text.vocabularySize);
    return (
      visionBytes(vision, patches, float32) +
      decoderBytes(text, { ...load, pastTokens: fed + maxNewTokens }, float32) +
      4 * rows * fed * kept +
      logits
    );
  };
  const now = Math.min(batch, items.length);
  return {
    mapped: mappedBytes(weights),
    working: working(now),
    advice: batchAdvice(working(1), 'item'),
    batch: { now, working },
  };
}
