/** Estimates of the memory a model needs, from its sizes alone. Bytes throughout. */
import { bytes as formatBytes } from '../../shared/format';
import type { TextConfig, VisionConfig } from '../checkpoint/modelConfig';
import { availableMemory } from '../files/availableMemory';
import type { WeightSource } from './weights';

export const floatBytes = 4;
/** Node, the runtime's code and its threads, with nothing loaded. */
const processOverhead = 200e6;

/** A batch of sequences in the decoder. */
export interface DecoderLoad {
  /** Sequences at once. */
  readonly rows: number;
  /** Tokens fed to each at once. */
  readonly tokens: number;
  /** Sequences in the shared prefix table, and their length. */
  readonly prefixes: number;
  readonly prefixTokens: number;
  /** The longest a row's own past becomes. */
  readonly pastTokens: number;
}

/** What lies in mapped files: the runtime reads it there. */
export function mappedBytes(weights: WeightSource): number {
  return [...weights.values()].reduce((sum, { length }) => sum + length, 0);
}

/** One layer in float32 where the file is in another type, and the keys, values and activations of a load. */
export function decoderBytes(text: TextConfig, load: DecoderLoad, weightsAreFloat32: boolean): number {
  const { hiddenSize, intermediateSize, numHeads, numKeyValueHeads, headSize, numLayers, vocabularySize } = text;
  const keyWidth = numKeyValueHeads * headSize;
  const layer = hiddenSize * (2 * numHeads * headSize + 2 * keyWidth + 3 * intermediateSize);
  const castLayer = weightsAreFloat32 ? 0 : layer;
  const cached = 2 * keyWidth * numLayers * (load.prefixes * load.prefixTokens + load.rows * load.pastTokens);
  const seen = load.prefixTokens + load.pastTokens + load.tokens;
  // In one layer the prefix is gathered and joined with the past: two copies of keys and of values.
  const joined = 4 * keyWidth * load.rows * seen;
  const scores = 3 * numHeads * load.rows * load.tokens * seen;
  const activations = load.rows * load.tokens * (3 * intermediateSize + 8 * hiddenSize);
  const logits = 2 * load.rows * vocabularySize;
  return processOverhead + floatBytes * (castLayer + cached + joined + scores + activations + logits);
}

/** The vision tower over `patches` of one image. */
export function visionBytes(vision: VisionConfig, patches: number, weightsAreFloat32: boolean): number {
  const { hiddenSize, intermediateSize, numHeads } = vision;
  const layer = weightsAreFloat32 ? 0 : hiddenSize * (4 * hiddenSize + 3 * intermediateSize);
  const scores = 3 * numHeads * patches * patches;
  return floatBytes * (layer + scores + patches * (3 * intermediateSize + 8 * hiddenSize));
}

/** Whether nothing has to be cast before it is computed with. */
export function isFloat32(weights: WeightSource): boolean {
  return [...weights.values()].every(({ dtype }) => dtype === 'F32');
}

/**
 * What to change where a batch does not fit.
 * @param single bytes with one sequence at a time @param unit what that is of, such as "item"
 */
export function batchAdvice(single: number, unit: string): string {
  return single < availableMemory()
    ? `Set "batch" of the step lower: one ${unit} at a time needs ${formatBytes(single)}.`
    : 'Use smaller images (max_pixels in preprocessor_config.json) or a machine with more memory.';
}
