import { chainTitle } from '../../src/shared/phaseTitles';
import type { UpdatesHostSurface, UpdatesPageSurface, UpdatesState } from '../../src/shared/protocol/updates';
import type { RpcPeer } from '../../src/shared/rpc';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { TabbedResults } from '../kit/tabbedResults';
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
  private readonly frame: RunFrame;
  private readonly results: TabbedResults<View['tab']>;
  private readonly options: Options;
  private readonly energy: EnergyView;
  private readonly map: MapView;
  private readonly spectrum: SpectrumView;
  private readonly table: TensorTable;
  private theme = readTheme();

  constructor(
    private readonly model: UpdatesModel,
    private readonly peer: RpcPeer<UpdatesPageSurface, UpdatesHostSurface>,
    private readonly note: Notice,
  ) {
    const actions = {
      run: () => void note.guard(peer.call('run', null)),
      cancel: () => void note.guard(peer.call('cancel', null)),
      openFile: () => void note.guard(peer.call('openFile', null)),
    };
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports);
    const revealLayer = (layer: number) => this.revealLayer(layer);
    this.energy = new EnergyView(revealLayer);
    this.map = new MapView((phase, name) => this.reveal(phase, 'to', name));
    this.spectrum = new SpectrumView(revealLayer);
    this.table = new TensorTable(model, (phase, side, name) => this.reveal(phase, side, name));
    this.results = new TabbedResults<View['tab']>(
      'Updates',
      [
        { id: 'energy', label: 'Energy', panel: this.energy.element },
        { id: 'map', label: 'Heat map', panel: this.map.element },
        { id: 'spectrum', label: 'Spectrum', panel: this.spectrum.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      exports,
      (tab) => model.change({ tab }),
    );
    this.frame = new RunFrame(actions, 'tensors', note, model.view.scroll, this.options.element, this.results.element);
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
    const subtitle = [chainTitle(state.phases), state.experiment].filter(Boolean).join(' · ');
    this.frame.update(subtitle, state.run, state.canRun);
    this.options.update(state);
    const isEmpty = !hasResults(state) && !(view.tab === 'table' && hasOneSided(state));
    this.results.update(view.tab, isEmpty ? (emptySentence(state.run) ?? '') : null);
    if (!isEmpty) this.drawTab(state, view);
    this.frame.returnToScroll();
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
    const exported = {
      csv: () => tensorsCsv(state),
      figure: () => updatesFigure({ state, view, theme: this.theme }),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }
}

function hasOneSided({ phases }: UpdatesState): boolean {
  return phases.some(({ onlyFrom, onlyTo }) => onlyFrom.length + onlyTo.length > 0);
}
