import type { ReasoningHostSurface, ReasoningPageSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { TabbedResults } from '../kit/tabbedResults';
import { readTheme } from '../kit/theme';
import { layersCsv } from './csv';
import { Details } from './details';
import { FactsView } from './factsView';
import { hasResults, partsOf } from './layers';
import type { ReasoningModel } from './model';
import { Options } from './options';
import { PartFigure } from './partFigure';
import { readingOf } from './reading';
import { reasoningFigure } from './reasoningFigure';
import { TableView } from './tableView';
import { ablatedParts, type View } from './view';
import { caution, emptySentence, subtitle } from './wording';

/** The page: its parts, and what their controls ask of the host. */
export class ReasoningPage {
  private readonly frame: RunFrame;
  private readonly results: TabbedResults<View['tab']>;
  private readonly options: Options;
  private readonly reading = element('p', { class: 'reading' });
  private readonly caution = element('p', { class: 'muted' }, caution);
  private readonly facts = new FactsView();
  private readonly figures;
  private readonly figure = element('div', {});
  private readonly table = new TableView();
  private readonly details: Details;
  private theme = readTheme();
  private listed = false;

  constructor(
    private readonly model: ReasoningModel,
    private readonly peer: RpcPeer<ReasoningPageSurface, ReasoningHostSurface>,
    private readonly note: Notice,
  ) {
    const actions = {
      run: () => void note.guard(peer.call('run', null)),
      cancel: () => void note.guard(peer.call('cancel', null)),
      openFile: () => void note.guard(peer.call('openFile', null)),
    };
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports);
    this.figures = ablatedParts.map((part) => ({
      part,
      view: new PartFigure(part, (layer) => {
        model.change({ selected: { part, layer }, page: 0 });
        requestAnimationFrame(() => this.details.comeIntoView());
      }),
    }));
    this.details = new Details(
      model,
      async (query, signal) => {
        const items = await peer.call('items', query, { signal });
        this.listed = true;
        model.schedule();
        return items;
      },
      (work) => note.guard(work),
    );
    this.figure.append(this.options.element, ...this.figures.map(({ view }) => view.element));
    this.results = new TabbedResults<View['tab']>(
      'Ablated layers',
      [
        { id: 'figure', label: 'Figure', panel: this.figure },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      exports,
      (tab) => model.change({ tab }),
    );
    const result = element('section', { class: 'result', 'aria-label': 'Result' });
    result.append(this.reading, this.caution, this.facts.element);
    this.frame = new RunFrame(
      actions,
      'answers',
      note,
      model.view.scroll,
      result,
      this.results.element,
      this.details.element,
    );
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
    const isEmpty = !hasResults(state);
    const sentences = readingOf(state).join(' ');
    setText(this.reading, sentences);
    this.reading.hidden = sentences === '';
    this.caution.hidden = sentences === '';
    this.facts.update(state);
    this.options.update(state);
    this.results.update(view.tab, isEmpty ? (emptySentence(state.run) ?? '') : null);
    if (!isEmpty) this.drawTab(state, view);
    this.details.update(state);
    if (!view.selected || this.listed) this.frame.returnToScroll();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
  }

  private drawTab(state: ReasoningState, view: View): void {
    if (view.tab === 'table') return this.table.update(state);
    const parts = partsOf(state);
    for (const { part, view: figure } of this.figures) {
      figure.element.hidden = !parts.includes(part);
      if (parts.includes(part)) figure.update({ state, view, theme: this.theme }, parts.length > 1);
    }
  }

  private async export(format: ExportFormat): Promise<void> {
    const { state, view } = this.model;
    if (!state) return;
    const exported = {
      csv: () => layersCsv(state),
      figure: () => reasoningFigure({ state, view, theme: this.theme }),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }
}
