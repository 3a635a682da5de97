import path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../core/experiment/experiment';
import { stepOfRun } from '../../core/experiment/runId';
import type { TrainOptions } from '../../core/experiment/schema';
import { describeSelector } from '../../core/train/freeze';
import { readTrainFacts, readTrainRows } from '../../core/train/trainFacts';
import type { TrainingState } from '../../shared/protocol/training';
import type { TrainFacts } from '../../shared/trainResults';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { setAsideRuns } from '../trees/setAsideRuns';
import { LookAround } from './lookAround';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';
import { trainingState, type TrainingRun } from './trainingState';

/** Reads what one Training panel shows: the runs from their folders, what is around them from the experiment file. */
export class TrainingSource implements RunPanelSource<TrainingState> {
  private shown: readonly string[];
  private readonly around = new LookAround(() => this.look());
  private experiment: Experiment | null = null;
  private problem: string | null = null;
  private others: TrainingState['others'] = [];

  constructor(
    readonly file: string,
    readonly step: string,
    overlays: readonly string[],
    private readonly experiments: Experiments,
    private readonly runs: Runs,
  ) {
    this.shown = [step, ...overlays];
  }

  /** Lays other arms over the panel's own; ids that stand for no train run of the experiment are left out. */
  show(ids: readonly string[]): void {
    this.shown = [...new Set([this.step, ...ids])];
    this.invalidate();
  }

  invalidate(): void {
    this.around.invalidate();
  }

  /** Whether `id` is the panel's own run or a train run of the experiment. */
  async has(id: string): Promise<boolean> {
    await this.around.known();
    return id === this.step || this.others.some((other) => other.id === id);
  }

  async read(): Promise<RunPanelContent<TrainingState>> {
    await this.around.known();
    const [own, ...laidOver] = await Promise.all(this.shown.map((id) => this.readRun(id)));
    const runs = [own!, ...laidOver] as const;
    const { from } = own!.facts;
    return {
      state: trainingState(runs, this.others, {
        experiment: path.basename(this.file),
        canRun: vscode.workspace.isTrusted,
      }),
      title: from ? `${this.step} · ${from}` : this.step,
      shownRuns: runs.map(({ id }) => id),
      imageFolders: [],
    };
  }

  async readRun(id: string): Promise<TrainingRun> {
    const view = await readView(this.runs, this.file, id);
    const found = readTrainFacts(view.snapshot?.manifest.facts);
    const step = this.trainStep(id);
    const standing = standingOf(this.runs, view);
    const isKnown = step !== undefined || found !== null || standing.state === 'queued';
    return {
      id,
      ...standing,
      message: isKnown ? standing.message : this.whyUnknown(id),
      progress: view.progress,
      facts: found ?? planned(step),
      rows: found ? readTrainRows(view.snapshot!.rows) : [],
    };
  }

  private whyUnknown(id: string): string {
    return this.problem ?? `${path.basename(this.file)} has no train step "${id}".`;
  }

  /** Reads the experiment file, and which runs may be laid over. */
  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
    const steps = this.experiment?.content.steps.flatMap(({ train }) => train?.id ?? []) ?? [];
    const setAside = await Promise.all(steps.map((id) => setAsideRuns(this.file, id)));
    const known = [...steps, ...setAside.flat()];
    this.shown = this.shown.filter((id) => id === this.step || known.includes(id));
    this.others = await Promise.all(known.map(async (id) => ({ id, freeze: await this.frozenIn(id) })));
  }

  private async frozenIn(id: string): Promise<string[]> {
    return [...(await this.readRun(id)).facts.freeze];
  }

  private trainStep(id: string): TrainOptions | undefined {
    const steps = this.experiment?.content.steps ?? [];
    return steps.find(({ train }) => train?.id === stepOfRun(id))?.train;
  }
}

const nothing = { tensors: 0, parameters: 0 } as const;
const unknown: TrainFacts = {
  ...{ from: '', method: 'sft', freeze: [], steps: 0, dataset: '', output: '' },
  trained: nothing,
  frozen: nothing,
  selectors: [],
};

/** What a step that was never run would do; nothing where there is no such step. */
function planned(step: TrainOptions | undefined): TrainFacts {
  if (!step) return unknown;
  const { from, method, steps, dataset, output, freeze } = step;
  return { ...unknown, from, method, steps, dataset, output, freeze: freeze.map(describeSelector) };
}
