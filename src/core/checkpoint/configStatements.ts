/** What config.json says. A flat file and a nested one that mean the same give the same statements. */
import path from 'node:path';
import { configRule } from './configRules';
import { JsonFields } from './jsonFields';
import type { ModelConfig, TextConfig, VisionConfig } from './modelConfig';
import { usesWindows } from './qwen25vlConfig';
import { isStatement, leavesOf, statement, type SidecarStatement } from './sidecarStatement';
import type { JsonObject, JsonValue } from './strictJson';

const file = 'config.json';

const textFields: Readonly<Record<string, keyof TextConfig>> = {
  hidden_size: 'hiddenSize',
  num_hidden_layers: 'numLayers',
  num_attention_heads: 'numHeads',
  num_key_value_heads: 'numKeyValueHeads',
  intermediate_size: 'intermediateSize',
  vocab_size: 'vocabularySize',
  rms_norm_eps: 'rmsNormEpsilon',
  rope_theta: 'ropeTheta',
  mrope_section: 'mropeSection',
};

const visionFields: Readonly<Record<string, keyof VisionConfig>> = {
  depth: 'numLayers',
  hidden_size: 'hiddenSize',
  num_heads: 'numHeads',
  intermediate_size: 'intermediateSize',
  in_channels: 'inChannels',
  patch_size: 'patchSize',
  temporal_patch_size: 'temporalPatchSize',
  spatial_merge_size: 'spatialMergeSize',
  window_size: 'windowSize',
  fullatt_block_indexes: 'fullAttentionLayers',
  out_hidden_size: 'outHiddenSize',
  rope_theta: 'ropeTheta',
};

/** Read with their defaults, or in another place: what the file says of them word for word tells nothing more. */
const readElsewhere = new Set([
  ...Object.keys(textFields),
  ...Object.keys(visionFields).map((field) => `vision_config.${field}`),
  'vision_config.in_chans',
  ...['', 'vision_config.'].flatMap((prefix) => [`${prefix}rope_scaling`, `${prefix}rope_parameters`]),
  ...['', 'vision_config.'].map((prefix) => `${prefix}hidden_act`),
  'sliding_window',
  'use_sliding_window',
  'max_window_layers',
  'layer_types',
  'model_type',
  'image_token_id',
  'tie_word_embeddings',
  // The stop tokens that hold are stated with generation_config.json, which may have others.
  'eos_token_id',
]);

/**
 * @param config as the product reads the same file
 * @throws InputError when a value that decides something is malformed
 */
export function configStatements(directory: string, root: JsonObject, config: ModelConfig): SidecarStatement[] {
  const stated = new Map<string, JsonValue>([['model_type', config.modelType]]);
  const { text, vision } = config;
  if (text && vision) {
    for (const [field, key] of Object.entries(textFields)) stated.set(field, text[key]);
    for (const [field, key] of Object.entries(visionFields)) stated.set(`vision_config.${field}`, vision[key]);
    for (const [field, value] of arithmetic(directory, root)) stated.set(field, value);
    stated.set('image_token_id', config.imageTokenId);
    stated.set('tie_word_embeddings', config.tied);
  }
  for (const [field, value] of namedFlat(directory, root)) {
    const isRead = text !== null && (readElsewhere.has(field) || readElsewhere.has(field.replace(/\.[^.]*$/, '')));
    if (!stated.has(field) && !isRead) stated.set(field, value);
  }
  return [...stated].map(([field, value]) => statement(file, field, value, configRule(field))).filter(isStatement);
}

/** What decides how a Qwen2.5-VL is computed beside its sizes; null where it is as usual. */
function arithmetic(directory: string, object: JsonObject): [string, JsonValue][] {
  const root = new JsonFields(path.join(directory, file), object);
  const text = root.object('text_config') ?? root;
  const hasWindow = text.boolean('use_sliding_window') === true && usesWindows(text);
  const layers = text.value('layer_types') ?? text.value('max_window_layers');
  return [
    ['hidden_act', text.string('hidden_act') ?? 'silu'],
    ['vision_config.hidden_act', root.requiredObject('vision_config').string('hidden_act') ?? 'silu'],
    ['rope_scaling', scalingOf(text)],
    ['sliding_window', hasWindow ? [text.value('sliding_window'), layers] : null],
  ];
}

/** `type: mrope` and `rope_type: default` both mean positions as they are. */
function scalingOf(text: JsonFields): JsonValue {
  const rope = text.value('rope_scaling') ?? text.value('rope_parameters');
  if (!(rope instanceof Map)) return null;
  const fields = rope as JsonObject;
  const types = [fields.get('rope_type'), fields.get('type')];
  const type = types.find((one) => typeof one === 'string' && one !== 'default' && one !== 'mrope');
  if (type === undefined) return null;
  const others = [...fields].filter(([key]) => !['rope_type', 'type', 'rope_theta', 'mrope_section'].includes(key));
  return new Map<string, JsonValue>([...others, ['rope_type', type]]);
}

/** The file's fields as a flat file names them; `torch_dtype` is called as newer files call it. */
function namedFlat(directory: string, root: JsonObject): Map<string, JsonValue> {
  const leaves = leavesOf(path.join(directory, file), root, new Set(['quantization_config']));
  const flat = new Map<string, JsonValue>();
  for (const nested of [false, true]) {
    for (const [name, value] of leaves) {
      const inner = /^(?:text_config|llm_config|language_config)\.(.*)$/.exec(name)?.[1];
      // What the language model is called inside its family, model_type, is no second opinion on the whole.
      if ((inner !== undefined) !== nested || inner === 'model_type') continue;
      const field = (inner ?? name).replace(/(^|\.)torch_dtype$/, '$1dtype');
      flat.set(field, value);
    }
  }
  return flat;
}
