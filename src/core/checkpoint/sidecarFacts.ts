import { createHash } from 'node:crypto';
import path from 'node:path';
import { describeError, InputError } from '../../shared/errors';
import { openRegularFile, readSmallFile, readTextFile } from '../files/containedFile';
import { listFolder } from '../files/listFolder';
import { checkpointStamp } from './checkpointStamp';
import { configStatements } from './configStatements';
import { generationStatements, stopTokenStatement, tokenizerConfigStatements } from './generationStatements';
import { processorFile, processorStatements } from './processorStatements';
import { readConfigFile } from './readConfig';
import { readSideFile } from './sideFile';
import { findChatTemplate, findPreprocessorConfig, readGenerationConfig, type ChatTemplateText } from './sidecars';
import type { SidecarStatement } from './sidecarStatement';
import type { JsonObject } from './strictJson';
import { digestSlowTokenizer, digestTokenizer, type TokenizerDigest } from './tokenizerDigest';

/** What the side files of one folder say. */
export interface SidecarFacts {
  readonly statements: readonly SidecarStatement[];
  /** Which of the files that statements are about are there. */
  readonly files: ReadonlySet<string>;
  /** Null where there is none. */
  readonly template: ChatTemplateText | null;
  /** Null where there is none. */
  readonly tokenizer: TokenizerFacts | null;
  /** Why a file cannot be read, by the file's name. */
  readonly unreadable: ReadonlyMap<string, string>;
}

export interface TokenizerFacts {
  /** Names of the files that it is read from. */
  readonly files: readonly string[];
  /** Of all their bytes: tokenizers that agree in it need no closer look. */
  readonly sha256: string;
  /** What is in them. Takes a moment. @throws InputError when it is malformed or too large */
  digest(): Promise<TokenizerDigest>;
}

/** Bytes: so much of a tokenizer is compared by its hash, */
const hashedLimit = 100e6;
/** and so much is read. The largest ones of the Hub have 35 MB. */
const digestLimit = 48e6;
const hashChunk = 8 << 20;

const sideFiles =
  /^(config|generation_config|preprocessor_config|processor_config|tokenizer|tokenizer_config|vocab)\.json$|^chat_template\.(jinja|json)$|^merges\.txt$/;

/**
 * Reads the side files of a folder. Of a file that cannot be read it is said why; nothing else fails over it.
 * @throws InputError when the folder cannot be read
 */
export async function readSidecarFacts(directory: string): Promise<SidecarFacts> {
  const folder = path.resolve(directory);
  const there = new Set((await listFolder(folder)).map(({ name }) => name));
  const statements: SidecarStatement[] = [];
  const files = new Set<string>();
  const unreadable = new Map<string, string>();
  /** What `work` reads of a file; null where it cannot. */
  const attempt = async <T>(name: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.set(name, withoutFolder(describeError(error), folder));
      return null;
    }
  };
  const state = (name: string, stated: readonly SidecarStatement[]) => {
    files.add(name);
    statements.push(...stated);
  };

  const config = await attempt('config.json', async () => {
    const root = await readSideFile(folder, 'config.json', there);
    if (!root) return null;
    const read = (await readConfigFile(folder)).config;
    state('config.json', configStatements(folder, root, read));
    return read;
  });
  // Stop tokens and image settings are read as config.json asks: where it is broken, they are not known either.
  const isKnown = !unreadable.has('config.json');
  await attempt('generation_config.json', async () => {
    if (!isKnown) return;
    const fields = await readSideFile(folder, 'generation_config.json', there);
    const { eosTokenIds } = await readGenerationConfig(folder);
    if (config) statements.push(...stopTokenStatement(eosTokenIds, config));
    if (fields) state('generation_config.json', generationStatements('generation_config.json', fields));
  });
  await attempt(processorFile, async () => {
    if (!isKnown) return;
    const nested = (await readSideFile(folder, 'processor_config.json', there))?.get('image_processor');
    const fields = nested instanceof Map ? (nested as JsonObject) : await readSideFile(folder, processorFile, there);
    // Other families have settings that the product's own reading would refuse.
    const read = config?.vision ? await findPreprocessorConfig(folder) : null;
    if (fields) state(processorFile, processorStatements(processorFile, fields, read));
  });
  const template = await attempt('chat_template.jinja', () => findChatTemplate(folder));
  const tokenizerConfig = await attempt('tokenizer_config.json', async () => {
    const fields = await readSideFile(folder, 'tokenizer_config.json', there);
    const stated = fields && tokenizerConfigStatements('tokenizer_config.json', fields, template?.text ?? null);
    if (stated) state('tokenizer_config.json', stated);
    return fields;
  });
  const tokenizer = await attempt('tokenizer.json', () => tokenizerFacts(folder, there, tokenizerConfig));
  return { statements, files, template, tokenizer, unreadable };
}

/** Reads side files for those who ask again and again: a folder whose files are untouched is not read. */
export class SidecarFactsReader {
  private readonly known = new Map<string, { stamp: string; facts: Promise<SidecarFacts> }>();

  /** @throws as {@link readSidecarFacts} */
  async read(directory: string): Promise<SidecarFacts> {
    const stamp = await checkpointStamp(directory, sideFiles);
    const known = this.known.get(directory);
    if (known?.stamp === stamp) return known.facts;
    const facts = readSidecarFacts(directory);
    this.known.set(directory, { stamp, facts });
    facts.catch(() => this.known.delete(directory));
    return facts;
  }
}

async function tokenizerFacts(
  directory: string,
  there: ReadonlySet<string>,
  config: JsonObject | null,
): Promise<TokenizerFacts | null> {
  const within = { within: directory };
  const pathOf = (name: string) => path.join(directory, name);
  if (there.has('tokenizer.json')) {
    const file = pathOf('tokenizer.json');
    const digest = once(directory, async () =>
      digestTokenizer(file, await readSmallFile(file, { ...within, limit: digestLimit })),
    );
    return { files: ['tokenizer.json'], sha256: await hashOf(['tokenizer.json'], directory), digest };
  }
  const files = ['vocab.json', 'merges.txt'];
  if (!files.every((name) => there.has(name))) return null;
  const decoder = config?.get('added_tokens_decoder');
  const digest = once(directory, async () => {
    const file = pathOf('vocab.json');
    const bytes = await readSmallFile(file, { ...within, limit: digestLimit });
    const merges = await readTextFile(pathOf('merges.txt'), { ...within, limit: digestLimit });
    return digestSlowTokenizer({ file, bytes }, merges, decoder instanceof Map ? (decoder as JsonObject) : null);
  });
  // The added tokens stand in another file, so equal bytes of these two do not make equal tokenizers.
  const all = there.has('tokenizer_config.json') ? [...files, 'tokenizer_config.json'] : files;
  return { files, sha256: await hashOf(all, directory), digest };
}

async function hashOf(names: readonly string[], directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of names) {
    const file = await openRegularFile(path.join(directory, name), { within: directory });
    try {
      if (file.size > hashedLimit) throw new InputError(`${file.shown} is too large to be a tokenizer`);
      hash.update(`${name} ${file.size}\n`);
      for (let at = 0; at < file.size; at += hashChunk) {
        hash.update(await file.read(at, Math.min(hashChunk, file.size - at)));
      }
    } finally {
      await file.close();
    }
  }
  return hash.digest('hex');
}

/** Does the work when it is first asked for. Messages name the file without its folder. */
function once<T>(directory: string, work: () => Promise<T>): () => Promise<T> {
  const attempt = async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(withoutFolder(describeError(error), directory), undefined, { cause: error });
    }
  };
  let result: Promise<T> | undefined;
  return () => (result ??= attempt());
}

/** A message names its file: the folder is known where it is shown. */
function withoutFolder(message: string, folder: string): string {
  return message.replaceAll(folder + path.sep, '').replaceAll(folder, 'the folder');
}
