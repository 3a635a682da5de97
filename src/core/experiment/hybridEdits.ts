/** Changes of an experiment file's hybrids and steps that leave everything else in it as it is, to the byte. Pure. */
import { isAlias, isMap, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import { InputError } from '../../shared/errors';
import { aliasesOf } from './editing/aliases';
import { sameValue } from './editing/values';
import { YamlEditor, type TextEdit } from './editing/yamlEditor';
import { colonEnd, pairOf, pairStart } from './editing/yamlPlaces';
import { yamlText } from './editing/yamlText';
import { kindOf, optionsOf, parseExperiment } from './experimentFile';
import { hybridUses } from './hybridUses';
import type { HybridSpec, Step } from './schema';

export type { TextEdit } from './editing/yamlEditor';

interface PlainFile {
  readonly checkpoints?: Readonly<Record<string, unknown>>;
  readonly hybrids?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly Readonly<Record<string, { readonly id?: unknown }>>[];
}

/**
 * Adds a hybrid, or changes what of it differs; `hybrids:` is made before `steps:` where it is missing.
 * @throws InputError for a file that is no well-formed YAML mapping, and for the name of a checkpoint
 */
export function setHybrid(text: string, name: string, spec: HybridSpec): TextEdit[] {
  const { editor, root, content } = open(text);
  if (name === '') throw new InputError('a hybrid needs a name');
  if (Object.hasOwn(content.checkpoints ?? {}, name)) throw new InputError(`"${name}" is the name of a checkpoint`);
  const pair = pairOf(root, 'hybrids');
  const steps = pairOf(root, 'steps');
  if (pair && isMap(pair.value) && pair.value.items.length > 0) editor.set(pair.value, name, spec, 1);
  else if (pair || !steps) editor.set(root, 'hybrids', { [name]: spec }, 2);
  else editor.insertBefore(root, steps, ['hybrids', { [name]: spec }], 2);
  return checked(text, editor, { ...content, hybrids: { ...content.hybrids, [name]: spec } });
}

/**
 * Gives a hybrid another name, also wherever the file uses it.
 * @throws InputError when there is no such hybrid, or the new name is taken
 */
export function renameHybrid(text: string, from: string, to: string): TextEdit[] {
  const { editor, root, content } = open(text);
  const hybrids = content.hybrids ?? {};
  if (!Object.hasOwn(hybrids, from)) throw new InputError(`there is no hybrid "${from}"`);
  if (from === to) return [];
  if (to === '') throw new InputError('a hybrid needs a name');
  for (const [what, names] of [
    ['hybrid', hybrids],
    ['checkpoint', content.checkpoints ?? {}],
  ] as const) {
    if (Object.hasOwn(names, to)) throw new InputError(`there is a ${what} "${to}" already`, 'Choose another name.');
  }
  const key = pairOf(pairOf(root, 'hybrids')!.value, from)!.key as Node;
  const uses = hybridUses(editor.document, from);
  retextAll(editor, new Set([key, ...uses.map(({ node }) => node)]), from, to);
  const renamed = Object.fromEntries(Object.entries(hybrids).map(([name, spec]) => [name === from ? to : name, spec]));
  const expected = uses.reduce<unknown>((file, { path }) => withText(file, path, to), { ...content, hybrids: renamed });
  return checked(text, editor, expected);
}

/**
 * Takes a hybrid out of the file.
 * @throws InputError when there is none of that name, or a step uses it
 */
export function removeHybrid(text: string, name: string): TextEdit[] {
  const { editor, root, content } = open(text);
  if (!Object.hasOwn(content.hybrids ?? {}, name)) throw new InputError(`there is no hybrid "${name}"`);
  const [use] = hybridUses(editor.document, name);
  if (use) throw new InputError(`the hybrid "${name}" is used by ${user(content, use.path)}`, 'Change that first.');
  const pair = pairOf(root, 'hybrids')!;
  const hybrids = pair.value as YAMLMap;
  const own = pairOf(hybrids, name)!;
  const left = Object.fromEntries(Object.entries(content.hybrids!).filter(([other]) => other !== name));
  if (hybrids.items.length > 1) editor.removePair(hybrids, own);
  else if (root.items.length > 1 && !text.slice(colonEnd(pair), pairStart(own)).includes('#'))
    editor.removePair(root, pair);
  else editor.removeOnly(pair, own);
  return checked(text, editor, { ...content, hybrids: left });
}

/**
 * Appends a step; `steps:` is made at the end where it is missing.
 * @throws InputError when another step has its id
 */
export function addStep(text: string, step: Step): TextEdit[] {
  const { editor, root, content } = open(text);
  const { id } = optionsOf(step);
  const ids = (content.steps ?? []).flatMap((other) => Object.values(other ?? {}).map((options) => options?.id));
  if (ids.includes(id)) throw new InputError(`another step has the id "${id}"`, 'Choose another one.');
  const entry = { [kindOf(step)]: optionsOf(step) };
  editor.append(root, 'steps', entry);
  return checked(text, editor, { ...content, steps: [...(content.steps ?? []), entry] });
}

/**
 * Gives an option of a step a value.
 * @throws InputError when no step has the id
 */
export function setStepOption(text: string, id: string, key: string, value: number): TextEdit[] {
  const { editor, root, content } = open(text);
  const steps = content.steps ?? [];
  const index = steps.findIndex((step) => Object.values(step ?? {})[0]?.id === id);
  if (index < 0) throw new InputError(`no step has the id "${id}"`);
  const [kind, options] = Object.entries(steps[index]!)[0]!;
  const node = pairOf((pairOf(root, 'steps')!.value as YAMLSeq).items[index] as Node, kind)!.value as Node;
  editor.set(node, key, value, 0);
  const changed = { [kind]: { ...options, [key]: value } };
  return checked(text, editor, { ...content, steps: steps.map((step, i) => (i === index ? changed : step)) });
}

/** The text with edits applied that do not overlap and stand in its order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return [...edits].reverse().reduce((changed, { from, to, text: put }) => {
    return changed.slice(0, from) + put + changed.slice(to);
  }, text);
}

function open(text: string): { editor: YamlEditor; root: YAMLMap; content: PlainFile } {
  const { document, problems } = parseExperiment(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new InputError(`the file cannot be read: ${problems[0]?.message ?? 'it is no mapping'}`, 'Mend it first.');
  }
  const editor = new YamlEditor(text);
  const root = editor.root as YAMLMap;
  try {
    return { editor, root, content: editor.valueOf(root) as PlainFile };
  } catch {
    throw new InputError(`the file cannot be read: ${problems[0]!.message}`, 'Mend it first.');
  }
}

/** Nothing is handed out that would not read as it should: better no edit than a wrong one. */
function checked(text: string, editor: YamlEditor, expected: unknown): TextEdit[] {
  const edits = editor.edits();
  const after = parseExperiment(applyEdits(text, edits)).document;
  const sound = after.errors.length === 0 && sameValue(normal(after.toJS()), normal(expected));
  if (!sound) throw new InputError('the file is written in a way that cannot be changed here', 'Change it by hand.');
  return edits;
}

/** An empty `hybrids:` is as good as none. */
function normal(file: unknown): unknown {
  const { hybrids, steps, ...others } = file as PlainFile;
  const some = hybrids && Object.keys(hybrids).length > 0;
  return { ...others, ...(some ? { hybrids } : {}), ...(steps && steps.length > 0 ? { steps } : {}) };
}

/** Writes `to` in place of texts, and of aliases that stand for one; whatever else repeats such a text keeps it. */
function retextAll(editor: YamlEditor, nodes: ReadonlySet<Node>, from: string, to: string): void {
  const isText = (node: unknown) => nodes.has(node as Node) && !isAlias(node);
  for (const node of nodes) if (!isAlias(node)) editor.retext(node, yamlText(to));
  for (const alias of aliasesOf(editor.document)) {
    const follows = isText(alias.resolve(editor.document));
    if (follows !== nodes.has(alias)) editor.retext(alias, yamlText(follows ? from : to));
  }
}

function withText(value: unknown, [head, ...rest]: readonly (string | number)[], text: string): unknown {
  if (head === undefined) return text;
  const inner = withText((value as Record<string | number, unknown>)[head], rest, text);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === head ? inner : item));
  return { ...(value as object), [head]: inner };
}

/** `the step "abilities"`, or the hybrid, that a path leads into. */
function user({ steps = [] }: PlainFile, [where, which, kind]: readonly (string | number)[]): string {
  if (where !== 'steps') return `the hybrid "${which}"`;
  const id = steps[Number(which)]?.[String(kind)]?.id;
  return typeof id === 'string' ? `the step "${id}"` : `the ${kind} step number ${Number(which) + 1}`;
}
