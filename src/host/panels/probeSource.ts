import path from 'node:path';
import * as vscode from 'vscode';
import { openCheckpoint } from '../../core/checkpoint/checkpoint';
import { resolvePath, type Experiment } from '../../core/experiment/experiment';
import { resolveLayers } from '../../core/experiment/layers';
import { stepOfRun } from '../../core/experiment/runId';
import type { SwapOptions } from '../../core/experiment/schema';
import { pairsFolderOf } from '../../core/probe/pairsFolder';
import { probeState, type Overlay, type SwapRun } from '../../core/probe/probeState';
import { readSwapFacts, readSwapRows } from '../../core/probe/swapFacts';
import type { SwapFacts } from '../../core/probe/swapSummary';
import type { ProbeState } from '../../shared/protocol/probe';
import type { Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { setAsideRuns } from '../trees/setAsideRuns';
import { regionsIn } from './experimentRegions';
import { LookAround } from './lookAround';
import type { RunPanelContent, RunPanelSource } from './runPanel';
import { readView, standingOf } from './runReading';

/** A run that is shown, with what the page is not told. */
export interface ReadRun extends SwapRun {
  /** Where its pairs are; null when nothing says so. */
  readonly pairsFolder: string | null;
}

/** Reads what one Probe panel shows: the runs from their folders, what is around them from the experiment file. */
export class ProbeSource implements RunPanelSource<ProbeState> {
  private shown: readonly string[];
  private readonly around = new LookAround(() => this.look());
  private experiment: Experiment | null = null;
  private problem: string | null = null;
  private overlays: readonly Overlay[] = [];
  private known: readonly string[] = [];
  private numLayers = new Map<string, Promise<number | null>>();

  constructor(
    readonly file: string,
    readonly step: string,
    overlays: readonly string[],
    private readonly experiments: Experiments,
    private readonly runs: Runs,
  ) {
    this.shown = [step, ...overlays];
  }

  /** Lays other runs over the panel's own; ids that stand for no swap run of the experiment are left out. */
  show(ids: readonly string[]): void {
    this.shown = [...new Set([this.step, ...ids])];
    this.invalidate();
  }

  /** The experiment file, or which runs there are, may have changed. */
  invalidate(): void {
    this.around.invalidate();
  }

  /** Whether `id` is the panel's own run or a swap run of the experiment. */
  async has(id: string): Promise<boolean> {
    await this.around.known();
    return id === this.step || this.known.includes(id);
  }

  /** Never fails: what cannot be read is said in the run's message. */
  async read(): Promise<RunPanelContent<ProbeState>> {
    await this.around.known();
    const [own, ...others] = await Promise.all(this.shown.map((id) => this.readRun(id)));
    const runs = [own!, ...others] as const;
    const numLayers = await this.layersOf(own!.facts.checkpoint);
    const state = probeState(runs, this.overlays, {
      experiment: path.basename(this.file),
      numLayers: numLayers ?? Math.max(0, ...own!.facts.layers.map((layer) => layer + 1)),
      regions: numLayers === null ? null : regionsIn(this.experiment, numLayers),
      canRun: vscode.workspace.isTrusted,
    });
    return {
      state,
      title: own!.facts.checkpoint ? `${own!.id} · ${own!.facts.checkpoint}` : this.step,
      shownRuns: runs.map((run) => run.id),
      imageFolders: [...new Set(runs.flatMap(({ pairsFolder }) => pairsFolder ?? []))],
    };
  }

  async readRun(id: string): Promise<ReadRun> {
    const view = await readView(this.runs, this.file, id);
    const manifest = view.snapshot?.manifest;
    const step = this.swapStep(id);
    const found = readSwapFacts(manifest?.facts);
    const facts = found ?? (await this.planned(step));
    const standing = standingOf(this.runs, view);
    const isKnown = step !== undefined || found !== null;
    const pairsFolder = found && manifest ? pairsFolderOf(manifest, path.dirname(this.file), found) : null;
    return {
      id,
      role: this.experiment?.checkpoints.get(facts.checkpoint)?.role ?? null,
      ...standing,
      message: isKnown || standing.state === 'queued' ? standing.message : this.whyUnknown(),
      progress: view.progress,
      facts,
      rows: found ? readSwapRows(view.snapshot!.rows) : [],
      pairsFolder: pairsFolder ?? (step && this.experiment ? resolvePath(this.experiment, step.pairs) : null),
    };
  }

  private whyUnknown(): string {
    return this.problem ?? `${path.basename(this.file)} has no swap step "${this.step}".`;
  }

  /** Reads the experiment file, and which runs may be laid over. */
  private async look(): Promise<void> {
    const { experiment, parsed, problem } = await this.experiments.get(this.file);
    // While the file is being written and has an error, what it said before is the better guess.
    if (experiment || !parsed) this.experiment = experiment;
    this.problem = problem;
    this.numLayers = new Map();
    const steps = this.experiment?.content.steps.flatMap(({ swap }) => swap?.id ?? []) ?? [];
    const setAside = await Promise.all(steps.map((id) => setAsideRuns(this.file, id)));
    this.known = [...steps, ...setAside.flat()];
    this.shown = this.shown.filter((id) => id === this.step || this.known.includes(id));
    const overlays = await Promise.all(this.known.map((id) => this.overlay(id)));
    this.overlays = overlays.filter((overlay) => overlay !== null);
  }

  private async overlay(id: string): Promise<Overlay | null> {
    const { snapshot } = await readView(this.runs, this.file, id);
    const facts = readSwapFacts(snapshot?.manifest.facts);
    return facts && snapshot!.rows.length > 0 ? { id, ...facts } : null;
  }

  private swapStep(id: string): SwapOptions | undefined {
    const steps = this.experiment?.content.steps ?? [];
    return steps.find(({ swap }) => swap?.id === stepOfRun(id))?.swap;
  }

  /** What a step that was never run would do; nothing where there is no such step. */
  private async planned(step: SwapOptions | undefined): Promise<SwapFacts> {
    if (!step) return { checkpoint: '', mode: 'suffix', window: 1, layers: [], functions: {} };
    const { checkpoint, mode, window } = step;
    const numLayers = await this.layersOf(checkpoint);
    let layers: number[] = [];
    try {
      layers = resolveLayers(step.layers, numLayers ?? 0);
    } catch {
      // The file's diagnostics say that a layer is past the last one.
    }
    return { checkpoint, mode, window, layers, functions: {} };
  }

  /** Decoder layers of a checkpoint of the experiment, from its headers; null when it is gone. */
  private layersOf(checkpoint: string): Promise<number | null> {
    const directory = this.experiment?.checkpoints.get(checkpoint)?.directory;
    if (directory === undefined) return Promise.resolve(null);
    let known = this.numLayers.get(directory);
    if (!known) {
      known = openCheckpoint(directory).then(
        ({ config }) => config.numLayers,
        () => null,
      );
      this.numLayers.set(directory, known);
    }
    return known;
  }
}
