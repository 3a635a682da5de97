import { isAlias, isMap, isScalar, isSeq, type Document, type Node } from 'yaml';
import type { FilePath } from './experimentFile';
import { meaningAt } from './schemaPaths';

/** A place where a file uses a name. */
export interface NameUse {
  readonly path: FilePath;
  /** The text, or the alias that stands for it. */
  readonly node: Node;
}

/** Where an experiment file uses a hybrid, aliases followed, in the order of the file. */
export function hybridUses(document: Document, name: string): NameUse[] {
  const uses: NameUse[] = [];
  const walk = (node: unknown, path: FilePath): void => {
    const value = isAlias(node) ? node.resolve(document) : node;
    if (isMap(value)) {
      for (const pair of value.items) walk(pair.value, [...path, isScalar(pair.key) ? String(pair.key.value) : '']);
    } else if (isSeq(value)) value.items.forEach((item, i) => walk(item, [...path, i]));
    else if (isScalar(value) && value.value === name) {
      const meaning = meaningAt(path);
      if (meaning === 'hybrid' || meaning === 'checkpointOrHybrid') uses.push({ path, node: node as Node });
    }
  };
  walk(document.contents, []);
  return uses;
}
