import { percent } from '../../src/shared/format';
import type { ProbeHostSurface, ProbeItems, ProbeRun, ProbeState } from '../../src/shared/protocol/probe';
import type { SwapPoint } from '../../src/shared/swapResults';
import { button, setDisabled } from '../kit/controls';
import { element, fill, setText } from '../kit/dom';
import { interval } from '../kit/rates';
import { listedRun, type ProbeModel } from './model';
import { PairChooser } from './pairChooser';
import { pairView } from './pairView';
import type { Selection } from './view';
import { functionLabel } from './wording';

const pairsPerPage = 20;
const howToChoose = 'Choose a layer: click a curve, or focus it and use the arrow keys and Enter.';
type Query = ProbeHostSurface['items']['params'];

/** The pairs of one function at one layer: which images changed their answers. */
export class Details {
  readonly element: HTMLElement;
  private readonly heading = element('h2', { id: 'details-heading', tabindex: -1 });
  private readonly summary = element('p', { class: 'muted', 'aria-live': 'polite' });
  private readonly list = element('ol', { class: 'pairs', 'aria-label': 'Pairs' });
  private readonly hint = element('p', { class: 'empty' }, howToChoose);
  private readonly chooser: PairChooser;
  private readonly body: HTMLElement;
  private readonly pager: HTMLElement;
  private readonly back = button({ label: 'Previous pairs', icon: 'arrow-left', onClick: () => this.turn(-1) });
  private readonly forth = button({ label: 'Next pairs', icon: 'arrow-right', onClick: () => this.turn(1) });
  /** The query whose pairs are shown or on their way, and how many pairs there were. */
  private asked = '';
  private request: AbortController | undefined;

  constructor(
    private readonly model: ProbeModel,
    private readonly ask: (query: Query, signal: AbortSignal) => Promise<ProbeItems>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.chooser = new PairChooser(model);
    this.pager = element('nav', { class: 'controls', 'aria-label': 'Pages of pairs' }, this.back, this.forth);
    this.body = element('div', {}, this.chooser.element, this.summary, this.list, this.pager);
    this.element = element('section', { class: 'details', 'aria-labelledby': 'details-heading' });
    this.element.append(this.heading, this.hint, this.body);
  }

  /** A layer was chosen in a chart: the first pairs are shown, and the focus stays. */
  comeIntoView(): void {
    this.heading.scrollIntoView({ block: 'nearest' });
  }

  update(state: ProbeState): void {
    const { view } = this.model;
    const { selected } = view;
    const run = listedRun(state, view);
    // Without a curve there is no layer to choose.
    this.element.hidden =
      !selected && !state.runs.some(({ curves }) => curves.some(({ points }) => points.some(isBegun)));
    setText(this.heading, selected ? heading(selected) : 'Pairs at a layer');
    this.hint.hidden = selected !== null;
    this.body.hidden = selected === null;
    if (!selected || !run) return;
    this.chooser.update(state, selected, run.id);
    const point = pointAt(run, selected);
    if (!point || !isBegun(point)) return this.showNone(run);
    const from = view.page * pairsPerPage;
    const query = { run: run.id, ...selected, only: view.only, from, to: from + pairsPerPage };
    // While the run goes on, its list is asked for again when it has grown.
    const asked = JSON.stringify([query, point.n]);
    if (asked === this.asked) return;
    this.asked = asked;
    void this.guard(this.load(query, point));
  }

  private async load(query: Query, point: SwapPoint): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.list.setAttribute('aria-busy', 'true');
    try {
      const { items, total } = await this.ask(query, request.signal);
      if (request !== this.request) return;
      if (items.length === 0 && total > 0) this.model.change({ page: 0 });
      else this.show(query, point, items, total);
    } finally {
      if (request === this.request) this.list.removeAttribute('aria-busy');
    }
  }

  private show({ only, from, to, layer }: Query, point: SwapPoint, items: ProbeItems['items'], total: number): void {
    fill(this.list, ...items.map((item) => pairView(item, layer)));
    const range = total === 0 ? 'None is listed.' : `Listed: ${from + 1} to ${from + items.length} of ${total}.`;
    const whole = only === 'all' && total <= pairsPerPage;
    setText(this.summary, [pointSummary(point), ...(whole ? [] : [range])].join(' '));
    this.pager.hidden = total <= pairsPerPage;
    setDisabled(this.back, from > 0 ? null : 'These are the first pairs.');
    setDisabled(this.forth, to < total ? null : 'These are the last pairs.');
  }

  private showNone({ state }: ProbeRun): void {
    this.request?.abort();
    this.request = undefined;
    this.list.removeAttribute('aria-busy');
    this.asked = '';
    fill(this.list);
    this.pager.hidden = true;
    setText(this.summary, state === 'finished' ? 'This run has no pairs at this layer.' : 'This run has no pairs yet.');
  }

  private turn(step: number): void {
    this.model.change({ page: Math.max(0, this.model.view.page + step) });
    this.heading.focus();
  }
}

function isBegun({ n }: SwapPoint): boolean {
  return n > 0;
}

function pointAt({ curves }: ProbeRun, { function: name, layer }: Selection): SwapPoint | undefined {
  return curves.find((curve) => curve.function === name)?.points.find((point) => point.layer === layer);
}

/** "16 of 50 answers changed (32.0 % [20.8, 45.8]), 0 adopted." */
function pointSummary({ n, changed, rate, low, high, adopted }: SwapPoint): string {
  return `${changed} of ${n} answers changed (${percent(rate)} [${interval(low, high)}]), ${adopted} adopted.`;
}

function heading({ function: name, layer }: Selection): string {
  return `Pairs of ${functionLabel(name)} at layer ${layer}`;
}
