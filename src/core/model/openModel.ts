import type { Checkpoint } from '../checkpoint/checkpoint';
import { requireComplete } from '../checkpoint/families';
import { readGenerationConfig, readPreprocessorConfig, sidecarFiles } from '../checkpoint/sidecars';
import { InputError } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import type { ImageReader, Runtime } from '../ports';
import type { PreprocessorSettings } from './imageProcessor';
import { mappedBytes } from './memory';
import type { TextCodec } from './prompt';
import { VisionLanguageModel } from './visionLanguageModel';

/** What turns a checkpoint's files into something that runs. */
export interface ModelTools {
  readonly runtime: Runtime;
  readonly images: ImageReader;
  textCodec(directory: string): TextCodec;
  /** Bytes of weights that this process may map at most; no limit where it is not given. */
  readonly weightLimit?: WeightLimit;
}

export interface WeightLimit {
  readonly bytes: number;
  /** Why, as a clause. */
  readonly reason: string;
  readonly mend: string;
}

/** A file whose content decides what a model says. */
export interface InputFile {
  readonly path: string;
  /** Weights are large: they are hashed beside the work, and until then known by their identity. */
  readonly kind: 'data' | 'weights';
}

/** A checkpoint that is ready to compute. */
export interface OpenModel {
  readonly model: VisionLanguageModel;
  readonly checkpoint: Checkpoint;
  readonly preprocessor: PreprocessorSettings;
  readonly images: ImageReader;
  readonly inputs: readonly InputFile[];
}

/**
 * Opens a checkpoint, or a hybrid, for computing. Reads side files; weights are mapped on first use.
 * @param checkpoint its side files are those of its folder, of a hybrid the skeleton's
 * @param taps also offer the inner values of the model (vision blocks, layer inputs, attention to the image)
 * @throws InputError when a file is missing or malformed, a tensor is missing, or the family cannot be run
 */
export async function openModel(checkpoint: Checkpoint, tools: ModelTools, taps = false): Promise<OpenModel> {
  const { directory } = checkpoint;
  const { text, vision, imageToken } = requireComplete(checkpoint);
  checkWeightLimit(checkpoint, tools.weightLimit);
  const [generation, preprocessor, sidecars] = await Promise.all([
    readGenerationConfig(directory),
    readPreprocessorConfig(directory),
    sidecarFiles(directory),
  ]);
  const stopTokens = generation.eosTokenIds ?? checkpoint.config.eosTokenIds;
  const codec = tools.textCodec(directory);
  const parts = { text, vision, imageToken, stopTokens, weights: checkpoint.tensors, codec };
  return {
    model: new VisionLanguageModel(tools.runtime, parts, taps),
    checkpoint,
    preprocessor,
    images: tools.images,
    inputs: [
      ...checkpoint.shards.map(({ path }) => ({ path, kind: 'weights' as const })),
      ...sidecars.map((path) => ({ path, kind: 'data' as const })),
    ],
  };
}

function checkWeightLimit({ directory, tensors }: Checkpoint, limit: WeightLimit | undefined): void {
  const size = mappedBytes(tensors);
  if (limit && size > limit.bytes) {
    throw new InputError(`${directory} has ${formatBytes(size)} of weights, but ${limit.reason}`, limit.mend);
  }
}
