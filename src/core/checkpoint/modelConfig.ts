/** config.json, flat or nested, in one shape. */

/** The language model's sizes. */
export interface TextConfig {
  readonly hiddenSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headSize: number;
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  readonly rmsNormEpsilon: number;
  readonly ropeTheta: number;
  /** How many rotary frequencies follow the temporal, the height and the width position; null without mRoPE. */
  readonly mropeSection: readonly [number, number, number] | null;
  /** The head is the embedding matrix: config says so, and there is no `lm_head.weight` (transformers 5 prefers it). */
  readonly tiedHead: boolean;
}

/** The vision tower's sizes (Qwen2.5-VL; pixels and patches as in config.json). */
export interface VisionConfig {
  readonly numLayers: number;
  readonly hiddenSize: number;
  readonly numHeads: number;
  readonly intermediateSize: number;
  readonly inChannels: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly spatialMergeSize: number;
  /** Pixels. */
  readonly windowSize: number;
  readonly fullAttentionLayers: readonly number[];
  readonly outHiddenSize: number;
  readonly ropeTheta: number;
}

/** What the product needs to know of config.json. `text` and `vision` are null where the family is not known. */
export interface ModelConfig {
  readonly modelType: string;
  readonly text: TextConfig | null;
  readonly vision: VisionConfig | null;
  readonly imageTokenId: number | null;
  /** config's `eos_token_id`, as a list; generation_config's wins where it has one. */
  readonly eosTokenIds: readonly number[];
  /** Decoder layers and vision layers, also known for a generic family: counted from the names when config is silent. */
  readonly numLayers: number;
  readonly visionLayers: number;
  /** What config says of `tie_word_embeddings`, at the root or in `text_config`. */
  readonly tied: boolean;
  /** Why it can be inspected and compared but not run, as in "its weights are quantised"; empty when it can. */
  readonly unsupported: readonly string[];
}
