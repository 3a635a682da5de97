/** What the side files of checkpoints disagree about: config, chat template, tokenizer, processor, generation. */
import type { SidecarDifference } from './sidecarDifference';
import { readSidecarFacts, type SidecarFacts } from './sidecarFacts';
import { changesAnswers, harmless, type SidecarRule, type SidecarStatement } from './sidecarStatement';
import type { SidecarSeverity } from './sidecarStatement';
import { templateDifferences } from './templateDifferences';
import { tokenizerDifferences } from './tokenizerDifferences';

interface NamedFacts {
  readonly name: string;
  readonly facts: SidecarFacts;
}

const order: readonly SidecarSeverity[] = ['cannotCombine', 'changesAnswers', 'harmless'];

/** What it means that a folder has no such file while another one has. */
const absent: Readonly<Record<string, SidecarRule>> = {
  'config.json': changesAnswers('Without it nothing is known of the model.'),
  'preprocessor_config.json': changesAnswers('Without it images cannot be prepared.'),
  'generation_config.json': harmless('Without it the stop tokens of config.json hold.'),
  'tokenizer_config.json': harmless('Without it what the tokenizer itself says holds.'),
};
const unknown = changesAnswers('It cannot be read, so what it changes is not known.');

/**
 * Compares the side files of folders; the gravest differences come first. Files that cannot be read are differences.
 * @param folders two or more, each name once
 * @param read how the files are read; a `SidecarFactsReader` remembers them
 * @throws InputError when a folder cannot be read
 */
export async function sidecarDifferences(
  folders: readonly { readonly name: string; readonly directory: string }[],
  read: (directory: string) => Promise<SidecarFacts> = readSidecarFacts,
): Promise<SidecarDifference[]> {
  const all = await Promise.all(
    folders.map(async ({ name, directory }): Promise<NamedFacts> => ({ name, facts: await read(directory) })),
  );
  const readable = (file: string) => all.filter(({ facts }) => !facts.unreadable.has(file));
  const tokenizers = readable('tokenizer.json').map(({ name, facts }) => ({ name, own: facts.tokenizer }));
  const templates = readable('chat_template.jinja').map(({ name, facts }) => ({ name, template: facts.template }));
  const found = [
    ...unreadableFiles(all),
    ...absentFiles(all),
    ...fieldDifferences(all),
    ...templateDifferences(templates),
    ...(await tokenizerDifferences(tokenizers)),
  ];
  return found.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

function unreadableFiles(all: readonly NamedFacts[]): SidecarDifference[] {
  const files = new Set(all.flatMap(({ facts }) => [...facts.unreadable.keys()]));
  return [...files].map((file) => {
    const values = all.map(({ name, facts }) => [name, facts.unreadable.get(file) ?? 'can be read'] as const);
    return { file, field: null, ...unknown, values: Object.fromEntries(values) };
  });
}

/** Whether it is known what the file says. */
function isKnown({ unreadable }: SidecarFacts, file: string): boolean {
  return !unreadable.has(file) && (file === 'tokenizer_config.json' || !unreadable.has('config.json'));
}

function absentFiles(all: readonly NamedFacts[]): SidecarDifference[] {
  return Object.entries(absent).flatMap(([file, rule]) => {
    const readable = all.filter(({ facts }) => isKnown(facts, file));
    const having = readable.filter(({ facts }) => facts.files.has(file));
    if (having.length === 0 || having.length === readable.length) return [];
    const values = readable.map(({ name, facts }) => [name, facts.files.has(file) ? 'there' : null] as const);
    return [{ file, field: null, ...rule, values: Object.fromEntries(values) }];
  });
}

function fieldDifferences(all: readonly NamedFacts[]): SidecarDifference[] {
  const keyOf = ({ file, field }: SidecarStatement) => `${file}\n${field}`;
  const byKey = all.map(({ facts }) => new Map(facts.statements.map((own) => [keyOf(own), own])));
  const keys = new Set(byKey.flatMap((own) => [...own.keys()]));
  return [...keys].flatMap((key) => {
    const first = byKey.find((own) => own.has(key))!.get(key)!;
    const comparable = all.flatMap(({ name, facts }, i) => {
      const own = byKey[i]!.get(key) ?? null;
      // That a file is not there is said once, not field by field.
      return own || facts.files.has(first.file) ? [{ name, own }] : [];
    });
    if (new Set(comparable.map(({ own }) => own?.compared)).size <= 1) return [];
    const stated = comparable.flatMap(({ own }) => own ?? []);
    const { file, field, severity, meaning } = stated.sort(
      (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity),
    )[0]!;
    const values = Object.fromEntries(comparable.map(({ name, own }) => [name, own?.shown ?? null]));
    return [{ file, field, severity, values, meaning }];
  });
}
