/** What anchors mark and aliases repeat. */
import { isAlias, isCollection, isScalar, visit, type Alias, type Document, type Node } from 'yaml';
import { aliasLimit } from '../experimentFile';
import { flowText } from './yamlText';
import type { TextEdit } from './yamlEditor';

/** A node's plain value, aliases followed. */
export function valueOf(document: Document, node: Node): unknown {
  return node.toJS(document, { maxAliasCount: aliasLimit });
}

/** In the order of the text. */
export function aliasesOf(document: Document): Alias[] {
  const found: Alias[] = [];
  visit(document, { Alias: (_, alias) => void found.push(alias) });
  return found;
}

/** Whether another place of the file repeats this very node, or it repeats one. */
export function isRepeated(document: Document, node: Node): boolean {
  if (isAlias(node)) return true;
  const isMarked = (isScalar(node) || isCollection(node)) && node.anchor !== undefined;
  return isMarked && aliasesOf(document).some((alias) => alias.resolve(document) === node);
}

/**
 * Of what goes but is repeated by aliases that stay: the first of them says it from now on.
 * @param gone the ranges of the text that go, half-open
 */
export function rescuedAliases(document: Document, gone: readonly (readonly [number, number])[]): TextEdit[] {
  const goes = (at: number) => gone.some(([from, to]) => at >= from && at < to);
  const rescued: TextEdit[] = [];
  const done = new Set<unknown>();
  for (const alias of aliasesOf(document)) {
    const target = alias.resolve(document);
    if (!target || done.has(target) || goes(alias.range![0]) || !goes(target.range![0])) continue;
    done.add(target);
    const [from, to] = alias.range!;
    rescued.push({ from, to, text: `&${alias.source} ${flowText(valueOf(document, target))}` });
  }
  return rescued;
}
