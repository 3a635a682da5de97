import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { element, fill, setText } from '../kit/dom';
import { abilityTitle, abilityMeaning, floorSentence } from './wording';

/** Reasons shown of an ability's items at most: a broken data set has thousands. */
const mostReasons = 200;

/** What the scores rest on: what counts, floors, samples, answers cut off, and items that are left out. */
export class Footing {
  readonly element: HTMLElement;
  private readonly facts = element('ul', { class: 'facts muted' });
  private readonly title = element('summary');
  private readonly lists = element('div', {});
  private readonly leftOut = element(
    'details',
    { class: 'left-out', 'aria-label': 'Items left out' },
    this.title,
    this.lists,
  );
  private shown = '';

  constructor() {
    const heading = element('h2', { id: 'footing-heading' }, 'What the scores rest on');
    const attributes = { class: 'footing', 'aria-labelledby': 'footing-heading' };
    this.element = element('section', attributes, heading, this.facts, this.leftOut);
  }

  update(state: AbilitiesState): void {
    const { summary } = state;
    const lines = footingLines(state);
    const print = JSON.stringify([lines, summary.leftOut]);
    if (print === this.shown) return;
    this.shown = print;
    fill(this.facts, ...lines.map((line) => element('li', {}, line)));
    const groups = Object.entries(summary.leftOut).filter(([, items]) => items.length > 0);
    const total = groups.reduce((sum, [, items]) => sum + items.length, 0);
    this.leftOut.hidden = total === 0;
    setText(this.title, `${total} ${total === 1 ? 'item is' : 'items are'} left out`);
    fill(
      this.lists,
      ...groups.flatMap(([ability, items]) => [
        element('h3', {}, `${abilityTitle(ability)}: ${items.length}`),
        element(
          'ul',
          {},
          ...items
            .slice(0, mostReasons)
            .map(({ id, problem }) => element('li', {}, element('span', { class: 'item-id' }, id), ` ${problem}`)),
        ),
        items.length > mostReasons ? element('p', { class: 'muted' }, `and ${items.length - mostReasons} more`) : null,
      ]),
    );
  }
}

function footingLines({ facts, summary }: AbilitiesState): string[] {
  const abilities = Object.keys(facts.abilities).map((ability) => {
    const floor = summary.floors[ability];
    const meaning = abilityMeaning(ability) ?? 'right, as the results that were read say';
    return `${abilityTitle(ability)}: ${meaning}. ${floor ? floorSentence(floor) : ''}`.trim();
  });
  const samples =
    facts.samples === 1
      ? 'One greedy answer per item and setting; intervals are Wilson’s.'
      : `${facts.samples} sampled answers per item and setting: a score is the mean share of right ones, its interval by bootstrap over items.`;
  const cut = Object.entries(summary.truncated).filter(([, count]) => count > 0);
  const truncated =
    cut.length === 0
      ? 'No answer was cut off at its limit.'
      : `Answers cut off at their limit: ${cut.map(([name, count]) => `${name} ${count}`).join(', ')}.`;
  return [...abilities, samples, truncated];
}
