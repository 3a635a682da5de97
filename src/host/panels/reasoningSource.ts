import path from 'node:path';
import * as vscode from 'vscode';
import { openCheckpoint } from '../../core/checkpoint/checkpoint';
import type { Experiment } from '../../core/experiment/experiment';
import { resolveLayers } from '../../core/experiment/layers';
import { stepOfRun } from '../../core/experiment/runId';
import type { AblateOptions } from '../../core/experiment/schema';
import { depthDonor } from '../../core/merge/depthDonor';
import { readAblateFacts, readAblateRows } from '../../core/probe/ablateFacts';
import { summariseAblate } from '../../core/probe/ablateSummary';
import type { AblatedPart, AblateFacts } from '../../shared/ablateResults';
import type { ReasoningState } from '../../shared/protocol/reasoning';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { regionsIn } from './experimentRegions';
import { runPlace, type DatasetItems } from './datasetItems';
import { GrowingSummary } from './growingSummary';
import { LookAround } from './lookAround';
import type { KnownItems } from './reasoningItems';
import { reasoningState, type AblateRun } from './reasoningState';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';

/** How many layers a checkpoint has; null where nothing says it. */
interface Depths {
  readonly numLayers: number | null;
  readonly visionLayers: number | null;
}

const unknown: Depths = { numLayers: null, visionLayers: null };

/** Reads what one Reasoning panel shows: the run from its folder, what is around it from the experiment file. */
export class ReasoningSource implements RunPanelSource<ReasoningState> {
  private readonly around = new LookAround(() => this.look());
  private readonly summaries = new GrowingSummary(summariseAblate);
  private experiment: Experiment | null = null;
  private problem: string | null = null;
  private depths = new Map<string, Promise<Depths>>();

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

  async read(): Promise<RunPanelContent<ReasoningState>> {
    const run = await this.readRun();
    const { checkpoint, dataset } = run.facts;
    const [{ numLayers, visionLayers }, imageFolder] = await Promise.all([
      this.depthsOf(checkpoint),
      this.datasets.imageFolder(this.place(), dataset),
    ]);
    const summary = this.summaries.of(run.facts, run.rows, run.state);
    const state = reasoningState(run, summary, {
      experiment: path.basename(this.file),
      role: this.experiment?.checkpoints.get(checkpoint)?.role ?? null,
      numLayers: numLayers ?? layersIn(run.facts, 'languageModel'),
      visionLayers: visionLayers ?? layersIn(run.facts, 'vision'),
      regions: numLayers === null ? null : regionsIn(this.experiment, numLayers),
      canRun: vscode.workspace.isTrusted,
    });
    const title = checkpoint ? `${this.step} · ${checkpoint}` : this.step;
    return { state, title, shownRuns: [this.step], imageFolders: imageFolder === null ? [] : [imageFolder] };
  }

  async readRun(): Promise<AblateRun> {
    await this.around.known();
    const view = await readView(this.runs, this.file, this.step);
    const found = readAblateFacts(view.snapshot?.manifest.facts);
    const planned = await this.planned();
    const standing = standingOf(this.runs, view);
    const isKnown = found !== null || planned !== null || standing.state === 'queued';
    return {
      id: this.step,
      ...standing,
      message: isKnown ? standing.message : this.whyUnknown(),
      progress: view.progress,
      facts: found ?? planned ?? noFacts,
      rows: found ? readAblateRows(view.snapshot!.rows) : [],
    };
  }

  /** What is known of a run's items, beside its rows. */
  async itemsOf({ facts }: AblateRun): Promise<KnownItems> {
    const [items, imageFolder] = await Promise.all([
      this.datasets.read(this.place(), facts.dataset),
      this.datasets.imageFolder(this.place(), facts.dataset),
    ]);
    return { items, imageFolder };
  }

  private place() {
    return runPlace(this.file, this.step);
  }

  /** What the step would do; null when there is no such step. */
  private async planned(): Promise<AblateFacts | null> {
    const steps = this.experiment?.content.steps ?? [];
    const step = steps.find(({ ablate }) => ablate?.id === stepOfRun(this.step))?.ablate;
    if (!step) return null;
    const { numLayers, visionLayers } = await this.depthsOf(step.checkpoint);
    const layers = [
      ...layersOf('vision', step.visionLayers, visionLayers),
      ...layersOf('languageModel', step.layers, numLayers),
    ];
    const { checkpoint, scoring, dataset } = step;
    return { checkpoint, scoring, layers, items: [], leftOut: [], dataset };
  }

  private whyUnknown(): string {
    return this.problem ?? `${path.basename(this.file)} has no ablate step "${this.step}".`;
  }

  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
    this.depths = new Map();
  }

  /** From the headers of the checkpoint, or of the one that a hybrid has its layers' number from. */
  private depthsOf(name: string): Promise<Depths> {
    const donor = this.experiment && depthDonor(this.experiment, name);
    const directory = this.experiment?.checkpoints.get(donor ?? '')?.directory;
    if (directory === undefined) return Promise.resolve(unknown);
    let known = this.depths.get(directory);
    if (!known) {
      known = openCheckpoint(directory).then(
        ({ config: { numLayers, visionLayers } }) => ({ numLayers, visionLayers }),
        () => unknown,
      );
      this.depths.set(directory, known);
    }
    return known;
  }
}

/** Of a step that is not there. */
const noFacts: AblateFacts = { checkpoint: '', scoring: 'both', layers: [], items: [], leftOut: [], dataset: '' };

function layersOf(part: AblatedPart, spec: AblateOptions['visionLayers'], count: number | null): AblateFacts['layers'] {
  try {
    return spec === undefined ? [] : resolveLayers(spec, count ?? 0).map((layer) => ({ part, layer }));
  } catch {
    return []; // the file's diagnostics say that a layer is past the last one
  }
}

/** As many as the run needs: where the checkpoint is gone. */
function layersIn({ layers }: AblateFacts, part: AblatedPart): number {
  return layers.reduce((most, one) => (one.part === part ? Math.max(most, one.layer + 1) : most), 0);
}
