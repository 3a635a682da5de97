import path from 'node:path';
import { JsonFields } from './jsonFields';
import type { ModelConfig } from './modelConfig';
import { readTextConfig, readVisionConfig, unsupportedIn } from './qwen25vlConfig';
import { quoteName } from './quoteName';

/** Bytes; the largest config.json of the Hub is a hundredth of it. */
const configSizeLimit = 10e6;
const tokenId = { min: 0, max: 2 ** 31 - 1 };
const mostStopTokens = 1000;
const layerCount = { min: 0, max: 10_000 };

/**
 * Reads and checks `config.json` of a checkpoint's folder, flat or nested.
 * @throws InputError naming the file, the key and the value
 */
export async function readModelConfig(directory: string): Promise<ModelConfig> {
  return (await readConfigFile(directory)).config;
}

/** As {@link readModelConfig}, with what is odd about the file. */
export async function readConfigFile(directory: string): Promise<{ config: ModelConfig; warnings: string[] }> {
  const file = path.join(directory, 'config.json');
  const root = await JsonFields.read(file, { within: directory, limit: configSizeLimit });
  const warnings: string[] = [];
  if (root.has('auto_map') || root.boolean('trust_remote_code')) {
    warnings.push(`${file} names Python code to run with the model; it is never run`);
  }
  const modelType = root.string('model_type');
  if (modelType === null) warnings.push(`${file} does not say what the model is (model_type)`);
  const isQwen = modelType === 'qwen2_5_vl';
  const config = isQwen ? qwenConfig(root, warnings) : genericConfig(root, modelType ?? 'unknown', warnings);
  return { config, warnings };
}

function qwenConfig(root: JsonFields, warnings: string[]): ModelConfig {
  const textFields = root.object('text_config') ?? root;
  const visionFields = root.requiredObject('vision_config');
  const tied = readTied(root, textFields, warnings);
  const text = readTextConfig(textFields, tied);
  const vision = readVisionConfig(visionFields, text.hiddenSize);
  return {
    modelType: 'qwen2_5_vl',
    text,
    vision,
    imageTokenId: root.integer('image_token_id', tokenId) ?? 151_655,
    eosTokenIds: readStopTokens(root, textFields),
    numLayers: text.numLayers,
    visionLayers: vision.numLayers,
    tied,
    unsupported: unsupportedIn(root, textFields, visionFields),
  };
}

/** Only what inspecting and comparing need; everything may be missing. */
function genericConfig(root: JsonFields, modelType: string, warnings: string[]): ModelConfig {
  const text = firstObject(root, ['text_config', 'llm_config', 'language_config']) ?? root;
  const vision = firstObject(root, ['vision_config', 'vit_config']);
  return {
    modelType,
    text: null,
    vision: null,
    imageTokenId: root.integer('image_token_id', tokenId) ?? root.integer('image_token_index', tokenId),
    eosTokenIds: readStopTokens(root, text),
    numLayers: firstInteger(text, ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers']),
    visionLayers: vision ? firstInteger(vision, ['depth', 'num_hidden_layers', 'num_layers']) : 0,
    tied: readTied(root, text, warnings),
    unsupported: [`the family ${quoteName(modelType)} is not supported`],
  };
}

function readTied(root: JsonFields, text: JsonFields, warnings: string[]): boolean {
  const outer = root.boolean('tie_word_embeddings');
  const inner = text.boolean('tie_word_embeddings');
  if (outer !== null && inner !== null && outer !== inner) {
    warnings.push(
      `config.json says both that the head is tied and that it is not; tie_word_embeddings at its root counts`,
    );
  }
  return outer ?? inner ?? false;
}

function readStopTokens(root: JsonFields, text: JsonFields): number[] {
  const read = (fields: JsonFields) => fields.integers('eos_token_id', tokenId, mostStopTokens);
  return read(root) ?? read(text) ?? [];
}

function firstObject(root: JsonFields, keys: string[]): JsonFields | null {
  const key = keys.find((candidate) => root.value(candidate) instanceof Map);
  return key === undefined ? null : root.object(key);
}

function firstInteger(fields: JsonFields, keys: string[]): number {
  const key = keys.find((candidate) => fields.has(candidate));
  return key === undefined ? 0 : fields.requiredInteger(key, layerCount);
}
