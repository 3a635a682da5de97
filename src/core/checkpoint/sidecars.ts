/** A checkpoint's other files, as far as running it needs them. All are bounded and none leads out of the folder. */
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { readSmallFile, readTextFile } from '../files/containedFile';
import { listFolder } from '../files/listFolder';
import { JsonFields } from './jsonFields';
import { JsonScanner } from './jsonScanner';
import { preprocessorSettings } from './preprocessorConfig';
import type { JsonValue } from './strictJson';

/** Bytes. */
const smallLimit = 10e6;
/** Bytes; the tokenizers of models with a quarter of a million tokens take a third of it. */
const tokenizerLimit = 100e6;
const tokenId = { min: 0, max: 2 ** 31 - 1 };

const names = {
  generation: 'generation_config.json',
  preprocessor: 'preprocessor_config.json',
  processor: 'processor_config.json',
  template: 'chat_template.jinja',
  templateJson: 'chat_template.json',
  tokenizer: 'tokenizer.json',
  tokenizerConfig: 'tokenizer_config.json',
} as const;

/** Paths of the files, beside the weights, that decide what a model says: those of them that the folder has. */
export async function sidecarFiles(directory: string): Promise<string[]> {
  const there = await namesIn(directory);
  return ['config.json', ...Object.values(names)]
    .filter((name) => there.has(name))
    .map((name) => path.join(directory, name));
}

/** `eosTokenIds` is null where generation_config.json is not there or has none. @throws InputError when malformed */
export async function readGenerationConfig(directory: string): Promise<{ eosTokenIds: readonly number[] | null }> {
  const fields = await readFields(directory, names.generation);
  return { eosTokenIds: fields?.integers('eos_token_id', tokenId, 1000) ?? null };
}

/**
 * How images are prepared. As in transformers, the `image_processor` of processor_config.json wins over
 * preprocessor_config.json.
 * @throws InputError when neither is there, or they ask for what the image processor cannot do
 */
export async function readPreprocessorConfig(directory: string): Promise<ReturnType<typeof preprocessorSettings>> {
  const settings = await findPreprocessorConfig(directory);
  if (settings) return settings;
  throw new InputError(`${directory} has no ${names.preprocessor}`, 'Copy it from the base model.');
}

/** As {@link readPreprocessorConfig}, null where there is none. */
export async function findPreprocessorConfig(
  directory: string,
): Promise<ReturnType<typeof preprocessorSettings> | null> {
  const nested = (await readFields(directory, names.processor))?.object('image_processor');
  const fields = nested ?? (await readFields(directory, names.preprocessor));
  return fields && preprocessorSettings(fields);
}

/** A chat template and the file that it stands in. */
export interface ChatTemplateText {
  readonly file: string;
  readonly text: string;
}

/**
 * The chat template: chat_template.jinja, else chat_template.json, else the one in tokenizer_config.json.
 * @throws InputError when there is none
 */
export async function readChatTemplate(directory: string): Promise<ChatTemplateText> {
  const template = await findChatTemplate(directory);
  if (template) return template;
  throw new InputError(`${directory} has no chat template`, `Copy ${names.template} from the base model.`);
}

/** As {@link readChatTemplate}, null where there is none. */
export async function findChatTemplate(directory: string): Promise<ChatTemplateText | null> {
  if ((await namesIn(directory)).has(names.template)) {
    const file = path.join(directory, names.template);
    return { file, text: await readTextFile(file, { within: directory, limit: smallLimit }) };
  }
  for (const name of [names.templateJson, names.tokenizerConfig]) {
    const fields = await readFields(directory, name);
    if (fields?.has('chat_template')) return { file: path.join(directory, name), text: defaultTemplate(fields) };
  }
  return null;
}

/** tokenizer.json and tokenizer_config.json as JavaScript objects. */
export interface TokenizerFiles {
  /** The path of tokenizer.json. */
  readonly file: string;
  readonly json: object;
  /** Empty where tokenizer_config.json is not there. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** @throws InputError when tokenizer.json is missing, or a file is no JSON object */
export async function readTokenizerFiles(directory: string): Promise<TokenizerFiles> {
  const there = await namesIn(directory);
  if (!there.has(names.tokenizer)) {
    throw new InputError(
      `${directory} has no ${names.tokenizer}`,
      'Save the tokenizer again with a current version of transformers, or copy the file from the base model.',
    );
  }
  const [json, config] = await Promise.all([
    readObject(directory, names.tokenizer),
    there.has(names.tokenizerConfig) ? readObject(directory, names.tokenizerConfig) : {},
  ]);
  return { file: path.join(directory, names.tokenizer), json, config };
}

/** Names in the folder; a link that leads nowhere is there, so that it is an error and not a missing file. */
async function namesIn(directory: string): Promise<ReadonlySet<string>> {
  return new Set((await listFolder(directory)).map(({ name }) => name));
}

async function readFields(directory: string, name: string): Promise<JsonFields | null> {
  if (!(await namesIn(directory)).has(name)) return null;
  return JsonFields.read(path.join(directory, name), { within: directory, limit: smallLimit });
}

/** An object as libraries want it. The strict reader goes over it first: it refuses what JSON.parse would guess at. */
async function readObject(directory: string, name: string): Promise<Record<string, unknown>> {
  const file = path.join(directory, name);
  const bytes = await readSmallFile(file, { within: directory, limit: tokenizerLimit });
  const scanner = new JsonScanner(file, bytes);
  scanner.expect('object', 'the file');
  scanner.skip();
  scanner.end();
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}

/** A template, or the one named `default` of a list of `{name, template}`. */
function defaultTemplate(fields: JsonFields): string {
  const value = fields.value('chat_template');
  if (typeof value === 'string') return value;
  const list: readonly JsonValue[] = Array.isArray(value) ? (value as JsonValue[]) : [];
  for (const item of list) {
    const template = item instanceof Map && item.get('name') === 'default' ? (item.get('template') as unknown) : null;
    if (typeof template === 'string') return template;
  }
  return fields.refuse('chat_template', 'a template or a list with one named "default"');
}
