/**
 * Writes a hybrid as a checkpoint: into a folder beside the output, shard by shard, each synced and compared bit for bit
 * with its donors, then renamed as a whole. Killed at any moment it leaves nothing under the final name; what it
 * finished is taken up again.
 */
import path from 'node:path';
import { InputError } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import { assertUnchanged } from '../checkpoint/assertUnchanged';
import { readSafetensorsHeader } from '../checkpoint/safetensorsHeader';
import { indexName } from '../checkpoint/weightFiles';
import { writeFileAtomic } from '../files/atomicWrite';
import { cloneFile } from '../files/cloneFile';
import { copyRanges, findDifference, type FileRange } from '../files/copyRanges';
import { fileError } from '../files/fileErrors';
import { acquireLock } from '../files/fileLock';
import { diskOperations, writeAll, type FileOperations } from '../files/fileOperations';
import { ensureFolder } from '../files/folders';
import {
  assertNewOrEmpty,
  describeFolder,
  freeBytes,
  publishFolder,
  removeFolder,
  sizeOf,
  withFile,
} from '../files/outputFolder';
import { openRegularFile, readTextFile } from '../files/containedFile';
import { isBelow } from '../files/paths';
import { sha256OfFile } from '../files/sha256';
import type { MergePlan, PlannedShard } from './mergePlan';
import { recordOf, emptyHashes, type DonorHashes } from './mergeRecord';
import { modelCard } from './modelCard';
import { copySidecars } from './mergeSidecars';
import { headerOf } from './shardHeader';

export interface WrittenMerge {
  /** Names in the output. */
  readonly files: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
}

/** Bytes of plan.json at most: donors by ranges of layers. */
const recordLimit = 8 << 20;
/** Free space that stays free. */
const reserve = 64 << 20;

export class MergeWriter {
  /** What the parts of the work took so far. */
  readonly seconds = { writing: 0, verifying: 0, hashing: 0 };
  /** Beside the output: the lock, and the folder that is being written. */
  private readonly place: string;
  private readonly part: string;

  constructor(
    private readonly plan: MergePlan,
    /** Absolute. */
    readonly output: string,
    private readonly operations: FileOperations = diskOperations,
  ) {
    this.place = path.join(path.dirname(output), `.${path.basename(output)}.merging`);
    this.part = path.join(this.place, 'content');
  }

  /**
   * @throws InputError when the output holds files, lies inside a donor, or does not fit on its disk
   */
  async check(): Promise<void> {
    const { output, plan } = this;
    for (const shard of plan.hybrid.shards) {
      const donor = path.dirname(shard.path);
      if (isBelow(output, donor) || output === donor) {
        throw new InputError(`${output} lies inside a donor's folder, ${donor}`, 'Choose another folder.');
      }
    }
    await assertNewOrEmpty(output);
    await this.checkSpace();
  }

  /** What an earlier run of just this plan wrote under the final name, from the same weights; null when nothing did. */
  async isWritten(signal: AbortSignal): Promise<WrittenMerge | null> {
    const recorded: ReadonlyMap<string, string>[] = [];
    for (const { file } of this.plan.shards) {
      const shard = await openRegularFile(path.join(this.output, file)).catch(() => null);
      if (!shard) return null;
      const header = await readSafetensorsHeader(shard).catch(() => null);
      await shard.close();
      if (!header) return null;
      recorded.push(header.metadata);
    }
    const own = recordOf(this.plan, emptyHashes(this.plan));
    const isOfPlan = recorded.every((metadata) => metadata.get('frankenstein.plan') === own['frankenstein.plan']);
    if (!isOfPlan) return null;
    const { 'frankenstein.donors': donors } = recordOf(this.plan, await this.hashDonors(signal));
    const isOfDonors = recorded.every((metadata) => metadata.get('frankenstein.donors') === donors);
    return isOfDonors ? describeFolder(this.output) : null;
  }

  /** Does `work` while no other process writes here; what it leaves unfinished is taken up by the next. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    await ensureFolder(this.place);
    const lock = await acquireLock(path.join(this.place, 'lock.json'), `merge into ${this.output}`);
    try {
      await this.dropOther();
      return await work();
    } finally {
      await lock.release();
      if ((await sizeOf(this.part)) === null) await removeFolder(this.place);
    }
  }

  /** What another recipe left there, or the same of other weights, is not ours to take up. */
  private async dropOther(): Promise<void> {
    const { hybrid, shards } = this.plan;
    const mark = JSON.stringify({
      ...recordOf(this.plan, emptyHashes(this.plan)),
      donors: hybrid.shards.map(({ identity }) => identity),
      layout: shards.map(({ headerLength, base }) => [headerLength, base]),
    });
    const file = path.join(this.part, 'plan.json');
    if ((await readTextFile(file, { limit: recordLimit }).catch(() => null)) === mark) return;
    await removeFolder(this.part);
    await ensureFolder(this.part);
    await writeFileAtomic(file, mark, this.operations);
  }

  /**
   * Writes and verifies a shard; one that is there already is not written again. Where most of it stands in a donor's
   * file, and the file system can clone, only the rest is written. Elsewhere a copy inside the system is no faster than
   * ours, and cannot be cancelled.
   */
  async writeShard(shard: PlannedShard, signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
    const { operations } = this;
    const file = path.join(this.part, shard.file);
    if ((await sizeOf(file)) === shard.headerLength + shard.length) return onBytes(shard.length);
    const unfinished = `${file}.part`;
    signal.throwIfAborted();
    try {
      const { base } = shard;
      const clones = base !== null && (await this.timed('writing', () => cloneFile(base, unfinished, operations)));
      await withFile(unfinished, clones ? 'r+' : 'w+', async (handle) => {
        const ranges = rangesOf(shard);
        const isThere = ({ path: donor, offset, target }: FileRange) => clones && donor === base && offset === target;
        const missing = ranges.filter((range) => !isThere(range));
        await this.timed('writing', async () => {
          if (clones) onBytes(shard.length - missing.reduce((sum, { length }) => sum + length, 0));
          await writeAll(handle, this.header(shard, emptyHashes(this.plan)), 0, operations);
          await copyRanges(missing, handle, signal, onBytes, operations);
          await operations.sync(handle);
        });
        const different = await this.timed('verifying', () => findDifference(ranges, handle, unfinished, signal));
        if (different) throw new Error(`${unfinished} differs from ${different.path} although it was just copied`);
      });
      await assertUnchanged(this.plan.hybrid.shards, 'being merged');
      await operations.rename(unfinished, file);
    } catch (error) {
      throw fileError('write', unfinished, error);
    }
  }

  /** Writes what is missing, the donors' hashes, the side files and the card, and gives the folder its name. */
  async finish(signal: AbortSignal, onBytes: (count: number) => void): Promise<WrittenMerge> {
    const { plan, part, output, operations } = this;
    for (const shard of plan.shards) await this.writeShard(shard, signal, onBytes);
    const hashes = await this.timed('hashing', () => this.hashDonors(signal));
    for (const shard of plan.shards) await this.patchHeader(shard, hashes);
    if (plan.index !== null) await writeFileAtomic(path.join(part, indexName), plan.index, operations);
    await copySidecars(plan.hybrid.directory, part, operations);
    await writeFileAtomic(path.join(part, 'README.md'), await modelCard(plan, hashes), operations);
    await assertUnchanged(plan.hybrid.shards, 'being merged');
    await operations.remove(path.join(part, 'plan.json'));
    return publishFolder(part, output, operations);
  }

  private async timed<T>(part: keyof MergeWriter['seconds'], work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.seconds[part] += (performance.now() - started) / 1000;
    }
  }

  private async checkSpace(): Promise<void> {
    const free = await freeBytes(this.output);
    const there = await Promise.all(this.plan.shards.map(({ file }) => sizeOf(path.join(this.part, file))));
    const needed = this.plan.bytes - there.reduce((sum: number, size) => sum + (size ?? 0), 0) + reserve;
    if (needed <= free) return;
    const lacking = `${this.output} needs ${formatBytes(needed)}; ${formatBytes(free)} are free on its disk`;
    throw new InputError(lacking, 'Free space, or choose another disk.');
  }

  private async hashDonors(signal: AbortSignal): Promise<DonorHashes> {
    const hashes = emptyHashes(this.plan);
    const byPath = new Map<string, string>();
    for (const files of Object.values(hashes)) {
      for (const [name, { path: file }] of Object.entries(files)) {
        const sha256 = byPath.get(file) ?? (await sha256OfFile(file, signal));
        byPath.set(file, sha256);
        files[name] = { path: file, sha256 };
      }
    }
    return hashes;
  }

  /** The hashes go where zeros stood: not a byte of the tensors moves. */
  private async patchHeader(shard: PlannedShard, hashes: DonorHashes): Promise<void> {
    await withFile(path.join(this.part, shard.file), 'r+', async (handle) => {
      await writeAll(handle, this.header(shard, hashes), 0, this.operations);
      await this.operations.sync(handle);
    });
  }

  private header(shard: PlannedShard, hashes: DonorHashes): Buffer {
    return headerOf(shard, recordOf(this.plan, hashes), shard.headerLength);
  }
}

function rangesOf({ tensors, headerLength }: PlannedShard): FileRange[] {
  return tensors.map(({ from: { path: file, offset, length }, begin }) => {
    return { path: file, offset, length, target: headerLength + begin };
  });
}
