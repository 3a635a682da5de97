import { bytes as formatBytes } from '../../shared/format';
import type { TrainOptions } from '../experiment/schema';
import type { StepPlan } from '../experiment/step';
import { logitBytes } from '../model/feedPieces';
import { tokensPerRun } from '../model/generate';
import { decoderBytes, visionBytes } from '../model/memory';
import type { OpenModel } from '../model/openModel';
import { targetText, type TrainItems } from './trainItems';
import { answersAtOnce } from './grpo';

const floatBytes = 4;
/** Node, the runtime's code and its threads. */
const processOverhead = 200e6;
/** Text tokens of a prompt beside those of its words. */
const templateTokens = 64;
/** Of mathematics in English, rather few. */
const charactersPerToken = 2;
/** Tokens of a call for gradients, where memory allows it: the inputs of all layers are kept for them. */
const tokensAtOnce = 8192;
/** Tokens of which one layer's activations are in memory. */
const tokensPerLayer = 2048;

export interface TrainMemory {
  /** Sequences whose gradients are computed at once. */
  readonly sequencesAtOnce: number;
  /** What was tried first, where that did not fit. */
  readonly halvedFrom: number | null;
  readonly memory: StepPlan['memory'];
}

/**
 * What a train step needs: weights in float32, two moments and a gradient of what is trained, and the activations of as
 * many sequences at once as fit.
 * @param start numbers that are held of the weights of the start
 * @param available bytes
 */
export function trainMemory(
  options: TrainOptions,
  { items, patches }: TrainItems,
  { model: { parts } }: OpenModel,
  { total, trained, start }: { readonly total: number; readonly trained: number; readonly start: number },
  available: number,
): TrainMemory {
  const { text, vision } = parts;
  const isPolicy = options.method === 'grpo';
  const longest = (lengthOf: (text: (typeof items)[number]) => number) => {
    return Math.ceil(items.reduce((most, item) => Math.max(most, lengthOf(item)), 0) / charactersPerToken);
  };
  const asked = longest(({ question, choices }) => [question, ...choices].join('').length);
  const prompt = templateTokens + asked + patches / vision.spatialMergeSize ** 2;
  const answer = isPolicy ? options.maxNewTokens : longest((item) => targetText(item).length) + 1;
  const copies = total + 3 * trained + start;

  const perStep = options.batch * (isPolicy ? options.groupSize : 1);
  const sampled = Math.min(perStep, Math.max(answersAtOnce, options.groupSize));

  const working = (sequences: number) => {
    const tokens = sequences * (prompt + answer);
    // What is kept of every layer, then the layer that is run backward, twice: its values and their gradients.
    const kept = tokens * text.hiddenSize * text.numLayers + sequences * patches * vision.hiddenSize * vision.numLayers;
    const scores = 2 * text.numHeads * (prompt + answer);
    const perToken = 16 * text.hiddenSize + 6 * text.intermediateSize + 2 * scores;
    const layer = Math.min(tokens, Math.max(tokensPerLayer, prompt + answer)) * perToken;
    const logits = Math.min(2 * logitBytes, 2 * floatBytes * sequences * answer * text.vocabularySize);
    const prefixes = Math.ceil(sampled / options.groupSize);
    const load = { rows: sampled, tokens: Math.min(prompt, tokensPerRun), prefixes, prefixTokens: prompt };
    const sampling = isPolicy
      ? decoderBytes(text, { ...load, pastTokens: options.maxNewTokens }, true)
      : processOverhead;
    return floatBytes * (copies + kept + layer) + logits + 2 * visionBytes(vision, patches, true) + sampling;
  };

  const wanted = Math.min(perStep, Math.max(1, Math.floor(tokensAtOnce / (prompt + answer))));
  let fitting = wanted;
  while (fitting > 1 && working(fitting) > available) fitting = Math.floor(fitting / 2);
  return {
    sequencesAtOnce: fitting,
    halvedFrom: fitting < wanted ? wanted : null,
    memory: {
      mapped: 0,
      working: working(fitting),
      advice:
        `Weights, gradients and moments take ${formatBytes(floatBytes * copies)}: freeze more, ` +
        'shorten the answers, use smaller images, or a machine with more memory.',
    },
  };
}
