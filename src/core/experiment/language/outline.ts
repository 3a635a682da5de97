/** What an experiment file consists of, with positions; also of a file that has errors, as far as it can be read. */
import { isMap, isPair, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml';
import { stepKinds, type StepKind } from '../schema';

/** Offsets into the text, half-open. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** A checkpoint or hybrid. */
export interface OutlineEntry {
  readonly name: string;
  /** The name. */
  readonly at: TextRange;
  /** The whole entry. */
  readonly range: TextRange;
}

export interface OutlineCheckpoint extends OutlineEntry {
  /** As it is written; null when there is none. */
  readonly folder: { readonly text: string; readonly at: TextRange } | null;
}

export interface OutlineStep {
  readonly kind: StepKind;
  /** Place in the list, from 0. */
  readonly index: number;
  /** Null when it has none yet. */
  readonly id: string | null;
  /** The id, or the kind where there is none. */
  readonly at: TextRange;
  readonly range: TextRange;
}

export interface Outline {
  readonly checkpoints: readonly OutlineCheckpoint[];
  readonly hybrids: readonly OutlineEntry[];
  readonly steps: readonly OutlineStep[];
}

/** Reads the outline of a document, however broken. */
export function outlineOf(document: Document): Outline {
  const root = document.contents;
  const steps = valueOf(root, 'steps');
  return {
    checkpoints: entriesOf(valueOf(root, 'checkpoints')).map(({ pair, ...entry }) => ({
      ...entry,
      folder: folderOf(pair),
    })),
    hybrids: entriesOf(valueOf(root, 'hybrids')).map(({ name, at, range }) => ({ name, at, range })),
    steps: isSeq(steps) ? steps.items.flatMap(stepOf) : [],
  };
}

/** The value of a key of a mapping; undefined when it has none or is no mapping. */
export function valueOf(node: unknown, key: string): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  return (pair?.value ?? undefined) as Node | undefined;
}

export function rangeOf(node: Node): TextRange {
  const [from, to] = node.range ?? [0, 0];
  return { from, to };
}

function entriesOf(node: unknown): (OutlineEntry & { pair: Pair })[] {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => {
    const name = textOf(pair.key);
    if (name === null) return [];
    const at = rangeOf(pair.key as Node);
    return [{ name, at, range: { from: at.from, to: endOf(pair, at.to) }, pair }];
  });
}

function folderOf({ value }: Pair): OutlineCheckpoint['folder'] {
  const node = isMap(value) ? valueOf(value, 'path') : value;
  const text = textOf(node);
  return text ? { text, at: rangeOf(node as Node) } : null;
}

function stepOf(item: unknown, index: number): OutlineStep[] {
  const pair = (isMap(item) ? (item as YAMLMap).items : []).find(({ key }) => isKind(textOf(key)));
  if (!pair || !isPair(pair)) return [];
  const key = rangeOf(pair.key as Node);
  const id = valueOf(pair.value, 'id');
  const text = textOf(id);
  const at = text ? rangeOf(id!) : key;
  const range = { from: key.from, to: endOf(pair, key.to) };
  return [{ kind: textOf(pair.key) as StepKind, index, id: text || null, at, range }];
}

function isKind(text: string | null): boolean {
  return (stepKinds as readonly (string | null)[]).includes(text);
}

function textOf(node: unknown): string | null {
  if (!isScalar(node) || node.value === null || node.value === undefined) return null;
  return String(node.value);
}

function endOf({ value }: Pair, otherwise: number): number {
  return Math.max(otherwise, (value as Node | null)?.range?.[1] ?? otherwise);
}
