import path from 'node:path';
import * as vscode from 'vscode';
import { openCheckpoint } from '../../core/checkpoint/checkpoint';
import type { Experiment } from '../../core/experiment/experiment';
import { stepOfRun } from '../../core/experiment/runId';
import { readAttentionFacts, readAttentionRows } from '../../core/probe/attentionFacts';
import { summariseAttention } from '../../core/probe/attentionSummary';
import type { AttentionFacts } from '../../shared/attentionResults';
import type { AttentionItem, AttentionState } from '../../shared/protocol/attention';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { regionsIn } from './experimentRegions';
import { readAttentionItem } from './attentionItem';
import { attentionState, type AttentionRun } from './attentionState';
import { runPlace, type DatasetItems } from './datasetItems';
import { GrowingSummary } from './growingSummary';
import { LookAround } from './lookAround';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';

/** Reads what one Attention panel shows: the run from its folder, what is around it from the experiment file. */
export class AttentionSource implements RunPanelSource<AttentionState> {
  private readonly around = new LookAround(() => this.look());
  private readonly summaries = new GrowingSummary(summariseAttention);
  private experiment: Experiment | null = null;
  private problem: string | null = null;
  private numLayers = new Map<string, Promise<number | null>>();

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

  async read(): Promise<RunPanelContent<AttentionState>> {
    const run = await this.readRun();
    const { facts, rows, state } = run;
    const numLayers = await this.layersOf(facts);
    const folder = await this.datasets.imageFolder(runPlace(this.file, this.step), facts.dataset);
    const summary = this.summaries.of(facts, rows, state);
    return {
      state: attentionState(run, summary, {
        experiment: path.basename(this.file),
        checkpoints: facts.checkpoints.map((name) => this.named(name)),
        numLayers,
        regions: numLayers > 0 ? regionsIn(this.experiment, numLayers) : null,
        canRun: vscode.workspace.isTrusted,
      }),
      title: facts.checkpoints.length > 0 ? `${this.step} · ${facts.checkpoints.join(', ')}` : this.step,
      shownRuns: [this.step],
      imageFolders: folder === null ? [] : [folder],
    };
  }

  /** @throws InputError when the run has no such item */
  async item(id: string, toAddress: (file: string) => string): Promise<AttentionItem> {
    const around = { place: runPlace(this.file, this.step), datasets: this.datasets };
    return readAttentionItem(await this.readRun(), id, around, toAddress);
  }

  async isMine(): Promise<boolean> {
    return standingOf(this.runs, await readView(this.runs, this.file, this.step)).mine;
  }

  private async readRun(): Promise<AttentionRun> {
    await this.around.known();
    const view = await readView(this.runs, this.file, this.step);
    const found = readAttentionFacts(view.snapshot?.manifest.facts);
    const planned = this.planned();
    const standing = standingOf(this.runs, view);
    const isKnown = found !== null || planned !== null || standing.state === 'queued';
    return {
      id: this.step,
      ...standing,
      message: isKnown ? standing.message : this.whyUnknown(),
      progress: view.progress,
      facts: found ?? planned ?? unknown,
      rows: found ? readAttentionRows(view.snapshot!.rows) : [],
    };
  }

  /** What the step would do; null when there is no such step. */
  private planned(): AttentionFacts | null {
    const steps = this.experiment?.content.steps ?? [];
    const step = steps.find(({ attention }) => attention?.id === stepOfRun(this.step))?.attention;
    if (!step) return null;
    const { checkpoints, span, text, dataset } = step;
    return { ...unknown, checkpoints, span, text: text ?? checkpoints[0]!, dataset };
  }

  private whyUnknown(): string {
    return this.problem ?? `${path.basename(this.file)} has no attention step "${this.step}".`;
  }

  private named(name: string): AttentionState['checkpoints'][number] {
    const hybrid = Object.hasOwn(this.experiment?.content.hybrids ?? {}, name);
    return { name, role: this.experiment?.checkpoints.get(name)?.role ?? null, hybrid };
  }

  /** Decoder layers of the first checkpoint that is still there, from its headers, or as far as the run's layers go. */
  private async layersOf({ checkpoints, layers }: AttentionFacts): Promise<number> {
    const directories = checkpoints.flatMap((name) => this.experiment?.checkpoints.get(name)?.directory ?? []);
    for (const directory of directories) {
      let known = this.numLayers.get(directory);
      if (!known) {
        known = openCheckpoint(directory).then(
          ({ config }) => config.numLayers,
          () => null,
        );
        this.numLayers.set(directory, known);
      }
      const numLayers = await known;
      if (numLayers !== null) return Math.max(numLayers, ...layers.map((layer) => layer + 1));
    }
    return Math.max(0, ...layers.map((layer) => layer + 1));
  }

  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
    this.numLayers = new Map();
  }
}

const unknown: AttentionFacts = {
  checkpoints: [],
  span: 'generated',
  text: '',
  layers: [],
  items: [],
  leftOut: [],
  dataset: '',
};
