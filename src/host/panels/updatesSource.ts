import path from 'node:path';
import * as vscode from 'vscode';
import { readCompareFacts, readCompareRows } from '../../core/compare/compareFacts';
import { resolveCheckpoint, type Experiment } from '../../core/experiment/experiment';
import { stepOfRun } from '../../core/experiment/runId';
import type { CompareFacts } from '../../shared/compareResults';
import { InputError } from '../../shared/errors';
import { chainTitle } from '../../shared/phaseTitles';
import type { UpdatesHostSurface, UpdatesState } from '../../shared/protocol/updates';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { LookAround } from './lookAround';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';
import { updatesState, type CompareRun } from './updatesState';

/** Reads what one Updates panel shows: the run from its folder, what is around it from the experiment file. */
export class UpdatesSource implements RunPanelSource<UpdatesState> {
  private readonly around = new LookAround(() => this.look());
  private experiment: Experiment | null = null;
  private problem: string | null = null;

  constructor(
    readonly file: string,
    readonly step: string,
    private readonly experiments: Experiments,
    private readonly runs: Runs,
  ) {}

  invalidate(): void {
    this.around.invalidate();
  }

  async read(): Promise<RunPanelContent<UpdatesState>> {
    const run = await this.readRun();
    const { phases } = run.facts;
    const state = updatesState(run, { experiment: path.basename(this.file), canRun: vscode.workspace.isTrusted });
    const title = phases.length > 0 ? `${this.step} · ${chainTitle(phases)}` : this.step;
    return { state, title, shownRuns: [this.step], imageFolders: [] };
  }

  /**
   * The folder of the checkpoint with which a phase begins or ends.
   * @throws InputError when the page names what the run does not have, or the checkpoint has no folder of its own
   */
  async directoryOf({ phase, side, name }: UpdatesHostSurface['reveal']['params']): Promise<string> {
    const { facts, rows } = await this.readRun();
    const compared = facts.phases[phase];
    const { from, to, onlyFrom = [], onlyTo = [] } = compared ?? {};
    const isOwn = (row: { from: string; to: string; name: string }) =>
      row.name === name && row.from === from && row.to === to;
    const isThere = side === 'from' ? onlyFrom.includes(name) : onlyTo.includes(name) || rows.some(isOwn);
    if (!compared || !isThere) throw new InputError(`this run has no tensor ${JSON.stringify(name)} there`);
    if (!this.experiment) throw new InputError(this.problem ?? `${path.basename(this.file)} cannot be read`);
    return resolveCheckpoint(this.experiment, compared[side]).directory;
  }

  async isMine(): Promise<boolean> {
    return standingOf(this.runs, await readView(this.runs, this.file, this.step)).mine;
  }

  private async readRun(): Promise<CompareRun> {
    await this.around.known();
    const view = await readView(this.runs, this.file, this.step);
    const found = readCompareFacts(view.snapshot?.manifest.facts);
    const planned = this.planned();
    const standing = standingOf(this.runs, view);
    const isKnown = found !== null || planned !== null || standing.state === 'queued';
    return {
      id: this.step,
      ...standing,
      message: isKnown ? standing.message : this.whyUnknown(),
      progress: view.progress,
      facts: found ?? planned ?? { phases: [], spectrum: false, numLayers: 0, regions: null, rows: 0 },
      rows: found ? readCompareRows(view.snapshot!.rows) : [],
      ahead: view.ahead ?? null,
    };
  }

  /** What the step would do; null when there is no such step. */
  private planned(): CompareFacts | null {
    const steps = this.experiment?.content.steps ?? [];
    const step = steps.find(({ compare }) => compare?.id === stepOfRun(this.step))?.compare;
    if (!step) return null;
    const phases = step.phases.map(([from, to]) => ({ from, to, onlyFrom: [], onlyTo: [] }));
    return { phases, spectrum: step.spectrum, numLayers: 0, regions: null, rows: 0 };
  }

  private whyUnknown(): string {
    return this.problem ?? `${path.basename(this.file)} has no compare step "${this.step}".`;
  }

  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
  }
}
