/**
 * Runs a step into its run folder (`NAME.runs/<step id>/`): manifest.json, rows.jsonl, summary.json, log.txt. What is
 * there is resumed: batches are cut by the plan, a batch's rows are written at once, and a batch that was cut short is
 * done again, so that a run killed at any moment ends in the same bytes as an undisturbed one.
 */
import path from 'node:path';
import type { ComparePreview } from '../../shared/compareResults';
import { InputError, isCancelled } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import type { RunProgress } from '../../shared/protocol/engine';
import { runItemsText } from '../evaluate/runItems';
import { AppendLog } from '../files/appendLog';
import { removeLeftovers, writeFileAtomic } from '../files/atomicWrite';
import { acquireLock, type FileLock } from '../files/fileLock';
import type { FileOperations } from '../files/fileOperations';
import { ensureFolder, exists } from '../files/folders';
import { InputHashes } from './inputHashes';
import { createManifest, isSameRun, readManifest, type Manifest } from './manifest';
import { runLog } from './runLog';
import { runPathsIn, setAside, type RunPaths } from './runFolder';
import type { PlannedBatch, Row, StepContext, StepPlan } from './step';

export interface RunOptions {
  /** The folder of all runs. */
  readonly runs: string;
  readonly step: string;
  readonly kind: string;
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  readonly fresh: boolean;
  /** Recorded, never compared. */
  readonly versions: Readonly<Record<string, string>>;
  readonly onProgress: (progress: RunProgress) => void;
  /** Whether somebody watches who wants quick estimates first. */
  readonly preview?: boolean;
  /** How rows, summary and manifest reach the disk; tests have it refuse. */
  readonly operations?: FileOperations;
}

export interface StepResult {
  readonly folder: string;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Runs or resumes a step. @throws CancelledError between two batches once the signal aborts */
export async function runStep(
  makePlan: (context: StepContext) => Promise<StepPlan>,
  outer: Omit<StepContext, 'runFolder' | 'fresh'>,
  options: RunOptions,
): Promise<StepResult> {
  const paths = runPathsIn(options.runs, options.step, options.shard);
  await ensureFolder(paths.folder);
  const lock = await acquireLock(paths.lock, options.step);
  const context = { ...outer, runFolder: paths.folder, fresh: options.fresh, log: runLog(paths.log, outer.log) };
  try {
    await Promise.all([removeLeftovers(paths.manifest), removeLeftovers(paths.summary)]);
    options.onProgress({ phase: 'preparing', done: 0, total: 0, unit: '', secondsLeft: null });
    const plan = await makePlan(context);
    const run = new StepRun(plan, context, options, paths, lock);
    return await run.finish();
  } finally {
    await lock.release();
  }
}

class StepRun {
  constructor(
    private readonly plan: StepPlan,
    private readonly context: StepContext,
    private readonly options: RunOptions,
    private readonly paths: RunPaths,
    private readonly lock: FileLock,
  ) {}

  async finish(): Promise<StepResult> {
    const { plan, context, options, paths } = this;
    const hashes = await InputHashes.of(plan.inputs, context.experiment.directory, paths.hashCache);
    let manifest = createManifest(plan, context, options, hashes);
    const previous = await readManifest(paths.manifest);
    const resumable = previous !== null && (await isSameRun(previous, manifest, hashes));
    const something = previous !== null || (await exists(paths.rows));
    this.checkMemory();
    if (something && (options.fresh || !resumable)) {
      const moved = await setAside(paths);
      const reason = options.fresh ? 'started anew' : 'plan or input changed';
      context.log.info(`${reason}, the earlier run is now in ${path.basename(moved)}`);
    }
    manifest = { ...manifest, state: 'running' };
    await this.save(manifest);
    if (plan.items) await writeFileAtomic(paths.items, runItemsText(plan.items), options.operations);
    const hashing = hashes.hashWeights(context.signal);
    hashing.catch(() => undefined); // awaited below; a failure before that must not be unhandled
    try {
      const rows = await this.runBatches(hashes);
      const finished = await plan.finish?.(context.signal);
      const summary = {
        step: options.step,
        kind: options.kind,
        device: context.device,
        ...plan.summarise(rows),
        ...finished,
      };
      await writeFileAtomic(paths.summary, JSON.stringify(summary, null, 1) + '\n', options.operations);
      this.report('finishing', this.totalUnits(), 0);
      await hashing;
      await this.save({ ...manifest, inputs: hashes.inputs(), state: 'finished' });
      return { folder: paths.folder, summary };
    } catch (error) {
      const state = isCancelled(error) ? 'cancelled' : 'failed';
      const message = error instanceof Error ? error.message : String(error);
      // The failure may be a full disk: then the manifest cannot say so either, and the error itself matters more.
      await this.save({ ...manifest, inputs: hashes.inputs(), state, message }).catch(() => undefined);
      throw error;
    } finally {
      hashes.stop();
    }
  }

  private async runBatches(hashes: InputHashes): Promise<Row[]> {
    const { plan, context, options, paths } = this;
    const log = await AppendLog.open(paths.rows, options.operations);
    try {
      const batches = ownBatches(plan.batches, options.shard);
      const rows = log.lines.map((line, i) => parseRow(line, paths.rows, i + 1));
      const { batch: first, rows: kept } = whereToResume(batches, rows, paths.rows);
      if (kept < rows.length) {
        await log.truncateTo(kept);
        rows.length = kept;
      }
      let done = batches.slice(0, first).reduce((sum, { units }) => sum + units, 0);
      const total = this.totalUnits();
      const alreadyDone = done;
      this.report('running', done, null);
      if (options.preview) await this.preview(batches.slice(first), done);
      const started = performance.now();
      for (const batch of batches.slice(first)) {
        context.signal.throwIfAborted();
        const fresh = await plan.runBatch(batch.index, context.signal);
        await hashes.assertUnchanged();
        await this.lock.assertOwned();
        await log.append(fresh.map((row) => JSON.stringify(row)));
        rows.push(...fresh);
        done += batch.units;
        const perUnit = (performance.now() - started) / 1000 / (done - alreadyDone);
        this.report('running', done, perUnit * (total - done));
      }
      return rows;
    } finally {
      await log.close();
    }
  }

  private async preview(batches: readonly { readonly index: number }[], done: number): Promise<void> {
    const { plan, context } = this;
    if (!plan.previewBatch) return;
    for (const { index } of batches) {
      context.signal.throwIfAborted();
      this.report('running', done, null, await plan.previewBatch(index, context.signal));
    }
  }

  /** Refuses a run whose own memory cannot fit; weights that do not fit are only slow, and said so. */
  private checkMemory(): void {
    const { mapped, working, advice } = this.plan.memory;
    const available = process.availableMemory();
    const text = `needs ${formatBytes(working)} beside ${formatBytes(mapped)} of mapped weights; ${formatBytes(available)} are free`;
    if (working > available) throw new InputError(`${this.options.step} cannot fit in memory: it ${text}`, advice);
    this.context.log.info(text);
    if (working + mapped > available) {
      this.context.log.warn('weights will be read from disk again and again; it will be slow');
    }
  }

  private report(phase: RunProgress['phase'], done: number, secondsLeft: number | null, ahead?: ComparePreview): void {
    const { mapped, working } = this.plan.memory;
    const memory = { mapped, working, available: process.availableMemory() };
    const told = { phase, done, total: this.totalUnits(), unit: this.plan.unit, secondsLeft, memory };
    this.options.onProgress(ahead ? { ...told, ahead } : told);
  }

  private totalUnits(): number {
    return ownBatches(this.plan.batches, this.options.shard).reduce((sum, { units }) => sum + units, 0);
  }

  private async save(manifest: Manifest): Promise<void> {
    await writeFileAtomic(this.paths.manifest, JSON.stringify(manifest, null, 1) + '\n', this.options.operations);
  }
}

/** A shard takes a run of batches, so that the shards' rows one after another are those of a single run. */
function ownBatches(
  batches: readonly PlannedBatch[],
  shard: RunOptions['shard'],
): readonly (PlannedBatch & { index: number })[] {
  const numbered = batches.map((batch, index) => ({ ...batch, index }));
  if (!shard) return numbered;
  const cut = (i: number) => Math.floor((i * numbered.length) / shard.count);
  return numbered.slice(cut(shard.index), cut(shard.index + 1));
}

/**
 * The first batch to run and how many rows to keep. A batch is complete when a later one has rows or when it has all of
 * its own; what follows the first incomplete one is dropped.
 */
export function whereToResume(
  batches: readonly PlannedBatch[],
  rows: readonly Row[],
  file: string,
): { batch: number; rows: number } {
  const batchOf = new Map(batches.flatMap(({ keys }, batch) => keys.map((key) => [key, batch] as const)));
  const owners = rows.map(({ key }, i) => {
    const batch = batchOf.get(key);
    if (batch === undefined) throw new InputError(`${file}:${i + 1}: the row "${key}" is not in the plan`, startAfresh);
    return batch;
  });
  const stray = owners.findIndex((batch, i) => batch < (owners[i - 1] ?? 0));
  if (stray !== -1) throw new InputError(`${file}:${stray + 1}: the row is out of order`, startAfresh);
  const last = owners.at(-1);
  if (last === undefined) return { batch: 0, rows: 0 };
  const firstOfLast = owners.indexOf(last);
  const complete = owners.length - firstOfLast === batches[last]!.keys.length;
  return complete ? { batch: last + 1, rows: rows.length } : { batch: last, rows: firstOfLast };
}

const startAfresh = 'Run it with --fresh to start anew; what is there is set aside.';

function parseRow(line: string, file: string, number: number): Row {
  try {
    const row = JSON.parse(line) as Row | null;
    if (typeof row === 'object' && row !== null && typeof row.key === 'string') return row;
  } catch {
    // falls through to the error that names the line
  }
  throw new InputError(`${file}:${number}: not a row`, startAfresh);
}
