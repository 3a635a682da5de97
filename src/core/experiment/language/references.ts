import type { Document } from 'yaml';
import type { ValueMeaning } from '../schema';
import { nodeAt } from './cursor';
import { meaningfulTexts } from './meaningfulTexts';
import { outlineOf, type OutlineEntry, type TextRange } from './outline';

const names: readonly (ValueMeaning | undefined)[] = ['checkpoint', 'checkpointOrHybrid', 'hybrid'];

/** The checkpoint or hybrid whose name stands at an offset: where it is made, and where it is used. */
export interface Named {
  readonly entry: OutlineEntry;
  readonly uses: readonly TextRange[];
}

export function namedAt(document: Document, offset: number): Named | null {
  const node = nodeAt(document, offset);
  if (!node) return null;
  const { checkpoints, hybrids } = outlineOf(document);
  const entry = [...checkpoints, ...hybrids].find(({ name }) => name === node.text);
  if (!entry) return null;
  const texts = meaningfulTexts(document).filter(({ text, meaning }) => text === entry.name && names.includes(meaning));
  const uses = texts.map(({ at }) => at);
  const isHere = [entry.at, ...uses].some(({ from }) => from === node.from);
  return isHere ? { entry, uses } : null;
}
