import type { AttentionHostSurface, AttentionPageSurface, AttentionState } from '../../src/shared/protocol/attention';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { figurePng } from '../kit/png';
import { RunHeader } from '../kit/runHeader';
import { ScrollReturn } from '../kit/scrollReturn';
import { tabs } from '../kit/tabs';
import { readTheme } from '../kit/theme';
import { layersFigure, mapsFigure } from './attentionFigure';
import { attentionCsv } from './csv';
import { ImageView } from './imageView';
import { LayersView } from './layersView';
import type { AttentionModel } from './model';
import { Options } from './options';
import { checkpointLabel, hasResults } from './series';
import { TableView } from './tableView';
import type { View } from './view';
import { emptySentence } from './wording';

/** The page: its parts, and what their controls ask of the host. */
export class AttentionPage {
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly options: Options;
  private readonly layers: LayersView;
  private readonly image: ImageView;
  private readonly table = new TableView();
  private readonly views;
  private readonly panels = element('div', {});
  private readonly empty = element('p', { class: 'empty' });
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private theme = readTheme();

  constructor(
    private readonly model: AttentionModel,
    private readonly peer: RpcPeer<AttentionPageSurface, AttentionHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    this.header = new RunHeader(
      {
        run: () => void note.guard(peer.call('run', null)),
        cancel: () => void note.guard(peer.call('cancel', null)),
        openFile: () => void note.guard(peer.call('openFile', null)),
      },
      'items',
    );
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports);
    this.layers = new LayersView((layer) => this.showLayer(layer));
    this.image = new ImageView(
      model,
      (query, signal) => peer.call('item', query, { signal }),
      (work) => note.guard(work),
    );
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'layers', label: 'Layers', panel: this.layers.element },
        { id: 'image', label: 'Image', panel: this.image.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    this.panels.append(this.layers.element, this.image.element, this.table.element);
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    const shown = element('section', { 'aria-label': 'Attention' }, bar, this.empty, this.panels);
    this.content = element('main', {}, this.options.element, shown);
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
    const names = state.checkpoints.map(checkpointLabel).join(', ');
    const subtitle = [names, state.facts.dataset, state.experiment].filter(Boolean).join(' · ');
    this.header.update({ subtitle, run: state.run, canRun: state.canRun });
    if (state.run.message) this.note.retract(state.run.message);
    this.options.update(state);
    this.views.select(view.tab);
    const isEmpty = !hasResults(state) && view.tab !== 'table';
    setText(this.empty, isEmpty ? (emptySentence(state.run) ?? '') : '');
    this.empty.hidden = !isEmpty;
    this.panels.hidden = isEmpty;
    if (!isEmpty) this.drawTab(state, view);
    this.scroll.go();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
  }

  private drawTab(state: AttentionState, view: View): void {
    const source = { state, view, theme: this.theme };
    switch (view.tab) {
      case 'layers':
        return this.layers.update(source);
      case 'image':
        return this.image.update(source);
      case 'table':
        return this.table.update(state);
    }
  }

  /** In the comparison's second checkpoint, or the last one. */
  private showLayer(layer: number): void {
    const { state, view } = this.model;
    const checkpoint = view.pair?.b ?? state?.checkpoints.at(-1)?.name;
    if (checkpoint !== undefined) this.model.change({ tab: 'image', place: { checkpoint, layer } });
  }

  private async export(format: ExportFormat): Promise<void> {
    const { state, view } = this.model;
    if (!state) return;
    const name = await this.peer.call('save', { format, content: await this.exported(format, state, view) });
    if (name !== null) this.note.tell(`Saved as ${name}`);
  }

  private async exported(format: ExportFormat, state: AttentionState, view: View): Promise<string> {
    if (format === 'csv') return attentionCsv(state);
    const source = { state, view, theme: this.theme };
    const { item } = this.image;
    const figure = view.tab === 'image' && item ? mapsFigure(source, item) : layersFigure(source);
    return format === 'svg' ? figure.svg : figurePng(figure);
  }
}
