import { isMap, isScalar, isSeq, type Document } from 'yaml';
import type { FilePath } from '../experimentFile';
import type { ValueMeaning } from '../schema';
import { meaningAt } from '../schemaPaths';
import { rangeOf, type TextRange } from './outline';

/** A text of the file that stands for something: a path, or a name. */
export interface MeaningfulText {
  readonly path: FilePath;
  readonly text: string;
  readonly meaning: ValueMeaning;
  readonly at: TextRange;
}

/** Every text of the file whose meaning the schema knows, in file order. */
export function meaningfulTexts(document: Document): MeaningfulText[] {
  const found: MeaningfulText[] = [];
  const walk = (node: unknown, path: FilePath): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) walk(value, [...path, isScalar(key) ? String(key.value) : '']);
    } else if (isSeq(node)) node.items.forEach((item, i) => walk(item, [...path, i]));
    else if (isScalar(node) && typeof node.value === 'string' && node.value !== '') {
      const meaning = meaningAt(path);
      if (meaning) found.push({ path, text: node.value, meaning, at: rangeOf(node) });
    }
  };
  walk(document.contents, []);
  return found;
}
