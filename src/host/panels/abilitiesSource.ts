import path from 'node:path';
import * as vscode from 'vscode';
import { readEvaluateFacts, readEvaluateRows } from '../../core/evaluate/evaluateFacts';
import { summariseEvaluate } from '../../core/evaluate/evaluateSummary';
import type { Experiment } from '../../core/experiment/experiment';
import { stepOfRun } from '../../core/experiment/runId';
import type { EvaluateFacts } from '../../shared/evaluateResults';
import type { AbilitiesState, AbilityItem, ItemsQuery } from '../../shared/protocol/abilities';
import { abilities } from '../../shared/vocabulary';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { readAbilityItems } from './abilitiesItems';
import { abilitiesState, type EvaluateRun } from './abilitiesState';
import { runPlace, type DatasetItems } from './datasetItems';
import { GrowingSummary } from './growingSummary';
import { LookAround } from './lookAround';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';

/** More names than a tab's title has room for. */
const titledCheckpoints = 3;

/** Reads what one Abilities panel shows: the run from its folder, what is around it from the experiment file. */
export class AbilitiesSource implements RunPanelSource<AbilitiesState> {
  private readonly around = new LookAround(() => this.look());
  private readonly summaries = new GrowingSummary(summariseEvaluate);
  private experiment: Experiment | null = null;
  private problem: string | null = null;

  constructor(
    readonly file: string,
    readonly step: string,
    private readonly experiments: Experiments,
    private readonly runs: Runs,
    private readonly datasets: DatasetItems,
  ) {}

  invalidate(): void {
    this.around.invalidate();
  }

  async read(): Promise<RunPanelContent<AbilitiesState>> {
    const run = await this.readRun();
    const { facts, rows, state } = run;
    const checkpoints = this.checkpoints(facts);
    const summary = this.summaries.of(facts, rows, state);
    return {
      state: abilitiesState(run, summary, {
        experiment: path.basename(this.file),
        checkpoints,
        canRun: vscode.workspace.isTrusted,
      }),
      title: [this.step, ...titleOf(facts.checkpoints)].join(' · '),
      shownRuns: [this.step],
      imageFolders: await this.imageFolders(facts),
    };
  }

  /** @throws InputError when the run does not have what is asked for */
  async items(
    query: ItemsQuery,
    toAddress: (file: string) => string,
  ): Promise<{ items: AbilityItem[]; total: number }> {
    const known = async (dataset: string) => ({
      items: await this.datasets.read(this.place(), dataset),
      imageFolder: await this.datasets.imageFolder(this.place(), dataset),
    });
    return readAbilityItems(await this.readRun(), known, query, toAddress);
  }

  async isMine(): Promise<boolean> {
    return standingOf(this.runs, await readView(this.runs, this.file, this.step)).mine;
  }

  private async readRun(): Promise<EvaluateRun> {
    await this.around.known();
    const view = await readView(this.runs, this.file, this.step);
    const found = readEvaluateFacts(view.snapshot?.manifest.facts);
    const planned = this.planned();
    const standing = standingOf(this.runs, view);
    const isKnown = found !== null || planned !== null || standing.state === 'queued';
    return {
      id: this.step,
      ...standing,
      message: isKnown ? standing.message : this.whyUnknown(),
      progress: view.progress,
      facts: found ?? planned ?? { checkpoints: [], chain: [], abilities: {}, samples: 1 },
      rows: found ? readEvaluateRows(view.snapshot!.rows) : [],
    };
  }

  /** What the step would do; null when there is no such step. */
  private planned(): EvaluateFacts | null {
    const steps = this.experiment?.content.steps ?? [];
    const step = steps.find(({ evaluate }) => evaluate?.id === stepOfRun(this.step))?.evaluate;
    if (!step) return null;
    const planned = abilities.flatMap((ability) => {
      const dataset = step[ability];
      return dataset === undefined ? [] : [[ability, { ...unread, dataset }] as const];
    });
    const { checkpoints = Object.keys(step.logs ?? {}), samples } = step;
    return { checkpoints, chain: [], abilities: Object.fromEntries(planned), samples };
  }

  private checkpoints({ checkpoints }: EvaluateFacts): AbilitiesState['checkpoints'] {
    return checkpoints.map((name) => ({
      name,
      role: this.experiment?.checkpoints.get(name)?.role ?? null,
      hybrid: Object.hasOwn(this.experiment?.content.hybrids ?? {}, name),
    }));
  }

  private async imageFolders({ abilities: all }: EvaluateFacts): Promise<string[]> {
    const datasets = [...new Set(Object.values(all).map(({ dataset }) => dataset))];
    const folders = await Promise.all(datasets.map((given) => this.datasets.imageFolder(this.place(), given)));
    return [...new Set(folders.filter((folder) => folder !== null))];
  }

  private place() {
    return runPlace(this.file, this.step);
  }

  private whyUnknown(): string {
    return this.problem ?? `${path.basename(this.file)} has no evaluate step "${this.step}".`;
  }

  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
  }
}

/** Of a data set that no run has read yet. */
const unread = { settings: [], items: [], leftOut: [], floor: null };

function titleOf(checkpoints: readonly string[]): string[] {
  if (checkpoints.length === 0) return [];
  return [checkpoints.length > titledCheckpoints ? `${checkpoints.length} checkpoints` : checkpoints.join(', ')];
}
