import { describeError, InputError } from '../../shared/errors';
import { quoteName } from './quoteName';
import type { SidecarDifference } from './sidecarDifference';
import type { TokenizerFacts } from './sidecarFacts';
import { cannotCombine, changesAnswers, harmless, shownText, type SidecarRule } from './sidecarStatement';
import type { AddedToken, Fingerprint, TokenizerDigest } from './tokenizerDigest';

const file = 'tokenizer.json';
const shownTokens = 5;

// The same id is another word: embeddings and head of one donor make nonsense of the other's layers.
const vocabulary = cannotCombine('The same token ids stand for other texts.');
const merges = cannotCombine('The same text becomes other tokens.');
const otherIds = cannotCombine('An added token has another id, or an id another added token.');
const extra = changesAnswers('These added tokens are known to some of the checkpoints only.');
const otherTraits = changesAnswers('Added tokens are matched, or left out of answers, otherwise.');

const settingRules: readonly (readonly [RegExp, SidecarRule])[] = [
  [/^model\.vocab$/, vocabulary],
  [/^(normalizer|pre_tokenizer|model\..*)$/, changesAnswers('The same text may become other tokens.')],
  [/^decoder$/, changesAnswers('The same tokens may become other text.')],
  [/^(truncation|padding|post_processor)$/, harmless('Nothing is cut off, padded or added to prompts here.')],
];

interface Named<T> {
  readonly name: string;
  readonly own: T;
}

/** Compares tokenizers, and looks into them only where their bytes differ. */
export async function tokenizerDifferences(
  folders: readonly Named<TokenizerFacts | null>[],
): Promise<SidecarDifference[]> {
  const there = folders.flatMap(({ name, own }) => (own ? [{ name, own }] : []));
  if (there.length === 0) return [];
  const found: SidecarDifference[] = [];
  if (there.length < folders.length) {
    const values = Object.fromEntries(folders.map(({ name, own }) => [name, own?.files.join(', ') ?? null]));
    const rule = changesAnswers('A checkpoint without a tokenizer cannot be asked anything.');
    found.push({ file, field: null, ...rule, values });
  }
  if (new Set(there.map(({ own }) => own.sha256)).size <= 1) return found;
  const digests: Named<TokenizerDigest>[] = [];
  const unreadable = new Map<string, string>();
  const bySha = new Map<string, TokenizerFacts>();
  for (const { name, own } of there) {
    const equal = bySha.get(own.sha256) ?? own;
    bySha.set(own.sha256, equal);
    try {
      digests.push({ name, own: await equal.digest() });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.set(name, describeError(error));
    }
  }
  if (unreadable.size > 0) {
    const values = Object.fromEntries(there.map(({ name }) => [name, unreadable.get(name) ?? 'can be read']));
    const rule = changesAnswers('Their bytes differ, and what that changes is not known.');
    found.push({ file, field: null, ...rule, values });
  }
  return [...found, ...compareDigests(digests)];
}

function compareDigests(folders: readonly Named<TokenizerDigest>[]): SidecarDifference[] {
  const texts = (field: string, rule: SidecarRule, textOf: (own: TokenizerDigest) => string | null) => {
    const values = folders.map(({ name, own }) => [name, textOf(own)] as const);
    if (new Set(values.map(([, text]) => text)).size <= 1) return [];
    const shown = values.map(([name, text]) => [name, text === null ? null : shownText(text)]);
    return [{ file, field, ...rule, values: Object.fromEntries(shown) as SidecarDifference['values'] }];
  };
  const settings = new Set(folders.flatMap(({ own }) => [...(own.settings?.keys() ?? [])]));
  const withSettings = folders.every(({ own }) => own.settings !== null);
  return [
    ...texts('model.vocab', vocabulary, ({ vocabulary: own }) => shownFingerprint(own, 'tokens')),
    ...texts('model.merges', merges, ({ merges: own }) => shownFingerprint(own, 'merges')),
    ...addedDifferences(folders),
    // vocab.json and merges.txt do not say how text is cut up; the class that reads them knows.
    ...(withSettings ? [...settings] : []).flatMap((name) => {
      const rule = settingRules.find(([pattern]) => pattern.test(name))?.[1];
      return texts(name, rule ?? harmless('It is not read.'), ({ settings: own }) => own?.get(name) ?? null);
    }),
  ];
}

function addedDifferences(folders: readonly Named<TokenizerDigest>[]): SidecarDifference[] {
  const contentOf = new Map<number, string>();
  const tokenOf = new Map<string, AddedToken>();
  const conflicts = new Set<string>();
  const traits = new Set<string>();
  const owners = new Map<string, number>();
  for (const { own } of folders) {
    for (const token of own.added) {
      const first = tokenOf.get(token.content) ?? token;
      const known = contentOf.get(token.id) ?? token.content;
      if (first.id !== token.id) conflicts.add(token.content);
      if (known !== token.content) conflicts.add(token.content).add(known);
      if (first.traits.join() !== token.traits.join()) traits.add(token.content);
      tokenOf.set(token.content, first);
      contentOf.set(token.id, known);
      owners.set(token.content, (owners.get(token.content) ?? 0) + 1);
    }
  }
  const some = new Set([...owners].filter(([, count]) => count < folders.length).map(([content]) => content));
  for (const content of conflicts) some.delete(content);
  const difference = (
    field: string,
    rule: SidecarRule,
    contents: ReadonlySet<string>,
    show: (token: AddedToken) => string,
  ): SidecarDifference[] => {
    if (contents.size === 0) return [];
    const values = folders.map(({ name, own }) => {
      return [name, listed(own.added.filter(({ content }) => contents.has(content)).map(show))] as const;
    });
    return [{ file, field, ...rule, values: Object.fromEntries(values) }];
  };
  return [
    ...difference('added_tokens.id', otherIds, conflicts, ({ id, content }) => `${quoteName(content)} ${id}`),
    ...difference('added_tokens', extra, some, ({ content }) => quoteName(content)),
    ...difference('added_tokens.traits', otherTraits, traits, ({ content, traits: own }) => {
      return `${quoteName(content)} ${own.join(' and ') || 'plain'}`;
    }),
  ];
}

function shownFingerprint({ count, sha256 }: Fingerprint, what: string): string {
  return `${count} ${what}, SHA-256 ${sha256.slice(0, 12)}`;
}

function listed(tokens: readonly string[]): string | null {
  if (tokens.length === 0) return null;
  const more = tokens.length - shownTokens;
  return tokens.slice(0, shownTokens).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
