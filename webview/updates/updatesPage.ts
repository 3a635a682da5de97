import { chainTitle } from '../../src/shared/phaseTitles';
import type { UpdatesHostSurface, UpdatesPageSurface, UpdatesState } from '../../src/shared/protocol/updates';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { figurePng } from '../kit/png';
import { RunHeader } from '../kit/runHeader';
import { ScrollReturn } from '../kit/scrollReturn';
import { tabs } from '../kit/tabs';
import { readTheme } from '../kit/theme';
import { tensorsCsv } from './csv';
import { EnergyView } from './energyView';
import { MapView } from './mapView';
import type { UpdatesModel } from './model';
import { Options } from './options';
import { hasResults, shownPhases } from './phases';
import { SpectrumView } from './spectrumView';
import { TensorTable } from './tensorTable';
import { updatesFigure } from './updatesFigure';
import type { View } from './view';
import { emptySentence } from './wording';

/** The page: its parts, and what their controls ask of the host. */
export class UpdatesPage {
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly options: Options;
  private readonly energy: EnergyView;
  private readonly map: MapView;
  private readonly spectrum: SpectrumView;
  private readonly table: TensorTable;
  private readonly views;
  private readonly panels = element('div', {});
  private readonly empty = element('p', { class: 'empty' });
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private theme = readTheme();

  constructor(
    private readonly model: UpdatesModel,
    private readonly peer: RpcPeer<UpdatesPageSurface, UpdatesHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    this.header = new RunHeader(
      {
        run: () => void note.guard(peer.call('run', null)),
        cancel: () => void note.guard(peer.call('cancel', null)),
        openFile: () => void note.guard(peer.call('openFile', null)),
      },
      'tensors',
    );
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports);
    const revealLayer = (layer: number) => this.revealLayer(layer);
    this.energy = new EnergyView(revealLayer);
    this.map = new MapView((phase, name) => this.reveal(phase, 'to', name));
    this.spectrum = new SpectrumView(revealLayer);
    this.table = new TensorTable(model, (phase, side, name) => this.reveal(phase, side, name));
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'energy', label: 'Energy', panel: this.energy.element },
        { id: 'map', label: 'Heat map', panel: this.map.element },
        { id: 'spectrum', label: 'Spectrum', panel: this.spectrum.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    this.panels.append(this.energy.element, this.map.element, this.spectrum.element, this.table.element);
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    const shown = element('section', { 'aria-label': 'Updates' }, bar, this.empty, this.panels);
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
    const subtitle = [chainTitle(state.phases), state.experiment].filter(Boolean).join(' · ');
    this.header.update({ subtitle, run: state.run, canRun: state.canRun });
    if (state.run.message) this.note.retract(state.run.message);
    this.options.update(state);
    this.views.select(view.tab);
    const isEmpty = !hasResults(state) && !(view.tab === 'table' && hasOneSided(state));
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

  private drawTab(state: UpdatesState, view: View): void {
    const source = { state, view, theme: this.theme };
    switch (view.tab) {
      case 'energy':
        return this.energy.update(source);
      case 'map':
        return this.map.update(source);
      case 'spectrum':
        return this.spectrum.update(source);
      case 'table':
        return this.table.update(state);
    }
  }

  private reveal(phase: number, side: 'from' | 'to', name: string): void {
    void this.note.guard(this.peer.call('reveal', { phase, side, name }));
  }

  /** Of a layer, the tensor that moved most: in the first phase shown that has the layer. */
  private revealLayer(layer: number): void {
    const { state, view } = this.model;
    if (!state) return;
    for (const { phase, place } of shownPhases(state, view)) {
      const own = phase.tensors.filter((tensor) => tensor.part === view.part && tensor.layer === layer);
      const [most] = [...own].sort((a, b) => (b.energy ?? 0) - (a.energy ?? 0));
      if (most) return this.reveal(place, 'to', most.name);
    }
  }

  private async export(format: ExportFormat): Promise<void> {
    const { state, view } = this.model;
    if (!state) return;
    const name = await this.peer.call('save', { format, content: await this.exported(format, state, view) });
    if (name !== null) this.note.tell(`Saved as ${name}`);
  }

  private async exported(format: ExportFormat, state: UpdatesState, view: View): Promise<string> {
    if (format === 'csv') return tensorsCsv(state);
    const figure = updatesFigure({ state, view, theme: this.theme });
    return format === 'svg' ? figure.svg : figurePng(figure);
  }
}

function hasOneSided({ phases }: UpdatesState): boolean {
  return phases.some(({ onlyFrom, onlyTo }) => onlyFrom.length + onlyTo.length > 0);
}
