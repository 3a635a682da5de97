import path from 'node:path';
import * as vscode from 'vscode';
import { loadExperiment, runsDirectory } from '../../core/experiment/experiment';
import { runPathsIn } from '../../core/experiment/runFolder';
import { RunReader } from '../../core/experiment/runReader';
import { findNode } from '../../core/process/findNode';
import type { ArrayOptions } from '../../core/slurm/arrayOptions';
import { isUnderWay, readArray, type ArrayReading } from '../../core/slurm/arrayReading';
import { Cluster, type QueueReading } from '../../core/slurm/cluster';
import { failureOfArray } from '../../core/slurm/collectArray';
import { shardScript, type Launcher } from '../../core/slurm/jobScript';
import { cancelArray, resendShards, sendArray, type Sent } from '../../core/slurm/sendArray';
import { arrayPaths, type ArrayPlace } from '../../core/slurm/slurmFolder';
import { InputError } from '../../shared/errors';
import { saveExperiment } from '../experiments/runs';
import { keyOf } from '../experiments/stepKey';
import { WatchedSteps } from '../experiments/watchedSteps';
import { settings } from '../settings';
import { assertTrusted } from '../trust';
import { progressOf, type Progress } from '../trees/runProgress';

/** An array as this window knows it. */
export interface ArrayView extends ArrayReading {
  /** By shard: how far those are that have begun. */
  readonly progress: ReadonlyMap<number, Progress>;
  /** Its shards, or the job that collects them, wait or run. */
  readonly live: boolean;
  /** Which shards failed, why, and where their logs are; null while it is live, and when none has. */
  readonly failure: string | null;
}

/** Slurm is asked no more often than this, whoever looks: a queue is shared by all users of a cluster. */
const askMs = 10_000;
/** How often the shards' own files are read. */
const pollMs = 2000;
/** How long a reading serves all who ask. */
const freshMs = 1000;

/** The arrays that steps were sent to Slurm as. */
export class SlurmArrays implements vscode.Disposable {
  private readonly readers = new Map<string, RunReader>();
  private readonly asked = new Map<string, { readonly at: number; readonly reading: Promise<QueueReading> }>();
  private readonly watched = new WatchedSteps(
    pollMs,
    async (file, step) => printOf(await this.view(file, step).catch(() => null)),
    (file, step) => this.changed.fire({ file, step }),
  );
  private readonly views = new Map<string, { readonly at: number; readonly view: Promise<ArrayView | null> }>();
  private readonly stopping = new AbortController();
  private readonly cluster = new Cluster(this.stopping.signal);
  private readonly changed = new vscode.EventEmitter<{ file: string; step: string }>();
  /** Fires for an array that is {@link watch}ed when it stands otherwise than before. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly extensionPath: string) {}

  /**
   * Null when the step was never sent. Nodes of a tree ask one after another: they share one reading.
   * @throws InputError when what is kept of it is damaged
   */
  view(file: string, step: string): Promise<ArrayView | null> {
    const key = keyOf(file, step);
    const known = this.views.get(key);
    if (known && performance.now() - known.at < freshMs) return known.view;
    const view = this.read(file, step);
    this.views.set(key, { at: performance.now(), view });
    return view;
  }

  /** The script that {@link send} would send. */
  async script(file: string, step: string, options: ArrayOptions): Promise<string> {
    return shardScript(placeOf(file, step), options, await this.launcher());
  }

  /** @throws InputError when the file has an error, the step is on Slurm already, or Slurm refuses */
  async send(file: string, step: string, options: ArrayOptions): Promise<Sent> {
    const launcher = await this.launcher();
    await saveExperiment(file);
    await loadExperiment(file);
    return this.tellAfter(file, step, sendArray(placeOf(file, step), options, launcher, this.cluster));
  }

  /** @returns null when no shard has failed */
  async resend(file: string, step: string): Promise<Sent | null> {
    const launcher = await this.launcher();
    return this.tellAfter(file, step, resendShards(placeOf(file, step), launcher, this.cluster));
  }

  async cancel(file: string, step: string): Promise<void> {
    assertTrusted();
    await this.tellAfter(file, step, cancelArray(placeOf(file, step), this.cluster));
  }

  /** Reads the array's files again and again, and tells of changes, until disposed. */
  watch(file: string, step: string): vscode.Disposable {
    return this.watched.watch(file, step);
  }

  dispose(): void {
    this.watched.dispose();
    this.stopping.abort();
    this.changed.dispose();
  }

  private async read(file: string, step: string): Promise<ArrayView | null> {
    const place = placeOf(file, step);
    const reading = await readArray(place, { tasks: (jobs) => this.ask(jobs) });
    if (reading === null) return null;
    const live = reading.collecting || reading.shards.some(isUnderWay);
    const failed = !live && reading.shards.some(({ phase }) => phase !== 'finished');
    const failure = failed ? await failureOfArray(place, reading) : null;
    return { ...reading, progress: await this.progressOf(place, reading), live, failure };
  }

  private ask(jobs: readonly string[]): Promise<QueueReading> {
    const key = jobs.join();
    const known = this.asked.get(key);
    if (known && performance.now() - known.at < askMs) return known.reading;
    const reading = this.cluster.tasks(jobs);
    this.asked.set(key, { at: performance.now(), reading });
    return reading;
  }

  private async progressOf({ runs, step }: ArrayPlace, { shards }: ArrayReading): Promise<Map<number, Progress>> {
    const found = new Map<number, Progress>();
    for (const { shard, phase } of shards) {
      if (phase === 'pending') continue;
      const { folder } = runPathsIn(runs, step, shards.length > 1 ? { index: shard, count: shards.length } : undefined);
      const reader = this.readers.get(folder) ?? new RunReader(folder);
      this.readers.set(folder, reader);
      const snapshot = await reader.read().catch(() => null);
      const progress = progressOf({ progress: null, snapshot });
      // The manifest of a shard describes the whole plan, and beside it how much of that is the shard's.
      if (progress) found.set(shard, { ...progress, total: snapshot?.manifest.shard?.units ?? progress.total });
    }
    return found;
  }

  private async launcher(): Promise<Launcher> {
    assertTrusted();
    const { execPath, electron } = await findNode(settings.nodePath() || undefined);
    if (electron) {
      throw new InputError('the nodes of a cluster need a Node', 'Set frankenstein.nodePath to a Node 20 or later.');
    }
    return { node: execPath, cli: path.join(this.extensionPath, 'dist', 'cli.js'), setup: settings.slurmSetup() };
  }

  private async tellAfter<T>(file: string, step: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      this.asked.clear();
      this.views.clear();
      this.changed.fire({ file, step });
    }
  }
}

/** Where the log of the collecting job is. */
export function collectLogOf(file: string, step: string): string {
  return arrayPaths(placeOf(file, step)).collectLog;
}

export function placeOf(file: string, step: string): ArrayPlace {
  return { file, step, runs: runsDirectory(file), ownRuns: false };
}

/** Another print is another state of the array. */
function printOf(view: ArrayView | null): string {
  return view ? JSON.stringify([view.shards, [...view.progress], view.record.collected, view.problem]) : '';
}
