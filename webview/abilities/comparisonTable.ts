import type { AbilityComparison } from '../../src/shared/evaluateResults';
import type { ItemFilter } from '../../src/shared/protocol/abilities';
import { phaseTitle } from '../../src/shared/phaseTitles';
import { element, fill, icon } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { pValue, significance, signedPoints } from '../kit/rates';
import { tag } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { axisMarks, forestAxis, rowMarks, type ForestAxis } from './forest';
import type { ComparedAbility } from './pairs';
import { cellText, cellTitles, type Cell } from './transitionWords';
import { abilityTitle } from './wording';

export type OpenItems = (ability: string, filter: ItemFilter) => void;

const plotWidth = 220;
const rowHeight = 25;
const cellOrder: readonly Cell[] = ['TT', 'TF', 'FT', 'FF'];
const letters: Readonly<Record<string, string>> = { T: '✓', F: '✗' };

/** Comparisons in numbers, with their intervals drawn beside them; a count leads to its items. */
export class ComparisonTable {
  readonly element: HTMLElement;
  private readonly head = element('thead');
  private readonly bodies = element('table', { class: 'table comparisons' });
  private shown = '';

  constructor(private readonly onOpen: OpenItems) {
    this.bodies.append(element('caption', { class: 'hidden-text' }, 'Comparisons'), this.head);
    const attributes = { class: 'scroll-box', tabindex: 0, role: 'region', 'aria-label': 'Comparisons' };
    this.element = element('div', attributes, this.bodies);
  }

  update(compared: readonly ComparedAbility[], theme: Theme): void {
    const print = JSON.stringify([compared, theme]);
    if (print === this.shown) return;
    this.shown = print;
    const axis = forestAxis(compared, 0, plotWidth);
    fill(this.head, headRow(axis, theme));
    for (const old of this.bodies.querySelectorAll('tbody')) old.remove();
    this.bodies.append(...compared.map((one) => this.body(one, axis, theme)));
  }

  private body({ ability, comparisons }: ComparedAbility, axis: ForestAxis, theme: Theme): HTMLElement {
    const title = element(
      'th',
      { scope: 'rowgroup', colspan: 7 + cellOrder.length, class: 'ability' },
      abilityTitle(ability),
    );
    return element('tbody', {}, element('tr', {}, title), ...comparisons.map((one) => this.row(one, axis, theme)));
  }

  private row(comparison: AbilityComparison, axis: ForestAxis, theme: Theme): HTMLElement {
    const { a, b, n, difference, low, high, pValue: p, pAdjusted, detectable } = comparison;
    const picture = rowMarks(comparison, axis, { top: 0, height: rowHeight }, theme);
    const differs = pAdjusted < significance;
    const number = (content: string) => element('td', { class: 'number' }, content);
    const points = [
      signedPoints(difference),
      element('span', { class: 'muted' }, ` [${signedPoints(low)}, ${signedPoints(high)}]`),
    ];
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, phaseTitle({ from: a, to: b })),
      number(String(n)),
      element('td', { class: 'forest' }, drawing(tag('g', {}, ...picture), plotWidth, rowHeight, theme.fontFamily)),
      element('td', { class: differs ? 'number differs' : 'number' }, ...points),
      number(bare(p)),
      element(
        'td',
        { class: differs ? 'number differs' : 'number' },
        differs ? icon('pass-filled') : null,
        bare(pAdjusted),
      ),
      number(detectable === null ? 'none' : (100 * detectable).toFixed(1)),
      ...cellOrder.map((cell) => this.transition(comparison, cell)),
    );
  }

  private transition({ ability, a, b, transitions }: AbilityComparison, cell: Cell): HTMLElement {
    const count = transitions[cell];
    if (count === 0) return element('td', { class: 'number muted' }, '0');
    const what = cellText(cell, a, b);
    const name = `${count} ${count === 1 ? 'item' : 'items'}: ${what}, ${abilityTitle(ability)}`;
    const link = element('button', { type: 'button', class: 'link', 'aria-label': name, title: what }, String(count));
    link.addEventListener('click', () => this.onOpen(ability, { kind: 'transition', a, b, cell }));
    return element('td', { class: 'number' }, link);
  }
}

function headRow(axis: ForestAxis, theme: Theme): HTMLElement {
  const column = (title: string, note?: string) => element('th', { scope: 'col', class: 'number', title: note }, title);
  const scale = drawing(tag('g', {}, ...axisMarks(axis, 12, theme)), plotWidth, 16, theme.fontFamily);
  const marks = (cell: Cell) => {
    const text = [...cell].map((letter) => letters[letter]).join('');
    return element(
      'th',
      { scope: 'col', class: 'number cell', title: cellTitles[cell], 'aria-label': cellTitles[cell] },
      text,
    );
  };
  return element(
    'tr',
    {},
    element('th', { scope: 'col' }, 'From → to'),
    column('n', 'Items that both have answered'),
    element('th', { scope: 'col', class: 'forest', 'aria-label': 'Difference, drawn' }, scale),
    column('Points [95 % interval]', 'Percentage points by which the second is right more often'),
    column('p', 'Exact two-sided McNemar; with several samples a sign-flip test'),
    column('Holm p', 'Corrected for all comparisons of the run'),
    column('Detectable', 'The smallest difference, in points, that so many items could have shown at p < 0.05'),
    ...cellOrder.map(marks),
  );
}

function bare(p: number): string {
  return pValue(p).replace(/^p (= )?/, '');
}
