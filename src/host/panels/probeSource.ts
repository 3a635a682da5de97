import path from 'node:path';
import * as vscode from 'vscode';
import { openCheckpoint } from '../../core/checkpoint/checkpoint';
import { resolveRegions } from '../../core/checkpoint/regions';
import { resolvePath, type Experiment } from '../../core/experiment/experiment';
import { resolveLayers } from '../../core/experiment/layers';
import { stepOfRun } from '../../core/experiment/runId';
import type { SwapOptions } from '../../core/experiment/schema';
import { pairsFolderOf } from '../../core/probe/pairsFolder';
import { probeState, type Overlay, type SwapRun } from '../../core/probe/probeState';
import { readSwapFacts, readSwapRows } from '../../core/probe/swapFacts';
import type { SwapFacts } from '../../core/probe/swapSummary';
import { describeError } from '../../shared/errors';
import { runStates, type ProbeState } from '../../shared/protocol/probe';
import type { Regions } from '../../shared/vocabulary';
import { experimentName, type Experiments } from '../experiments/experiments';
import type { Runs, RunView } from '../experiments/runs';
import { setAsideRuns } from '../trees/setAsideRuns';

/** A run that is shown, with what the page is not told. */
export interface ReadRun extends SwapRun {
  /** Where its pairs are; null when nothing says so. */
  readonly pairsFolder: string | null;
}

/** Reads what one Probe panel shows: the runs from their folders, what is around them from the experiment file. */
export class ProbeSource {
  private shown: readonly string[];
  private looking: Promise<void> | undefined;
  private lastLook: Promise<void> = Promise.resolve();
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

  /** The panel's own run and those laid over it. */
  shownRuns(): readonly string[] {
    return this.shown;
  }

  /** Lays other runs over the panel's own; ids that stand for no swap run of the experiment are left out. */
  show(ids: readonly string[]): void {
    this.shown = [...new Set([this.step, ...ids])];
    this.invalidate();
  }

  /** The experiment file, or which runs there are, may have changed. */
  invalidate(): void {
    this.looking = undefined;
  }

  /** Whether `id` is the panel's own run or a swap run of the experiment. */
  async has(id: string): Promise<boolean> {
    await this.lookAround();
    return id === this.step || this.known.includes(id);
  }

  /** Never fails: what cannot be read is said in the run's message. */
  async read(): Promise<{ state: ProbeState; pairsFolders: readonly string[] }> {
    await this.lookAround();
    const [own, ...others] = await Promise.all(this.shown.map((id) => this.readRun(id)));
    const runs = [own!, ...others] as const;
    const numLayers = await this.layersOf(own!.facts.checkpoint);
    const state = probeState(runs, this.overlays, {
      experiment: path.basename(this.file),
      numLayers: numLayers ?? Math.max(0, ...own!.facts.layers.map((layer) => layer + 1)),
      regions: numLayers === null ? null : this.regions(numLayers),
      canRun: vscode.workspace.isTrusted,
    });
    return { state, pairsFolders: [...new Set(runs.flatMap(({ pairsFolder }) => pairsFolder ?? []))] };
  }

  async readRun(id: string): Promise<ReadRun> {
    const view = await this.view(id);
    const manifest = view.snapshot?.manifest;
    const step = this.swapStep(id);
    const found = readSwapFacts(manifest?.facts);
    const facts = found ?? (await this.planned(step));
    const pairsFolder = found && manifest ? pairsFolderOf(manifest, path.dirname(this.file), found) : null;
    return {
      id,
      role: this.experiment?.checkpoints.get(facts.checkpoint)?.role ?? null,
      state: view.state === null || runStates.includes(view.state) ? view.state : 'interrupted',
      mine: view.mine || !view.snapshot?.holder,
      message: this.messageOf(view, step !== undefined || found !== null),
      device: typeof manifest?.device === 'string' ? manifest.device : null,
      progress: view.progress,
      facts,
      rows: found ? readSwapRows(view.snapshot!.rows) : [],
      pairsFolder: pairsFolder ?? (step && this.experiment ? resolvePath(this.experiment, step.pairs) : null),
    };
  }

  private async view(id: string): Promise<Pick<RunView, 'state' | 'progress' | 'message' | 'snapshot' | 'mine'>> {
    try {
      return await this.runs.view(this.file, id);
    } catch (error) {
      return { state: 'failed', progress: null, message: describeError(error), snapshot: null, mine: false };
    }
  }

  /** Why there is nothing to see, what it waits for, or what the run itself says. */
  private messageOf({ state, message }: Pick<RunView, 'state' | 'message'>, known: boolean): string | null {
    if (state === 'queued') {
      const first = this.runs.running().find(({ progress }) => progress !== null);
      return first ? `It waits until "${first.step}" of ${experimentName(first.file)} has ended.` : null;
    }
    if (known) return typeof message === 'string' ? message : null;
    return this.problem ?? `${path.basename(this.file)} has no swap step "${this.step}".`;
  }

  /** Waits until what is around the runs is known, and known anew when it may have changed. */
  private lookAround(): Promise<void> {
    return (this.looking ??= this.lastLook = this.lastLook.then(() => this.look()));
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
    const { snapshot } = await this.view(id);
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

  private regions(numLayers: number): Regions | null {
    try {
      return this.experiment && resolveRegions(this.experiment.content.regions, numLayers);
    } catch {
      return null; // the file's diagnostics say so
    }
  }
}
