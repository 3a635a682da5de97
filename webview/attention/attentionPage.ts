import type { AttentionHostSurface, AttentionPageSurface, AttentionState } from '../../src/shared/protocol/attention';
import type { RpcPeer } from '../../src/shared/rpc';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { TabbedResults } from '../kit/tabbedResults';
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
  private readonly frame: RunFrame;
  private readonly results: TabbedResults<View['tab']>;
  private readonly options: Options;
  private readonly layers: LayersView;
  private readonly image: ImageView;
  private readonly table = new TableView();
  private theme = readTheme();

  constructor(
    private readonly model: AttentionModel,
    private readonly peer: RpcPeer<AttentionPageSurface, AttentionHostSurface>,
    private readonly note: Notice,
  ) {
    const actions = {
      run: () => void note.guard(peer.call('run', null)),
      cancel: () => void note.guard(peer.call('cancel', null)),
      openFile: () => void note.guard(peer.call('openFile', null)),
    };
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports);
    this.layers = new LayersView((layer) => this.showLayer(layer));
    this.image = new ImageView(
      model,
      (query, signal) => peer.call('item', query, { signal }),
      (work) => note.guard(work),
    );
    this.results = new TabbedResults<View['tab']>(
      'Attention',
      [
        { id: 'layers', label: 'Layers', panel: this.layers.element },
        { id: 'image', label: 'Image', panel: this.image.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      exports,
      (tab) => model.change({ tab }),
    );
    this.frame = new RunFrame(actions, 'items', note, model.view.scroll, this.options.element, this.results.element);
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
    const names = state.checkpoints.map(checkpointLabel).join(', ');
    const subtitle = [names, state.facts.dataset, state.experiment].filter(Boolean).join(' · ');
    this.frame.update(subtitle, state.run, state.canRun);
    this.options.update(state);
    const isEmpty = !hasResults(state) && view.tab !== 'table';
    this.results.update(view.tab, isEmpty ? (emptySentence(state.run) ?? '') : null);
    if (!isEmpty) this.drawTab(state, view);
    this.frame.returnToScroll();
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
    const source = { state, view, theme: this.theme };
    const { item } = this.image;
    const exported = {
      csv: () => attentionCsv(state),
      figure: () => (view.tab === 'image' && item ? mapsFigure(source, item) : layersFigure(source)),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }
}
