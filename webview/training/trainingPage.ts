import type { TrainingHostSurface, TrainingPageSurface, TrainingState } from '../../src/shared/protocol/training';
import type { RpcPeer } from '../../src/shared/rpc';
import { element, setText } from '../kit/dom';
import { ExportButtons, type ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { figurePng } from '../kit/png';
import { RunHeader } from '../kit/runHeader';
import { ScrollReturn } from '../kit/scrollReturn';
import { tabs } from '../kit/tabs';
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
  readonly element: HTMLElement;
  private readonly header: RunHeader;
  private readonly options: Options;
  private readonly arms: ArmsView;
  private readonly curves: CurvesView;
  private readonly samples: SamplesView;
  private readonly table = new TableView();
  private readonly views;
  private readonly panels = element('div', {});
  private readonly empty = element('p', { class: 'empty' });
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the run…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private theme = readTheme();

  constructor(
    private readonly model: TrainingModel,
    private readonly peer: RpcPeer<TrainingPageSurface, TrainingHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    this.header = new RunHeader(
      {
        run: () => this.ask('run', { run: this.own() }),
        cancel: () => this.ask('cancel', { run: this.own() }),
        openFile: () => this.ask('openFile', null),
      },
      'steps',
    );
    const exports = new ExportButtons((format) => void note.guard(this.export(format)));
    this.options = new Options(model, exports, (id, shown) => this.overlay(id, shown));
    this.arms = new ArmsView({ run: (run) => this.ask('run', { run }), cancel: (run) => this.ask('cancel', { run }) });
    this.curves = new CurvesView((step) => this.showStep(step));
    this.samples = new SamplesView(
      model,
      (query, signal) => peer.call('samples', query, { signal }),
      (work) => note.guard(work),
    );
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'curves', label: 'Curves', panel: this.curves.element },
        { id: 'samples', label: 'Samples', panel: this.samples.element },
        { id: 'table', label: 'Table', panel: this.table.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    this.panels.append(this.curves.element, this.samples.element, this.table.element);
    const bar = element('div', { class: 'view-bar' }, this.views.element, exports.element);
    const shown = element('section', { 'aria-label': 'Training' }, bar, this.empty, this.panels);
    this.content = element('main', {}, this.options.element, this.arms.element, shown);
    this.content.hidden = true;
    this.element = element('div', { class: 'page' }, this.header.element, note.element, this.loading, this.content);
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
    this.loading.hidden = true;
    this.content.hidden = false;
    document.title = run.id;
    this.header.update({ subtitle: subtitle(facts, state.experiment), run, canRun: state.canRun });
    if (run.message) this.note.retract(run.message);
    this.options.update(state);
    this.arms.update(state, this.theme);
    this.views.select(view.tab);
    const isEmpty = !hasResults(state) && view.tab !== 'table';
    setText(this.empty, isEmpty ? emptySentence(run) : '');
    this.empty.hidden = !isEmpty;
    this.panels.hidden = isEmpty;
    if (!isEmpty) this.drawTab(state, view);
    // After a reload, once everything stands where it stood.
    if (isSame(overlaysOf(state), view.overlays)) this.scroll.go();
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
    const name = await this.peer.call('save', { format, content: await this.exported(format, state, view) });
    if (name !== null) this.note.tell(`Saved as ${name}`);
  }

  private async exported(format: ExportFormat, state: TrainingState, view: View): Promise<string> {
    if (format === 'csv') return trainingCsv(state);
    const figure = trainingFigure({ state, view, theme: this.theme });
    return format === 'svg' ? figure.svg : figurePng(figure);
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
