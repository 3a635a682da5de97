/**
 * The sizes in config.json of Qwen2.5-VL. Defaults are those of transformers' `configuration_qwen2_5_vl.py`, since
 * files saved by some of its versions leave out what equals them.
 */
import type { TextConfig, VisionConfig } from './modelConfig';
import type { JsonFields } from './jsonFields';

const layerCount = { min: 1, max: 10_000 };
const width = { min: 1, max: 1 << 20 };
const pixels = { min: 1, max: 1 << 16 };
const small = { min: 1, max: 64 };
const epsilon = { min: 0, max: 1 };
const frequencyBase = { min: 1, max: 1e15 };

/** @param fields config.json's `text_config`, or its root where the file is flat */
export function readTextConfig(fields: JsonFields, tied: boolean): TextConfig {
  const hiddenSize = fields.requiredInteger('hidden_size', width);
  const numHeads = fields.requiredInteger('num_attention_heads', width);
  const numKeyValueHeads = fields.integer('num_key_value_heads', width) ?? 8;
  if (hiddenSize % (2 * numHeads) !== 0) fields.refuse('hidden_size', `a multiple of 2 · num_attention_heads`);
  if (numHeads % numKeyValueHeads !== 0) fields.refuse('num_key_value_heads', `a divisor of ${numHeads} heads`);
  const headSize = hiddenSize / numHeads;
  const rope = ropeFields(fields);
  return {
    hiddenSize,
    numLayers: fields.requiredInteger('num_hidden_layers', layerCount),
    numHeads,
    numKeyValueHeads,
    headSize,
    intermediateSize: fields.requiredInteger('intermediate_size', width),
    vocabularySize: fields.integer('vocab_size', { min: 1, max: 1 << 24 }) ?? 152_064,
    rmsNormEpsilon: fields.number('rms_norm_eps', epsilon) ?? 1e-5,
    ropeTheta: rope?.number('rope_theta', frequencyBase) ?? fields.number('rope_theta', frequencyBase) ?? 1e6,
    mropeSection: readSection(rope, headSize) ?? readSection(fields, headSize),
    tiedHead: tied,
  };
}

export function readVisionConfig(fields: JsonFields, textWidth: number): VisionConfig {
  const hiddenSize = fields.integer('hidden_size', width) ?? 3584;
  const numHeads = fields.integer('num_heads', width) ?? 16;
  if (hiddenSize % (4 * numHeads) !== 0) fields.refuse('hidden_size', `a multiple of 4 · num_heads (${numHeads})`);
  const patchSize = fields.integer('patch_size', pixels) ?? 14;
  const spatialMergeSize = fields.integer('spatial_merge_size', small) ?? 2;
  const token = patchSize * spatialMergeSize;
  const outHiddenSize = fields.integer('out_hidden_size', width) ?? 3584;
  if (outHiddenSize !== textWidth) {
    fields.refuse('out_hidden_size', `${textWidth}, the language model's hidden_size`);
  }
  return {
    numLayers: fields.integer('depth', layerCount) ?? 32,
    hiddenSize,
    numHeads,
    intermediateSize: fields.integer('intermediate_size', width) ?? 3420,
    inChannels: fields.integer('in_channels', small) ?? fields.integer('in_chans', small) ?? 3,
    patchSize,
    temporalPatchSize: fields.integer('temporal_patch_size', small) ?? 2,
    spatialMergeSize,
    windowSize: fields.integer('window_size', { min: token, max: pixels.max }) ?? 112,
    fullAttentionLayers: fields.integers('fullatt_block_indexes', { min: 0, max: 10_000 }, 10_000) ?? [7, 15, 23, 31],
    outHiddenSize,
    ropeTheta: ropeFields(fields)?.number('rope_theta', frequencyBase) ?? 10_000,
  };
}

/** What in the configuration asks for arithmetic that the graphs do not have. */
export function unsupportedIn(root: JsonFields, text: JsonFields, vision: JsonFields): string[] {
  const reasons: string[] = [];
  const rope = ropeFields(text);
  const ropeTypes = [rope?.string('rope_type'), rope?.string('type')];
  const otherType = ropeTypes.find((type) => typeof type === 'string' && type !== 'default' && type !== 'mrope');
  if (otherType) reasons.push(`its rotary positions are scaled (${otherType})`);
  if (!rope?.has('mrope_section') && !text.has('mrope_section')) reasons.push('its config has no mrope_section');
  if (text.boolean('use_sliding_window') && usesWindows(text)) reasons.push('its attention has a sliding window');
  for (const fields of [text, vision]) {
    const activation = fields.string('hidden_act') ?? 'silu';
    if (activation !== 'silu') reasons.push(`its activation is ${activation}, not silu`);
  }
  if (root.has('quantization_config')) reasons.push('its weights are quantised');
  return reasons;
}

/** Whether any layer has the window that `use_sliding_window` asks for. */
export function usesWindows(text: JsonFields): boolean {
  const types = text.value('layer_types');
  if (Array.isArray(types)) return types.includes('sliding_attention');
  const first = text.integer('max_window_layers', { min: 0, max: 10_000 }) ?? 80;
  return text.has('sliding_window') && first < text.requiredInteger('num_hidden_layers', layerCount);
}

/** Newer files have `rope_parameters`, older ones `rope_scaling`, which wins where both are there. */
function ropeFields(fields: JsonFields): JsonFields | null {
  return fields.object('rope_scaling') ?? fields.object('rope_parameters');
}

function readSection(fields: JsonFields | null, headSize: number): TextConfig['mropeSection'] {
  const section = fields?.integers('mrope_section', { min: 0, max: headSize }, 3);
  if (!fields || !section) return null;
  const [temporal = 0, height = 0, width = 0] = section;
  if (section.length !== 3 || temporal + height + width !== headSize / 2) {
    fields.refuse('mrope_section', `three integers whose sum is half of the head size, ${headSize / 2}`);
  }
  return [temporal, height, width];
}
