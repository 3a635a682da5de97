import * as vscode from 'vscode';
import { loadExperiment, runsDirectory } from '../../core/experiment/experiment';
import { runPathsIn } from '../../core/experiment/runFolder';
import { RunReader, type RunSnapshot } from '../../core/experiment/runReader';
import type { ComparePreview, CompareRow, SpectrumPreview } from '../../shared/compareResults';
import { describeError, EngineCrashError, InputError, isCancelled } from '../../shared/errors';
import type { RunParams, RunProgress } from '../../shared/protocol/engine';
import type { RunState } from '../../shared/protocol/run';
import type { EngineClient } from '../engineClient';
import { contextKeys } from '../ids';
import { settings } from '../settings';
import { assertTrusted } from '../trust';
import { chooseMemory } from './chooseMemory';
import { fromKey, keyOf } from './stepKey';
import { WatchedSteps } from './watchedSteps';

/** A run as this window knows it: what its folder says, and what the engine tells while it runs here. */
export interface RunView {
  readonly file: string;
  /** The step's id, or that of a run set aside (`vision~1`). */
  readonly step: string;
  /** Null when the step was never run. */
  readonly state: RunState | null;
  /** What the engine told last, while it runs in this window. */
  readonly progress: RunProgress | null;
  /** All that the engine told so far of tensors whose turn is still to come, while it runs in this window. */
  readonly ahead?: ComparePreview;
  /** Why it failed, or who else runs it. */
  readonly message: string | null;
  /** Null when there is no run folder. */
  readonly snapshot: RunSnapshot | null;
  /** Whether it runs or waits in this window: then it can be cancelled here. */
  readonly mine: boolean;
}

interface Failure {
  readonly message: string;
  readonly crashed: boolean;
  /** The run folder as the failure left it: once somebody goes on there, the failure is over. */
  readonly print: string;
}

interface ActiveRun {
  readonly controller: AbortController;
  state: 'queued' | 'preparing' | 'running';
  progress: RunProgress | null;
  readonly ahead: { readonly rows: CompareRow[]; readonly estimates: SpectrumPreview[] };
}

/** Whoever may be at work on a step without a run folder to show for it: a cluster. */
export interface Elsewhere {
  view(file: string, step: string): Promise<{ readonly live: boolean; readonly problem: string | null } | null>;
}

/** How often run folders that somebody looks at are read again: other windows and terminals write them too. */
const pollMs = 1000;

/** The runs of this window, and a view of everybody's. */
export class Runs implements vscode.Disposable {
  private readonly active = new Map<string, ActiveRun>();
  private readonly failures = new Map<string, Failure>();
  private readonly readers = new Map<string, RunReader>();
  private readonly watched = new WatchedSteps(
    pollMs,
    async (file, step) => printOf(await this.read(file, step).catch(() => null)),
    (file, step) => this.tell(file, step),
  );
  private readonly changed = new vscode.EventEmitter<{ file: string; step: string }>();
  /** Fires for a run of this window, and for one that is {@link watch}ed when its folder changes. */
  readonly onDidChange = this.changed.event;

  /** @param choose asks what to do about a step that does not fit in memory */
  constructor(
    private readonly engine: EngineClient,
    private readonly cluster: Elsewhere,
    private readonly choose: typeof chooseMemory = chooseMemory,
  ) {}

  /** What is known of a run now. Reads its folder. */
  async view(file: string, step: string): Promise<RunView> {
    const key = keyOf(file, step);
    const snapshot = await this.read(file, step);
    const active = this.active.get(key);
    let failure = this.failures.get(key);
    if (failure && failure.print !== printOf(snapshot)) {
      this.failures.delete(key);
      failure = undefined;
    }
    // After a crash the folder knows better: what is there can be resumed.
    const failed = failure && !(failure.crashed && snapshot);
    const state: RunState | null = active?.state ?? (failed ? 'failed' : (snapshot?.state ?? null));
    const holder = snapshot?.holder;
    const elsewhere = !active && holder ? `It runs in process ${holder.pid} on ${holder.host}.` : null;
    const message = active ? null : (elsewhere ?? failure?.message ?? snapshot?.manifest.message ?? null);
    const told = active ? { progress: active.progress, ahead: active.ahead } : { progress: null };
    return { file, step, state, ...told, message, snapshot, mine: active !== undefined };
  }

  /** Steps that run or wait in this window. */
  running(): { file: string; step: string; progress: RunProgress | null }[] {
    return [...this.active].map(([key, { progress }]) => ({ ...fromKey(key), progress }));
  }

  /**
   * Runs or resumes a step; resolves when it ends. A run that is already under way here is joined by nobody: it throws.
   * @throws InputError, EngineCrashError, CancelledError
   */
  async start(file: string, step: string, fresh = false): Promise<void> {
    const key = keyOf(file, step);
    assertTrusted();
    if (this.active.has(key)) throw new InputError(`the step "${step}" is running already`);
    const ahead = { rows: [], estimates: [] };
    const run: ActiveRun = { controller: new AbortController(), state: 'queued', progress: null, ahead };
    this.failures.delete(key);
    this.active.set(key, run);
    this.showWhetherRunning();
    this.tell(file, step);
    try {
      await this.assertNotOnCluster(file, step);
      await saveExperiment(file);
      await loadExperiment(file); // an error in the file is said at once, not after the runs that wait
      const params = { ...settings.compute(), file, step, fresh, preview: true, asksBeforeStreaming: true };
      await this.compute(run, params);
    } catch (error) {
      const crashed = error instanceof EngineCrashError;
      if (!isCancelled(error)) {
        const print = printOf(await this.read(file, step).catch(() => null));
        this.failures.set(key, { message: describeError(error), crashed, print });
      }
      throw error;
    } finally {
      this.active.delete(key);
      this.showWhetherRunning();
      this.tell(file, step);
    }
  }

  /** Where it does not fit in memory, the user chooses another way as long as there is one. */
  private async compute(run: ActiveRun, params: RunParams): Promise<void> {
    const { file, step } = params;
    const onProgress = (progress: RunProgress) => {
      run.state = progress.phase === 'preparing' ? 'preparing' : 'running';
      run.progress = progress;
      run.ahead.rows.push(...(progress.ahead?.rows ?? []));
      run.ahead.estimates.push(...(progress.ahead?.estimates ?? []));
      this.tell(file, step);
    };
    try {
      await this.engine.call('run', params, { signal: run.controller.signal, onProgress });
    } catch (error) {
      const isAsked = error instanceof InputError && error.choices.length > 0;
      const changed = isAsked ? await this.choose(error, params) : null;
      if (changed === null) throw error;
      run.controller.signal.throwIfAborted();
      await saveExperiment(file); // a choice may have changed it
      await this.compute(run, { ...params, ...changed });
    }
  }

  cancel(file: string, step: string): void {
    this.active.get(keyOf(file, step))?.controller.abort();
  }

  /** Deletes a run's folder, into the trash where there is one. @throws InputError while somebody runs it, here or on Slurm */
  async delete(file: string, step: string): Promise<void> {
    const { mine, snapshot } = await this.view(file, step);
    if (mine || snapshot?.holder) throw new InputError(`"${step}" is running`, 'Cancel it first.');
    await this.assertNotOnCluster(file, step);
    const folder = vscode.Uri.file(folderOf(file, step));
    try {
      await vscode.workspace.fs.delete(folder, { recursive: true, useTrash: true });
    } catch {
      await vscode.workspace.fs.delete(folder, { recursive: true }); // a file system without a trash
    }
    this.failures.delete(keyOf(file, step));
    this.tell(file, step);
  }

  /** Reads the run's folder again and again, and tells of changes, until disposed. */
  watch(file: string, step: string): vscode.Disposable {
    return this.watched.watch(file, step);
  }

  dispose(): void {
    this.watched.dispose();
    for (const { controller } of this.active.values()) controller.abort();
    this.changed.dispose();
  }

  /** A cluster that cannot be asked does not stand in the way: the folder may have come from another machine. */
  private async assertNotOnCluster(file: string, step: string): Promise<void> {
    const array = await this.cluster.view(file, step).catch(() => null);
    if (array?.live && array.problem === null)
      throw new InputError(`"${step}" is on Slurm`, 'Cancel its jobs first, or wait for them.');
  }

  private async read(file: string, step: string): Promise<RunSnapshot | null> {
    const key = keyOf(file, step);
    let reader = this.readers.get(key);
    if (!reader) this.readers.set(key, (reader = new RunReader(folderOf(file, step))));
    return reader.read();
  }

  private showWhetherRunning(): void {
    void vscode.commands.executeCommand('setContext', contextKeys.running, this.active.size > 0);
  }

  private tell(file: string, step: string): void {
    this.changed.fire({ file, step });
  }
}

export function folderOf(file: string, step: string): string {
  return runPathsIn(runsDirectory(file), step).folder;
}

/** Another print is another state of the folder. */
function printOf(snapshot: RunSnapshot | null): string {
  return snapshot ? `${snapshot.state} ${snapshot.rows.length} ${snapshot.manifest.started}` : '';
}

/**
 * The engine and the panels read the file from disk: what is typed must be there.
 * @throws InputError when it cannot be saved
 */
export async function saveExperiment(file: string): Promise<void> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file);
  if (open?.isDirty && !(await open.save()))
    throw new InputError(`${file} could not be saved`, 'Save it and run again.');
}
