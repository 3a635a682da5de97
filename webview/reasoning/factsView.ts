import type { LeftOut } from '../../src/shared/evaluateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { groupBy } from '../../src/shared/groupBy';
import { element, fill, setText } from '../kit/dom';

/** More ids of one problem than are read. The table has all. */
const mostIds = 20;

/** What the numbers rest on: answers cut short, and items that were left out. */
export class FactsView {
  readonly element: HTMLElement;
  private readonly truncated = element('p', { class: 'muted' });
  private readonly summary = element('summary');
  private readonly list = element('ul');
  private readonly leftOut = element(
    'details',
    { class: 'left-out', 'aria-label': 'Items left out' },
    this.summary,
    this.list,
  );
  private shown = '';

  constructor() {
    this.element = element('div', { class: 'facts' }, this.truncated, this.leftOut);
  }

  update({ summary: { truncated, leftOut } }: ReasoningState): void {
    setText(this.truncated, truncatedSentence(truncated));
    this.truncated.hidden = truncated === 0;
    this.leftOut.hidden = leftOut.length === 0;
    const print = JSON.stringify(leftOut);
    if (print === this.shown) return;
    this.shown = print;
    setText(this.summary, `${leftOut.length} ${leftOut.length === 1 ? 'item was' : 'items were'} left out`);
    const problems = [...groupBy(leftOut, ({ problem }) => problem)];
    fill(this.list, ...problems.map(([problem, items]) => element('li', {}, `${problem}: ${listed(items)}`)));
  }
}

function truncatedSentence(count: number): string {
  return count === 1
    ? 'One answer reached its limit of tokens without ending; it is judged as it stands.'
    : `${count} answers reached their limit of tokens without ending; they are judged as they stand.`;
}

function listed(items: readonly LeftOut[]): string {
  const ids = items.map(({ id }) => id);
  const further = ids.length - mostIds;
  return further > 0 ? `${ids.slice(0, mostIds).join(', ')} and ${further} more` : ids.join(', ');
}
