import type { ProbeHostSurface, ProbePageSurface, ProbeState } from '../../src/shared/protocol/probe';
import type { RpcPeer } from '../../src/shared/rpc';
import { element } from '../kit/dom';
import type { ExportFormat } from '../kit/exportButtons';
import type { Notice } from '../kit/notice';
import { RunFrame } from '../kit/runFrame';
import { saveExport } from '../kit/saveExport';
import { tabs } from '../kit/tabs';
import { readTheme } from '../kit/theme';
import { curvesCsv } from './csv';
import { CurveGrid } from './curveGrid';
import { Details } from './details';
import { probeFigure } from './figure';
import type { ProbeModel } from './model';
import { Options } from './options';
import { TableView } from './tableView';
import type { View } from './view';
import { subtitle } from './wording';

/** The page: its parts, and what their controls ask of the host. */
export class ProbePage {
  private readonly frame: RunFrame;
  private readonly options: Options;
  private readonly curves: CurveGrid;
  private readonly tables = new TableView();
  private readonly details: Details;
  private readonly views;
  private theme = readTheme();
  private listed = false;

  constructor(
    private readonly model: ProbeModel,
    private readonly peer: RpcPeer<ProbePageSurface, ProbeHostSurface>,
    private readonly note: Notice,
  ) {
    const actions = {
      run: () => this.ask('run', { run: this.own() }),
      cancel: () => this.ask('cancel', { run: this.own() }),
      openFile: () => this.ask('openFile', null),
    };
    this.options = new Options(model, {
      overlay: (id, shown) => this.overlay(id, shown),
      export: (format) => void note.guard(this.export(format)),
    });
    this.curves = new CurveGrid((selected) => {
      model.change({ selected, page: 0 });
      requestAnimationFrame(() => this.details.comeIntoView());
    });
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
    this.views = tabs({
      label: 'Views',
      tabs: [
        { id: 'curves', label: 'Curves', panel: this.curves.element },
        { id: 'table', label: 'Table', panel: this.tables.element },
      ],
      onChange: (tab) => model.change({ tab: tab as View['tab'] }),
    });
    const shown = element('section', { 'aria-label': 'Change rates' }, this.views.element);
    shown.append(this.curves.element, this.tables.element);
    this.frame = new RunFrame(
      actions,
      'pairs',
      note,
      model.view.scroll,
      this.options.element,
      shown,
      this.details.element,
    );
  }

  get element(): HTMLElement {
    return this.frame.element;
  }

  /** Asks for the first state. @param again whether the page was shown before: then its overlays are asked for again */
  async begin(again: boolean): Promise<void> {
    const state = await this.peer.call('ready', null);
    const shown = state.runs.slice(1).map(({ id }) => id);
    // Runs that are gone since they were chosen are forgotten.
    const known = new Set([...state.others, ...state.runs.slice(1)].map(({ id }) => id));
    const overlays = again ? this.model.view.overlays.filter((id) => known.has(id)) : shown;
    this.model.change({ overlays });
    this.model.receive(state);
    if (!isSame(overlays, shown)) await this.show(overlays);
  }

  draw(): void {
    const { state, view } = this.model;
    if (!state) return;
    const [own] = state.runs;
    if (own) this.frame.update(subtitle(own, state.experiment), own, state.canRun);
    this.options.update(state);
    this.views.select(view.tab);
    if (view.tab === 'curves') this.curves.update(this.model, this.theme);
    else this.tables.update(state, view.hidden);
    this.details.update(state);
    this.returnToScroll(state, view);
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
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
      csv: () => curvesCsv(state),
      figure: () => probeFigure(state, view, this.theme),
    };
    await saveExport(format, exported, (params) => this.peer.call('save', params), this.note);
  }

  private ask<K extends 'run' | 'cancel' | 'openFile'>(call: K, params: ProbeHostSurface[K]['params']): void {
    void this.note.guard(this.peer.call(call, params));
  }

  private own(): string {
    return this.model.state?.runs[0]?.id ?? '';
  }

  /** After a reload, once everything stands where it stood: the runs laid over, and the pairs. */
  private returnToScroll({ runs }: ProbeState, { overlays, selected }: View): void {
    const shown = runs.slice(1).map(({ id }) => id);
    if (isSame(shown, overlays) && (!selected || this.listed)) this.frame.returnToScroll();
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
