import type { TrainingHostSurface, TrainingPageSurface, TrainingState } from '../../src/shared/protocol/training';
import type { RpcPeer } from '../../src/shared/rpc';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { TabbedResults } from '../kit/tabbedResults';
import { readTheme } from '../kit/theme';
import { ArmsView } from './armsView';
import { trainingCsv } from './csv';
import { CurvesView } from './curvesView';
import type { TrainingModel } from './model';
import { Options } from './options';
import { SamplesView } from './samplesView';
import { hasResults } from './series';
import { TableView } from './tableView';
import { trainingFigure } from './trainingFigure';
import type { View } from './view';
import { emptySentence, subtitle } from './wording';

/** The page: its parts, and what their controls ask of the host. */
export class TrainingPage {
  private readonly frame: RunFrame;
  private readonly results: TabbedResults<View['tab']>;
  private readonly options: Options;
  private readonly arms: ArmsView;
  private readonly curves: CurvesView;
  private readonly samples: SamplesView;
  private readonly table = new TableView();
  private theme = readTheme();

  constructor(
    private readonly model: TrainingModel,
    private readonly peer: RpcPeer<TrainingPageSurface, TrainingHostSurface>,
    private readonly note: Notice,
  ) {
    const actions = {
      run: () => this.ask('run', { run: this.own() }),
      cancel: () => this.ask('cancel', { run: this.own() }),
      openFile: () => this.ask('openFile', null),
    };
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports, (id, shown) => this.overlay(id, shown));
    this.arms = new ArmsView({ run: (run) => this.ask('run', { run }), cancel: (run) => this.ask('cancel', { run }) });
    this.curves = new CurvesView((step) => this.showStep(step));
    this.samples = new SamplesView(
      model,
      (query, signal) => peer.call('samples', query, { signal }),
      (work) => note.guard(work),
    );
    this.results = new TabbedResults<View['tab']>(
      'Training',
      [
        { id: 'curves', label: 'Curves', panel: this.curves.element },
        { id: 'samples', label: 'Samples', panel: this.samples.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      exports,
      (tab) => model.change({ tab }),
    );
    this.frame = new RunFrame(
      actions,
      'steps',
      note,
      model.view.scroll,
      this.options.element,
      this.arms.element,
      this.results.element,
    );
  }

  get element(): HTMLElement {
    return this.frame.element;
  }

  /** Asks for the first state. @param again whether the page was shown before: then its overlays are asked for again */
  async begin(again: boolean): Promise<void> {
    const state = await this.peer.call('ready', null);
    const shown = overlaysOf(state);
    // Arms that are gone since they were chosen are forgotten.
    const known = new Set([...state.others.map(({ id }) => id), ...shown]);
    const overlays = again ? this.model.view.overlays.filter((id) => known.has(id)) : shown;
    this.model.change({ overlays });
    this.model.receive(state);
    if (!isSame(overlays, shown)) await this.show(overlays);
  }

  draw(): void {
    const { state, view } = this.model;
    if (!state) return;
    const [{ run, facts }] = state.arms;
    this.frame.update(subtitle(facts, state.experiment), run, state.canRun);
    this.options.update(state);
    this.arms.update(state, this.theme);
    const isEmpty = !hasResults(state) && view.tab !== 'table';
    this.results.update(view.tab, isEmpty ? emptySentence(run) : null);
    if (!isEmpty) this.drawTab(state, view);
    // After a reload, once everything stands where it stood.
    if (isSame(overlaysOf(state), view.overlays)) this.frame.returnToScroll();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
  }

  private drawTab(state: TrainingState, view: View): void {
    switch (view.tab) {
      case 'curves':
        return this.curves.update({ state, view, theme: this.theme });
      case 'samples':
        return this.samples.update(state);
      case 'table':
        return this.table.update(state);
    }
  }

  /** Its rollouts, or those nearest before it; nothing happens where there are none. */
  private showStep(step: number): void {
    const sampled = this.model.state?.arms.find((arm) => arm.sampled.length > 0);
    if (sampled) this.model.change({ tab: 'samples', arm: sampled.run.id, step });
  }

  private overlay(id: string, shown: boolean): void {
    const overlays = [...this.model.view.overlays.filter((other) => other !== id), ...(shown ? [id] : [])];
    this.model.change({ overlays });
    void this.note.guard(this.show(overlays));
  }

  private async show(overlays: readonly string[]): Promise<void> {
    await this.peer.call('show', { runs: [this.own(), ...overlays] });
  }

  private async export(format: ExportFormat): Promise<void> {
    const { state, view } = this.model;
    if (!state) return;
    const exported = {
      csv: () => trainingCsv(state),
      figure: () => trainingFigure({ state, view, theme: this.theme }),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }

  private ask<K extends 'run' | 'cancel' | 'openFile'>(call: K, params: TrainingHostSurface[K]['params']): void {
    void this.note.guard(this.peer.call(call, params));
  }

  private own(): string {
    return this.model.state?.arms[0].run.id ?? '';
  }
}

function overlaysOf({ arms }: TrainingState): string[] {
  return arms.slice(1).map(({ run }) => run.id);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
