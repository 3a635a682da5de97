/** What the cells of a table of transitions are called. No DOM. */
import type { ItemFilter } from '../../src/shared/protocol/abilities';
import type { Transitions } from '../../src/shared/evaluateResults';

export type Cell = keyof Transitions;

export const cellTitles: Readonly<Record<Cell, string>> = {
  TT: 'Right by both',
  TF: 'Lost: right by the first, wrong by the second',
  FT: 'Gained: wrong by the first, right by the second',
  FF: 'Wrong by both',
};

/** "in wrong → rl right" */
export function cellText(cell: Cell, a: string, b: string): string {
  const word = (letter: string) => (letter === 'T' ? 'right' : 'wrong');
  return `${a} ${word(cell[0]!)} → ${b} ${word(cell[1]!)}`;
}

/** "Items that in has wrong and rl right" */
export function filterText(filter: ItemFilter): string {
  switch (filter.kind) {
    case 'all':
      return 'All items';
    case 'transition':
      return cellText(filter.cell, filter.a, filter.b);
    case 'verdict':
      return `${filter.checkpoint} ${filter.right ? 'right' : 'wrong'}`;
  }
}
