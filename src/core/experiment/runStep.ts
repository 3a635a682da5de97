/**
 * Runs a step into its run folder (`NAME.runs/<step id>/`): manifest.json, rows.jsonl, summary.json, log.txt. What is
 * there is resumed: batches are cut by the plan, a batch's rows are written at once, and a batch that was cut short is
 * done again, so that a run killed at any moment ends in the same bytes as an undisturbed one.
 */
import path from 'node:path';
import type { ComparePreview } from '../../shared/compareResults';
import { InputError, isCancelled } from '../../shared/errors';
import type { RunProgress } from '../../shared/protocol/engine';
import { runItemsText } from '../evaluate/runItems';
import { AppendLog } from '../files/appendLog';
import { availableMemory } from '../files/availableMemory';
import { removeLeftovers, writeFileAtomic } from '../files/atomicWrite';
import { acquireLock, type FileLock } from '../files/fileLock';
import type { FileOperations } from '../files/fileOperations';
import { ensureFolder, exists } from '../files/folders';
import { planMemory } from '../model/memoryPlan';
import { InputHashes } from './inputHashes';
import { createManifest, isSameRun, readManifest, type Manifest } from './manifest';
import { gatherShards, type ShardRows } from './gatherShards';
import { ownBatches, parseRow, unitsOf, whereToResume } from './plannedRows';
import { runLog } from './runLog';
import { runPathsIn, setAside, type RunPaths } from './runFolder';
import type { Row, StepContext, StepPlan } from './step';

export interface RunOptions {
  /** The folder of all runs. */
  readonly runs: string;
  readonly step: string;
  readonly kind: string;
  readonly shard?: { readonly index: number; readonly count: number } | undefined;
  /** Takes the rows of so many finished shards, and computes none. */
  readonly gather?: number | undefined;
  readonly fresh: boolean;
  /** Recorded, never compared. */
  readonly versions: Readonly<Record<string, string>>;
  readonly onProgress: (progress: RunProgress) => void;
  /** Whether somebody watches who wants quick estimates first. */
  readonly preview?: boolean;
  /** Whether somebody can be asked before weights that do not fit are read from disk again and again. */
  readonly asksBeforeStreaming?: boolean;
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
    const shards =
      options.gather === undefined ? null : await gatherShards(options.gather, plan, context, options, hashes);
    const previous = await readManifest(paths.manifest);
    const resumable = previous !== null && (await isSameRun(previous, manifest, hashes));
    const something = previous !== null || (await exists(paths.rows));
    if (shards) context.log.info(`made of ${shards.length} shards, which are computed already`);
    else this.checkMemory();
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
      const rows = shards ? await this.takeRows(shards) : await this.runBatches(hashes);
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
      const shard = manifest.shard && { ...manifest.shard, rows: rows.length };
      await this.save({ ...manifest, shard, inputs: hashes.inputs(), state: 'finished' });
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
      let done = unitsOf(batches.slice(0, first));
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

  private async takeRows(shards: readonly ShardRows[]): Promise<Row[]> {
    const { options, paths } = this;
    const log = await AppendLog.open(paths.rows, options.operations);
    try {
      await log.truncateTo(0);
      for (const { lines } of shards) {
        await this.lock.assertOwned();
        await log.append(lines);
      }
      return shards.flatMap(({ rows }) => rows);
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

  /** Refuses a run that cannot fit. One whose weights alone do not fit is only slow: said so, or asked about. */
  private checkMemory(): void {
    const { step, asksBeforeStreaming } = this.options;
    const { device, deviceFree = null, log } = this.context;
    const available = availableMemory();
    const { verdict, text, choices, mend } = planMemory(this.plan.memory, { device, available, deviceFree });
    if (verdict === 'tooBig') throw new InputError(`${step} cannot fit in memory: it ${text}`, mend, { choices });
    if (verdict === 'slow' && asksBeforeStreaming) {
      throw new InputError(`${step} is larger than the memory: it ${text}`, mend, { choices });
    }
    log.info(text);
    if (verdict === 'slow') log.warn('weights will be read from disk again and again; it will be slow');
  }

  private report(phase: RunProgress['phase'], done: number, secondsLeft: number | null, ahead?: ComparePreview): void {
    const { mapped, working } = this.plan.memory;
    const { device, deviceFree = null } = this.context;
    const onDevice = device === 'cpu' ? {} : { deviceFree };
    const memory = { mapped, working, available: availableMemory(), ...onDevice };
    const told = { phase, done, total: this.totalUnits(), unit: this.plan.unit, secondsLeft, memory };
    this.options.onProgress(ahead ? { ...told, ahead } : told);
  }

  private totalUnits(): number {
    return unitsOf(ownBatches(this.plan.batches, this.options.shard));
  }

  private async save(manifest: Manifest): Promise<void> {
    await writeFileAtomic(this.paths.manifest, JSON.stringify(manifest, null, 1) + '\n', this.options.operations);
  }
}
