import type {
  AbilitiesHostSurface,
  AbilitiesState,
  AbilityItem,
  ItemsQuery,
} from '../../src/shared/protocol/abilities';
import { button, setDisabled } from '../kit/controls';
import { element, fill, setText } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { checkpointLooks } from './checkpointLooks';
import { ItemChooser } from './itemChooser';
import { itemsPerPage, queryOf } from './itemChoice';
import { itemDetail } from './itemDetail';
import { ItemList } from './itemList';
import type { AbilitiesModel } from './model';
import { filterText } from './transitionWords';
import { abilityTitle } from './wording';

type Found = AbilitiesHostSurface['items']['result'];

/** The items behind the scores, a page at a time, and the one that is read. */
export class ItemsView {
  readonly element: HTMLElement;
  private readonly chooser: ItemChooser;
  private readonly summary = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly list: ItemList;
  private readonly detail = element('div', { class: 'item-detail' });
  private readonly pager: HTMLElement;
  private readonly back = button({ label: 'Previous items', icon: 'arrow-left', onClick: () => this.turn(-1) });
  private readonly forth = button({ label: 'Next items', icon: 'arrow-right', onClick: () => this.turn(1) });
  /** The query whose items are shown or on their way, and how far the run was. */
  private asked = '';
  private request: AbortController | undefined;
  private found: { readonly query: ItemsQuery; readonly items: readonly AbilityItem[] } | null = null;
  private shownDetail = '';

  constructor(
    private readonly model: AbilitiesModel,
    private readonly ask: (query: ItemsQuery, signal: AbortSignal) => Promise<Found>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.chooser = new ItemChooser(model);
    this.list = new ItemList((item) => model.change({ item }));
    this.pager = element('nav', { class: 'controls', 'aria-label': 'Pages of items' }, this.back, this.forth);
    const listed = element('div', { class: 'item-column' }, this.summary, this.list.element, this.pager);
    const browser = element('div', { class: 'item-browser' }, listed, this.detail);
    this.element = element('div', {}, this.chooser.element, browser);
  }

  update(state: AbilitiesState, theme: Theme): void {
    this.chooser.update(state);
    const query = queryOf(state, this.model.view);
    if (!query) return;
    // While the run goes on, its list is asked for again when it has grown.
    const asked = JSON.stringify([query, state.run.done, state.run.state]);
    if (asked !== this.asked) {
      this.asked = asked;
      void this.guard(this.load(query));
    }
    this.showDetail(state, theme);
  }

  private async load(query: ItemsQuery): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.list.element.setAttribute('aria-busy', 'true');
    try {
      const { items, total } = await this.ask(query, request.signal);
      if (request !== this.request) return;
      if (items.length === 0 && total > 0) this.model.change({ page: 0 });
      else this.show(query, items, total);
    } catch (error) {
      // It is asked for again by the next change.
      if (request === this.request) this.asked = '';
      throw error;
    } finally {
      if (request === this.request) this.list.element.removeAttribute('aria-busy');
    }
  }

  private show(query: ItemsQuery, items: readonly AbilityItem[], total: number): void {
    const isNew = JSON.stringify(items) !== JSON.stringify(this.found?.items);
    this.found = { query, items };
    const names = this.model.state?.checkpoints.map(({ name }) => name) ?? [];
    if (isNew) this.list.show(items, names);
    setText(this.summary, summaryText(query, items.length, total));
    this.pager.hidden = total <= itemsPerPage;
    setDisabled(this.back, query.from > 0 ? null : 'These are the first items.');
    setDisabled(this.forth, query.to < total ? null : 'These are the last items.');
    this.model.schedule();
  }

  private showDetail(state: AbilitiesState, theme: Theme): void {
    const { found } = this;
    if (!found) return;
    const chosen = this.model.view.item;
    const item = found.items.find(({ id }) => id === chosen) ?? found.items[0];
    this.list.select(item?.id ?? null);
    const print = JSON.stringify([item ?? null, theme, state.checkpoints]);
    if (print === this.shownDetail) return;
    this.shownDetail = print;
    const looks = checkpointLooks(state.checkpoints, theme);
    const context = { ability: found.query.ability, state, looks, theme };
    fill(this.detail, item ? itemDetail(item, context) : null);
  }

  private turn(step: number): void {
    this.model.change({ page: Math.max(0, this.model.view.page + step), item: null });
  }
}

/** "Vision, in wrong → rl right: 12 items, 1 to 12 shown" */
function summaryText({ ability, filter, from, search }: ItemsQuery, listed: number, total: number): string {
  const count = `${total} ${total === 1 ? 'item' : 'items'}`;
  const words = search.trim() === '' ? '' : `, with “${search.trim()}”`;
  const range = listed === total ? '' : `, ${from + 1} to ${from + listed} shown`;
  return `${abilityTitle(ability)}, ${filterText(filter)}${words}: ${count}${range}`;
}
