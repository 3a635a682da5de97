import type {
  AbilitiesHostSurface,
  AbilitiesPageSurface,
  AbilitiesState,
  ItemFilter,
} from '../../src/shared/protocol/abilities';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { figurePng } from '../kit/png';
import { RunHeader } from '../kit/runHeader';
import { ScrollReturn } from '../kit/scrollReturn';
import { tabs } from '../kit/tabs';
import { readTheme } from '../kit/theme';
import { abilitiesFigure } from './abilitiesFigure';
import { AbilitiesView } from './abilitiesView';
import { ComparisonsView } from './comparisonsView';
import { comparisonsCsv, scoresCsv } from './csv';
import { ItemsView } from './itemsView';
import type { AbilitiesModel } from './model';
import { Options } from './options';
import { hasResults } from './scores';
import type { View } from './view';
import { emptySentence } from './wording';

/** More names than fit below the title. */
const titledCheckpoints = 4;

/** The page: its parts, and what their controls ask of the host. */
export class AbilitiesPage {
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly options: Options;
  private readonly abilities: AbilitiesView;
  private readonly comparisons: ComparisonsView;
  private readonly items: ItemsView;
  private readonly views;
  private readonly panels = element('div', {});
  private readonly empty = element('p', { class: 'empty' });
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private theme = readTheme();

  constructor(
    private readonly model: AbilitiesModel,
    private readonly peer: RpcPeer<AbilitiesPageSurface, AbilitiesHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    const ask = (call: 'run' | 'cancel' | 'openFile') => void note.guard(peer.call(call, null));
    this.header = new RunHeader(
      { run: () => ask('run'), cancel: () => ask('cancel'), openFile: () => ask('openFile') },
      'answers',
    );
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    const guard = (work: Promise<unknown>) => note.guard(work);
    const open = (ability: string, filter: ItemFilter) => this.openItems(ability, filter);
    this.options = new Options(model, exports);
    this.abilities = new AbilitiesView(open);
    this.comparisons = new ComparisonsView(
      model,
      open,
      (difference) => peer.call('itemsNeeded', { difference }),
      guard,
    );
    this.items = new ItemsView(model, (query, signal) => peer.call('items', query, { signal }), guard);
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'abilities', label: 'Abilities', panel: this.abilities.element },
        { id: 'comparisons', label: 'Comparisons', panel: this.comparisons.element },
        { id: 'items', label: 'Items', panel: this.items.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    this.panels.append(this.abilities.element, this.comparisons.element, this.items.element);
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    const shown = element('section', { 'aria-label': 'Results' }, bar, this.options.element, this.empty, this.panels);
    this.content = element('main', {}, shown);
    this.content.hidden = true;
    this.element = element('div', { class: 'page' }, this.header.element, note.element, this.loading, this.content);
  }

  /** Asks for the first state. */
  async begin(): Promise<void> {
    this.model.receive(await this.peer.call('ready', null));
  }

  draw(): void {
    const { state, view } = this.model;
    if (!state) return;
    this.loading.hidden = true;
    this.content.hidden = false;
    document.title = state.run.id;
    this.header.update({ subtitle: subtitle(state), run: state.run, canRun: state.canRun });
    if (state.run.message) this.note.retract(state.run.message);
    this.options.update(state);
    this.views.select(view.tab);
    const isEmpty = !hasResults(state);
    setText(this.empty, isEmpty ? emptySentence(state.run) : '');
    this.empty.hidden = !isEmpty;
    this.panels.hidden = isEmpty;
    if (!isEmpty) this.drawTab(state, view);
    this.scroll.go();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
  }

  private drawTab(state: AbilitiesState, view: View): void {
    switch (view.tab) {
      case 'abilities':
        return this.abilities.update(state, view, this.theme);
      case 'comparisons':
        return this.comparisons.update(state, this.theme);
      case 'items':
        return this.items.update(state, this.theme);
    }
  }

  /** The items behind a number; its filter is offered there too. */
  private openItems(ability: string, filter: ItemFilter): void {
    const offered =
      filter.kind === 'transition'
        ? { pair: [filter.a, filter.b] as const }
        : filter.kind === 'verdict'
          ? { judged: filter.checkpoint }
          : {};
    this.model.change({ tab: 'items', ability, filter, search: '', page: 0, item: null, ...offered });
  }

  private async export(format: ExportFormat): Promise<void> {
    const { state, view } = this.model;
    if (!state) return;
    const name = await this.peer.call('save', { format, content: await this.exported(format, state, view) });
    if (name !== null) this.note.tell(`Saved as ${name}`);
  }

  private async exported(format: ExportFormat, state: AbilitiesState, view: View): Promise<string> {
    if (format === 'csv') return view.tab === 'comparisons' ? comparisonsCsv(state) : scoresCsv(state);
    const figure = abilitiesFigure({ state, view, theme: this.theme });
    return format === 'svg' ? figure.svg : figurePng(figure);
  }
}

function subtitle({ checkpoints, experiment }: AbilitiesState): string {
  const names = checkpoints.map(({ name }) => name);
  const named = names.length > titledCheckpoints ? `${names.length} checkpoints` : names.join(', ');
  return [named, experiment].filter(Boolean).join(' · ');
}
