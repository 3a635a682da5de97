import { percent } from '../../src/shared/format';
import type { AblateLayer } from '../../src/shared/ablateResults';
import type { ReasoningHostSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import { button, setDisabled } from '../kit/controls';
import { element, fill, setText } from '../kit/dom';
import { interval } from '../kit/rates';
import { ItemChooser } from './itemChooser';
import { itemView } from './itemView';
import { hasAnswers, hasResults, isMeasured } from './layers';
import type { ReasoningModel } from './model';
import type { Selection } from './view';
import { layerTitle, signedNats } from './wording';

const itemsPerPage = 20;
const howToChoose = 'Choose a layer: click the figure, or focus it and use the arrow keys and Enter.';
const noQuestions =
  'Questions and right answers cannot be shown: the data set is gone, was changed, or is a parquet file.';

type Query = ReasoningHostSurface['items']['params'];
type Items = ReasoningHostSurface['items']['result'];

/** The items behind one layer: which answers it takes with it. */
export class Details {
  readonly element: HTMLElement;
  private readonly heading = element('h2', { id: 'details-heading', tabindex: -1 });
  private readonly summary = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly unknown = element('p', { class: 'muted' }, noQuestions);
  private readonly list = element('ol', { class: 'items', 'aria-label': 'Items' });
  private readonly hint = element('p', { class: 'empty' }, howToChoose);
  private readonly chooser: ItemChooser;
  private readonly body: HTMLElement;
  private readonly pager: HTMLElement;
  private readonly back = button({ label: 'Previous items', icon: 'arrow-left', onClick: () => this.turn(-1) });
  private readonly forth = button({ label: 'Next items', icon: 'arrow-right', onClick: () => this.turn(1) });
  /** The query whose items are shown or on their way, and how many there were. */
  private asked = '';
  private request: AbortController | undefined;

  constructor(
    private readonly model: ReasoningModel,
    private readonly ask: (query: Query, signal: AbortSignal) => Promise<Items>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.chooser = new ItemChooser(model);
    this.pager = element('nav', { class: 'controls', 'aria-label': 'Pages of items' }, this.back, this.forth);
    this.body = element('div', {}, this.chooser.element, this.summary, this.unknown, this.list, this.pager);
    this.element = element('section', { class: 'details', 'aria-labelledby': 'details-heading' });
    this.element.append(this.heading, this.hint, this.body);
  }

  /** A layer was chosen in a figure: the first items are shown, and the focus stays. */
  comeIntoView(): void {
    this.heading.scrollIntoView({ block: 'nearest' });
  }

  update(state: ReasoningState): void {
    const { view } = this.model;
    const selected = isPlanned(state, view.selected) ? view.selected : null;
    this.element.hidden = !hasResults(state);
    setText(this.heading, selected ? `Items with ${layerTitle(selected)} made identity` : 'Items at a layer');
    this.hint.hidden = selected !== null;
    this.body.hidden = selected === null;
    if (!selected) return this.forget();
    const only = hasAnswers(state) ? view.only : 'all';
    this.chooser.update(state, selected, only);
    const layer = state.summary.layers.find((one) => one.part === selected.part && one.layer === selected.layer);
    if (!layer || !isMeasured(layer)) return this.showNone(state);
    const from = view.page * itemsPerPage;
    const query = { ...selected, only, from, to: from + itemsPerPage };
    // While the run goes on, its list is asked for again when it has grown.
    const asked = JSON.stringify([query, layer.n, layer.likelihood?.n]);
    if (asked === this.asked) return;
    this.asked = asked;
    void this.guard(this.load(query, layer));
  }

  private async load(query: Query, layer: AblateLayer): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.list.setAttribute('aria-busy', 'true');
    try {
      const { items, total } = await this.ask(query, request.signal);
      if (request !== this.request) return;
      if (items.length === 0 && total > 0) this.model.change({ page: 0 });
      else this.show(query, layer, items, total);
    } finally {
      if (request === this.request) this.list.removeAttribute('aria-busy');
    }
  }

  private show(
    { only, from, to, ...selection }: Query,
    layer: AblateLayer,
    items: Items['items'],
    total: number,
  ): void {
    fill(this.list, ...items.map((item) => itemView(item, selection)));
    this.unknown.hidden = items.length === 0 || items.some(({ question }) => question !== null);
    setText(this.summary, [layerSummary(layer), listed(only, from, items.length, total)].join(' '));
    this.pager.hidden = total <= itemsPerPage;
    setDisabled(this.back, from > 0 ? null : 'These are the first items.');
    setDisabled(this.forth, to < total ? null : 'These are the last items.');
  }

  private showNone({ run }: ReasoningState): void {
    this.forget();
    fill(this.list);
    this.pager.hidden = true;
    this.unknown.hidden = true;
    const isOver = run.state === 'finished';
    setText(this.summary, isOver ? 'This run has no items at this layer.' : 'This run has no items at this layer yet.');
  }

  private forget(): void {
    this.request?.abort();
    this.request = undefined;
    this.list.removeAttribute('aria-busy');
    this.asked = '';
  }

  private turn(step: number): void {
    this.model.change({ page: Math.max(0, this.model.view.page + step) });
    this.heading.focus();
  }
}

function isPlanned({ facts }: ReasoningState, selected: Selection | null): boolean {
  return facts.layers.some(({ part, layer }) => part === selected?.part && layer === selected.layer);
}

/** "23 of 100 answers are right (23.0 % [15.8, 32.2])."; of likelihoods alone their change. */
function layerSummary({ n, correct, rate, low, high, likelihood }: AblateLayer): string {
  if (n > 0) return `${correct} of ${n} answers are right (${percent(rate)} [${interval(low, high)}]).`;
  return likelihood ? `The log-likelihood changes by ${signedNats(likelihood.mean)} nats on average.` : '';
}

const listedAs = { all: '', lost: ' lost', gained: ' gained' } as const;

function listed(only: Query['only'], from: number, count: number, total: number): string {
  if (total === 0) return only === 'all' ? 'None is listed.' : `None is${listedAs[only]}.`;
  return `Listed: ${from + 1} to ${from + count} of ${total}${listedAs[only]}.`;
}
