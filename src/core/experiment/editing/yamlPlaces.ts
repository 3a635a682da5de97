/** Where the pieces of a YAML text stand, to the character; the document must keep its source tokens. */
import { isCollection, isMap, isPair, isScalar, isSeq, type CST, type Node, type Pair } from 'yaml';

type SourceToken = CST.SourceToken;

export function isFlow(node: unknown): boolean {
  return isCollection(node) && node.flow === true;
}

/** Whether a node is a mapping or list written in lines of its own. */
export function isBlock(node: unknown): boolean {
  return isCollection(node) && node.flow !== true;
}

/** A value that is not written at all: `key:`. */
export function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1]);
}

/** Column of the keys of a block mapping or the dashes of a block list. */
export function indentOf(node: Node): number {
  return (node.srcToken as { indent?: number } | undefined)?.indent ?? 0;
}

/** Behind the last character of a node, without the blanks and comments that follow it. */
export function endOf(text: string, node: Node): number {
  if (isBlock(node)) {
    const last = (node as { items?: unknown[] }).items?.at(-1);
    if (isPair(last)) return pairEnd(text, last);
    if (isSeq(node) && last) return isEmpty(last as Node) ? lastDash(node) : endOf(text, last as Node);
  }
  let end = node.range![1];
  while (/\s/.test(text[end - 1] ?? '')) end--; // a block scalar's range holds its line end
  return end;
}

function lastDash(node: Node): number {
  const item = (node.srcToken as CST.BlockSequence).items.at(-1)!;
  return tokensEnd(item.start);
}

export function pairStart(pair: Pair): number {
  const first = pair.srcToken?.start.find(isMeaningful);
  return first?.offset ?? (pair.key as Node).range![0];
}

export function pairEnd(text: string, pair: Pair): number {
  const value = pair.value as Node | null;
  return isEmpty(value) ? colonEnd(pair) : endOf(text, value!);
}

/** Behind the colon of a pair, and behind an anchor or tag that nothing follows; behind its key when it has none. */
export function colonEnd(pair: Pair): number {
  const tokens = pair.srcToken?.sep ?? [];
  const meaningful = isEmpty(pair.value as Node | null) ? isMeaningful : isColon;
  return tokens.some(isColon) ? tokensEnd(tokens.filter(meaningful)) : (pair.key as Node).range![1];
}

export function hasColon(pair: Pair): boolean {
  return pair.srcToken?.sep?.some(isColon) ?? false;
}

/** The comment behind a key on its own line ends here; where there is none, undefined. */
export function keyCommentEnd(pair: Pair): number | undefined {
  const tokens = pair.srcToken?.sep ?? [];
  const line = tokens.slice(
    0,
    tokens.findIndex(({ type }) => type === 'newline'),
  );
  const comment = line.find(({ type }) => type === 'comment');
  return comment && comment.offset + comment.source.length;
}

/** The value's anchor and tag begin here, or the value itself. */
export function valueStart(pair: Pair): number {
  const tokens = pair.srcToken?.sep ?? [];
  const props = tokens.slice(tokens.findIndex(isColon) + 1).find(isMeaningful);
  return props?.offset ?? (pair.value as Node).range![0];
}

/** The pair of a mapping with a key; numbers and texts are the same key. */
export function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => keyOf(pair) === key) : undefined;
}

export function keyOf(pair: Pair): string | null {
  return isScalar(pair.key) ? String(pair.key.value) : null;
}

function isColon({ type }: SourceToken): boolean {
  return type === 'map-value-ind';
}

function isMeaningful({ type }: SourceToken): boolean {
  return type !== 'space' && type !== 'newline' && type !== 'comment' && type !== 'comma';
}

function tokensEnd(tokens: readonly SourceToken[]): number {
  const { offset, source } = tokens.findLast(isMeaningful)!;
  return offset + source.length;
}
