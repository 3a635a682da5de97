import type {
  AbilitiesHostSurface,
  AbilitiesPageSurface,
  AbilitiesState,
  ItemFilter,
} from '../../src/shared/protocol/abilities';
import type { RpcPeer } from '../../src/shared/rpc';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { TabbedResults } from '../kit/tabbedResults';
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
  private readonly frame: RunFrame;
  private readonly results: TabbedResults<View['tab']>;
  private readonly options: Options;
  private readonly abilities: AbilitiesView;
  private readonly comparisons: ComparisonsView;
  private readonly items: ItemsView;
  private theme = readTheme();

  constructor(
    private readonly model: AbilitiesModel,
    private readonly peer: RpcPeer<AbilitiesPageSurface, AbilitiesHostSurface>,
    private readonly note: Notice,
  ) {
    const ask = (call: 'run' | 'cancel' | 'openFile') => void note.guard(peer.call(call, null));
    const actions = { run: () => ask('run'), cancel: () => ask('cancel'), openFile: () => ask('openFile') };
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
    this.results = new TabbedResults<View['tab']>(
      'Results',
      [
        { id: 'abilities', label: 'Abilities', panel: this.abilities.element },
        { id: 'comparisons', label: 'Comparisons', panel: this.comparisons.element },
        { id: 'items', label: 'Items', panel: this.items.element },
      ],
      exports,
      (tab) => model.change({ tab }),
      this.options.element,
    );
    this.frame = new RunFrame(actions, 'answers', note, model.view.scroll, this.results.element);
  }

  get element(): HTMLElement {
    return this.frame.element;
  }

  /** Asks for the first state. */
  async begin(): Promise<void> {
    this.model.receive(await this.peer.call('ready', null));
  }

  draw(): void {
    const { state, view } = this.model;
    if (!state) return;
    this.frame.update(subtitle(state), state.run, state.canRun);
    this.options.update(state);
    const isEmpty = !hasResults(state);
    this.results.update(view.tab, isEmpty ? emptySentence(state.run) : null);
    if (!isEmpty) this.drawTab(state, view);
    this.frame.returnToScroll();
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
    const exported = {
      csv: () => (view.tab === 'comparisons' ? comparisonsCsv(state) : scoresCsv(state)),
      figure: () => abilitiesFigure({ state, view, theme: this.theme }),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }
}

function subtitle({ checkpoints, experiment }: AbilitiesState): string {
  const names = checkpoints.map(({ name }) => name);
  const named = names.length > titledCheckpoints ? `${names.length} checkpoints` : names.join(', ');
  return [named, experiment].filter(Boolean).join(' · ');
}
