import type { ReasoningHostSurface, ReasoningPageSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { figurePng } from '../kit/png';
import { RunHeader } from '../kit/runHeader';
import { ScrollReturn } from '../kit/scrollReturn';
import { tabs } from '../kit/tabs';
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
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly options: Options;
  private readonly reading = element('p', { class: 'reading' });
  private readonly caution = element('p', { class: 'muted' }, caution);
  private readonly facts = new FactsView();
  private readonly figures;
  private readonly figure = element('div', {});
  private readonly table = new TableView();
  private readonly details: Details;
  private readonly views;
  private readonly empty = element('p', { class: 'empty' });
  private readonly panels = element('div', {});
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private theme = readTheme();
  private listed = false;

  constructor(
    private readonly model: ReasoningModel,
    private readonly peer: RpcPeer<ReasoningPageSurface, ReasoningHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    this.header = new RunHeader(
      {
        run: () => void note.guard(peer.call('run', null)),
        cancel: () => void note.guard(peer.call('cancel', null)),
        openFile: () => void note.guard(peer.call('openFile', null)),
      },
      'answers',
    );
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
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'figure', label: 'Figure', panel: this.figure },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    this.panels.append(this.figure, this.table.element);
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    const result = element('section', { class: 'result', 'aria-label': 'Result' });
    result.append(this.reading, this.caution, this.facts.element);
    const shown = element('section', { 'aria-label': 'Ablated layers' }, bar, this.empty, this.panels);
    this.content = element('main', {}, result, shown, this.details.element);
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
    const isEmpty = !hasResults(state);
    const sentences = readingOf(state).join(' ');
    setText(this.reading, sentences);
    this.reading.hidden = sentences === '';
    this.caution.hidden = sentences === '';
    this.facts.update(state);
    this.options.update(state);
    this.views.select(view.tab);
    setText(this.empty, isEmpty ? (emptySentence(state.run) ?? '') : '');
    this.empty.hidden = !isEmpty;
    this.panels.hidden = isEmpty;
    if (!isEmpty) this.drawTab(state, view);
    this.details.update(state);
    if (!view.selected || this.listed) this.scroll.go();
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
    const name = await this.peer.call('save', { format, content: await this.exported(format, state, view) });
    if (name !== null) this.note.tell(`Saved as ${name}`);
  }

  private async exported(format: ExportFormat, state: ReasoningState, view: View): Promise<string> {
    if (format === 'csv') return layersCsv(state);
    const figure = reasoningFigure({ state, view, theme: this.theme });
    return format === 'svg' ? figure.svg : figurePng(figure);
  }
}
