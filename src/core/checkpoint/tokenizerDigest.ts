/** What can be compared of a tokenizer, read token by token so that a hostile file fills no memory. */
import { createHash } from 'node:crypto';
import { JsonScanner } from './jsonScanner';
import { canonicalJson } from './sidecarStatement';
import { parseJson, type JsonObject, type JsonValue } from './strictJson';

/** Many things by how many there are and a hash of them all. */
export interface Fingerprint {
  readonly count: number;
  readonly sha256: string;
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Which of `special`, `lstrip`, `rstrip`, `single_word`, `normalized` it is, in this order. */
  readonly traits: readonly string[];
}

export interface TokenizerDigest {
  /** Tokens and their ids, without the added ones; the order in the file does not matter. */
  readonly vocabulary: Fingerprint;
  readonly merges: Fingerprint;
  readonly added: readonly AddedToken[];
  /** The other settings by dotted name, as canonical JSON; null where the files do not have them (vocab.json). */
  readonly settings: ReadonlyMap<string, string> | null;
}

const traits = ['special', 'lstrip', 'rstrip', 'single_word', 'normalized'];
/** Lines that are hashed at once: one by one they take longer than reading them. */
const linesAtOnce = 4096;
/** Largest vocabularies have a quarter of it. */
const mostTokens = 1 << 20;
/** Qwen has 22. */
const mostAdded = 1 << 16;
/** Characters of a setting that is looked into. */
const longestSetting = 1 << 20;

/** @param file named in errors @throws InputError when it is no tokenizer.json */
export function digestTokenizer(file: string, bytes: Uint8Array): TokenizerDigest {
  const scanner = new JsonScanner(file, bytes, { nonFinite: true });
  const text = new TextDecoder().decode(bytes);
  const setting = (): string => {
    scanner.peek(); // goes to where the value begins
    const start = scanner.position;
    scanner.skip();
    return text.slice(start, scanner.position);
  };
  let tokens = new Map<string, number>();
  let merges: Fingerprint = { count: 0, sha256: '' };
  const added: AddedToken[] = [];
  const settings = new Map<string, string>();
  scanner.object('the file', (key) => {
    if (key === 'added_tokens' && scanner.peek() === 'array') {
      scanner.array(key, () => added.push(readAdded(scanner, added.length)));
    } else if (key === 'model' && scanner.peek() === 'object') {
      scanner.object(key, (inner) => {
        if (inner === 'vocab' && scanner.peek() === 'object') tokens = readTokens(scanner);
        else if (inner === 'merges' && scanner.peek() === 'array') merges = readMerges(scanner);
        else keep(settings, `model.${inner}`, setting(), file);
      });
    } else keep(settings, key, setting(), file);
  });
  scanner.end();
  return { vocabulary: fingerprintOf(tokens, added), merges, added, settings };
}

/**
 * The digest of a tokenizer of the older kind.
 * @param vocabulary vocab.json
 * @param merges merges.txt
 * @param decoder tokenizer_config.json's `added_tokens_decoder`; null where it has none
 */
export function digestSlowTokenizer(
  vocabulary: { readonly file: string; readonly bytes: Uint8Array },
  merges: string,
  decoder: JsonObject | null,
): TokenizerDigest {
  const scanner = new JsonScanner(vocabulary.file, vocabulary.bytes);
  const tokens = readTokens(scanner);
  scanner.end();
  const added = [...(decoder ?? [])].slice(0, mostAdded).flatMap(([id, value]): AddedToken[] => {
    const fields = value instanceof Map ? (value as JsonObject) : null;
    const content = fields?.get('content');
    if (typeof content !== 'string') return [];
    return [{ id: Number(id), content, traits: traits.filter((trait) => fields!.get(trait) === true) }];
  });
  const lines = merges.split(/\r?\n/).filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')));
  const hash = new LineHash();
  for (const line of lines) hash.add(line);
  return { vocabulary: fingerprintOf(tokens, added), merges: hash.end(), added, settings: null };
}

function readTokens(scanner: JsonScanner): Map<string, number> {
  const tokens = new Map<string, number>();
  scanner.object('the vocabulary', (token) => {
    if (tokens.size === mostTokens) scanner.fail(`more than ${mostTokens} tokens`);
    tokens.set(token, scanner.unsignedInteger('the id of a token'));
  });
  return tokens;
}

/** Older files write a merge as a text with a space between its halves, newer ones as a list of the two. */
function readMerges(scanner: JsonScanner): Fingerprint {
  const hash = new LineHash();
  scanner.array('merges', () => {
    if (scanner.peek() !== 'array') return hash.add(scanner.string('a merge'));
    const halves: string[] = [];
    scanner.array('a merge', () => {
      if (halves.length === 2) scanner.fail('a merge of more than two tokens');
      halves.push(scanner.string('half of a merge'));
    });
    return hash.add(halves.join(' '));
  });
  return hash.end();
}

function readAdded(scanner: JsonScanner, index: number): AddedToken {
  if (index === mostAdded) scanner.fail(`more than ${mostAdded} added tokens`);
  let id = -1;
  let content = '';
  const found = new Set<string>();
  scanner.object('an added token', (key) => {
    if (key === 'id') id = scanner.unsignedInteger('the id of an added token');
    else if (key === 'content') content = scanner.string('an added token');
    else if (scanner.peek() === 'true' && traits.includes(key)) {
      scanner.literal('true');
      found.add(key);
    } else scanner.skip();
  });
  return { id, content, traits: traits.filter((trait) => found.has(trait)) };
}

function fingerprintOf(tokens: Map<string, number>, added: readonly AddedToken[]): Fingerprint {
  // Some versions list the added tokens here too, others do not: they are compared for themselves.
  for (const { content } of added) tokens.delete(content);
  const hash = new LineHash();
  const sorted = [...tokens].sort(([a, i], [b, j]) => i - j || (a < b ? -1 : 1));
  for (const [token, id] of sorted) hash.add(`${id} ${token}`);
  return hash.end();
}

/** Many lines as one fingerprint. */
class LineHash {
  private readonly hash = createHash('sha256');
  private waiting: string[] = [];
  private count = 0;

  add(line: string): void {
    this.count++;
    if (this.waiting.push(line) === linesAtOnce) this.flush();
  }

  end(): Fingerprint {
    this.flush();
    return { count: this.count, sha256: this.hash.digest('hex') };
  }

  private flush(): void {
    this.hash.update(`${this.waiting.join('\n')}\n`);
    this.waiting = [];
  }
}

/** What is null, false or empty is what a file means that does not have it. */
function keep(settings: Map<string, string>, name: string, json: string, file: string): void {
  if (json.length > longestSetting) {
    settings.set(name, `SHA-256 ${createHash('sha256').update(json).digest('hex')}`);
    return;
  }
  const value = plainStage(parseJson(file, Buffer.from(json), { nonFinite: true }), name);
  if (value !== null && value !== false && value !== '') settings.set(name, canonicalJson(value));
}

/** Byte-level stages without what has no effect in them, so that files of different versions compare equal. */
function plainStage(value: JsonValue, name: string): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => plainStage(item, name));
  if (!(value instanceof Map)) return value;
  const fields = value as JsonObject;
  if (fields.get('type') !== 'ByteLevel') {
    return new Map([...fields].map(([key, inner]) => [key, plainStage(inner, name)]));
  }
  const kept = new Map<string, JsonValue>([['type', 'ByteLevel']]);
  if (name === 'decoder') return kept;
  kept.set('add_prefix_space', fields.get('add_prefix_space') ?? true);
  return kept.set('use_regex', fields.get('use_regex') ?? true);
}
