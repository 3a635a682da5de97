import type { AbilitiesState, ItemFilter } from '../../src/shared/protocol/abilities';
import { searchBox, select, setChoices } from '../kit/controls';
import { element, fill } from '../kit/dom';
import { Selector } from '../kit/selector';
import {
  isSameFilter,
  listedAbility,
  offeredPair,
  offeredVerdicts,
  transitionFilters,
  usableFilter,
  verdictFilters,
  type OfferedFilter,
} from './itemChoice';
import type { AbilitiesModel } from './model';
import { abilitiesIn } from './scores';
import { filterText } from './transitionWords';
import { abilityTitle } from './wording';

/** Which items are listed: of an ability, by what two checkpoints or one made of them, by a word. */
export class ItemChooser {
  readonly element: HTMLElement;
  private readonly ability: Selector;
  private readonly search: HTMLInputElement;
  private readonly before = this.pairSelect('Checkpoint before', 0);
  private readonly after = this.pairSelect('Checkpoint after', 1);
  private readonly judged = select({ label: 'Checkpoint judged', onChange: (judged) => this.judge(judged) });
  private readonly all = element('div', { class: 'chips' });
  private readonly transitions = element('div', { class: 'chips' });
  private readonly verdicts = element('div', { class: 'chips' });
  private readonly pairRow: HTMLElement;
  private shown = '';

  constructor(private readonly model: AbilitiesModel) {
    this.ability = new Selector('Ability', (ability) => model.change({ ability, page: 0, item: null }));
    this.search = searchBox({
      label: 'Search ids, questions, answers',
      onInput: (search) => model.change({ search, page: 0, item: null }),
    });
    const row = (...parts: readonly (Node | string)[]) => element('div', { class: 'filter-row' }, ...parts);
    const label = (text: string) => element('span', { class: 'muted', 'aria-hidden': 'true' }, text);
    this.pairRow = row(this.before, label('→'), this.after, this.transitions);
    this.element = element(
      'div',
      { class: 'item-chooser', role: 'group', 'aria-label': 'Items to show' },
      row(this.ability.element, this.search, this.all),
      this.pairRow,
      row(this.judged, this.verdicts),
    );
  }

  update(state: AbilitiesState): void {
    const { view } = this.model;
    const ability = listedAbility(state, view);
    if (ability === undefined) return;
    const names = state.checkpoints.map(({ name }) => ({ value: name, label: name }));
    const pair = offeredPair(state, view);
    const judged = offeredVerdicts(state, view);
    this.ability.offer(
      abilitiesIn(state).map((one) => ({ value: one, label: abilityTitle(one) })),
      ability,
    );
    if (this.search.value !== view.search) this.search.value = view.search;
    this.pairRow.hidden = pair === null;
    if (pair) {
      setChoices(this.before, names, pair[0]);
      setChoices(this.after, names, pair[1]);
    }
    setChoices(this.judged, names, judged);
    const groups = [
      [{ filter: { kind: 'all' }, count: null }],
      pair ? transitionFilters(state, ability, pair) : [],
      verdictFilters(state, ability, judged),
    ] satisfies OfferedFilter[][];
    this.showChips(groups, usableFilter(state, view));
  }

  private showChips(groups: readonly (readonly OfferedFilter[])[], chosen: ItemFilter): void {
    const print = JSON.stringify([groups, chosen]);
    if (print === this.shown) return;
    this.shown = print;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['filter'];
    [this.all, this.transitions, this.verdicts].forEach((box, i) => {
      fill(box, ...groups[i]!.map((offered) => this.chip(offered, chosen)));
    });
    // Chips are built anew: the one pressed keeps the focus.
    if (focused !== undefined)
      this.element.querySelector<HTMLElement>(`[data-filter='${CSS.escape(focused)}']`)?.focus();
  }

  private chip({ filter, count }: OfferedFilter, chosen: ItemFilter): HTMLElement {
    const node = element(
      'button',
      {
        type: 'button',
        class: 'chip',
        'aria-pressed': String(isSameFilter(filter, chosen)),
        'data-filter': JSON.stringify(filter),
      },
      filterText(filter),
      count === null ? null : element('span', { class: 'count' }, String(count)),
    );
    node.addEventListener('click', () => this.choose(filter));
    return node;
  }

  private choose(filter: ItemFilter): void {
    this.model.change({ filter, page: 0, item: null });
  }

  private pairSelect(label: string, at: 0 | 1): HTMLElement {
    return select({
      label,
      onChange: (name) => {
        const { state, view } = this.model;
        const known = state && offeredPair(state, view);
        if (!known) return;
        const pair = (at === 0 ? [name, known[1]] : [known[0], name]) as readonly [string, string];
        const { filter } = view;
        const followed = filter.kind === 'transition' ? { ...filter, a: pair[0], b: pair[1] } : filter;
        this.model.change({ pair, filter: followed, page: 0, item: null });
      },
    });
  }

  private judge(judged: string): void {
    const { filter } = this.model.view;
    const followed = filter.kind === 'verdict' ? { ...filter, checkpoint: judged } : filter;
    this.model.change({ judged, filter: followed, page: 0, item: null });
  }
}
