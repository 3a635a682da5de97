/**
 * The checkpoint that a training run writes: into a folder beside its place, renamed as a whole. What is frozen is
 * copied from the start's files and then held against them, bit for bit.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import { InputError } from '../../shared/errors';
import { bytes as formatBytes } from '../../shared/format';
import { once } from '../../shared/once';
import { assertUnchanged } from '../checkpoint/assertUnchanged';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { indexName } from '../checkpoint/weightFiles';
import { floatFormats, type FloatDtype } from '../compare/floats';
import { writeFileAtomic } from '../files/atomicWrite';
import { identityOf, readTextFile, sameIdentity, type FileIdentity } from '../files/containedFile';
import { copyRanges, findDifference, type FileRange } from '../files/copyRanges';
import { fileError } from '../files/fileErrors';
import { diskOperations, writeAll } from '../files/fileOperations';
import { ensureFolder } from '../files/folders';
import {
  assertNewOrEmpty,
  describeFolder,
  freeBytes,
  publishFolder,
  removeFolder,
  withFile,
} from '../files/outputFolder';
import { isBelow } from '../files/paths';
import { encodeFloats } from '../merge/encodeFloats';
import { copySidecars } from '../merge/mergeSidecars';
import type { Log } from '../ports';
import type { Parameters } from './gradientEngine';
import { layOutTrained, type PlacedTensor, type TrainedShard } from './trainedLayout';

/** Free space that stays free. */
const reserve = 64 << 20;
/** Numbers that are rounded at a time. */
const piece = 1 << 20;
/** What becomes infinite as float16. */
const float16Limit = 65520;
const noteLimit = 1 << 20;

export interface WrittenCheckpoint {
  readonly files: readonly string[];
  /** Bytes of all files. */
  readonly bytes: number;
}

/** In the run folder: what a run gave to its output's place. */
const noteSchema = once(() => {
  const text = z.string();
  const identity = z.object({ device: text, inode: text, size: z.number(), modifiedNs: text });
  return z.object({ plan: text, files: z.record(text, identity) });
});

export class TrainedOutput {
  private readonly note: string;
  private readonly part: string;
  private readonly plan: string;

  /**
   * @param skeleton the checkpoint itself, or the hybrid's skeleton
   * @param folder absolute
   * @param runFolder where the run notes what it wrote
   * @param options of the step: with others it is another run
   */
  constructor(
    private readonly from: Checkpoint,
    private readonly skeleton: Checkpoint,
    readonly folder: string,
    runFolder: string,
    options: object,
    private readonly log: Log,
  ) {
    this.note = path.join(runFolder, 'output.json');
    this.part = path.join(path.dirname(folder), `.${path.basename(folder)}.training`);
    this.plan = createHash('sha256').update(JSON.stringify(options)).digest('hex');
  }

  /**
   * @param fresh whether the run starts anew: then its own earlier output is in the way too
   * @throws InputError when the place is taken, lies inside the start's folder, or has too little space
   */
  async check(fresh: boolean): Promise<void> {
    for (const { path: file } of [...this.from.shards, { path: path.join(this.skeleton.directory, 'config.json') }]) {
      const source = path.dirname(file);
      if (isBelow(this.folder, source) || this.folder === source) {
        throw new InputError(`${this.folder} lies inside the folder of what is trained, ${source}`, 'Choose another.');
      }
    }
    if (!fresh && (await this.isWritten())) return;
    await assertNewOrEmpty(this.folder);
    const needed = (await layOutTrained(this.from, this.skeleton)).bytes + reserve;
    const free = await freeBytes(this.folder);
    if (needed > free) {
      const lacking = `${this.folder} needs ${formatBytes(needed)}; ${formatBytes(free)} are free on its disk`;
      throw new InputError(lacking, 'Free space, or choose another disk.');
    }
  }

  /** For a run that begins: what an earlier one wrote is no longer its own. */
  async begin(): Promise<void> {
    await removeFolder(this.note);
    await assertNewOrEmpty(this.folder);
  }

  /** Whether this run wrote what is there, and nobody wrote to it since. */
  async isWritten(): Promise<boolean> {
    try {
      const note = noteSchema().parse(JSON.parse(await readTextFile(this.note, { limit: noteLimit })));
      if (note.plan !== this.plan) return false;
      for (const [name, identity] of Object.entries(note.files)) {
        if (!sameIdentity(await identityOf(path.join(this.folder, name)), identity)) return false;
      }
      return true;
    } catch {
      return false; // no note, or not all of the files are there
    }
  }

  async describe(): Promise<WrittenCheckpoint> {
    return describeFolder(this.folder);
  }

  /**
   * Writes the checkpoint: what is trained rounded to the start's types, the rest as it was.
   * @throws InputError when what was trained is no number any more
   */
  async write(parameters: Parameters, signal: AbortSignal): Promise<WrittenCheckpoint> {
    const { part } = this;
    checkFinite(parameters);
    const layout = await layOutTrained(this.from, this.skeleton);
    await removeFolder(part);
    try {
      await ensureFolder(part);
      for (const shard of layout.shards) await this.writeShard(shard, parameters, signal);
      await assertUnchanged(this.from.shards, 'being trained');
      if (layout.index !== null) await writeFileAtomic(path.join(part, indexName), layout.index);
      await copySidecars(this.skeleton.directory, part, diskOperations);
      await this.writeNote();
      return await publishFolder(part, this.folder, diskOperations);
    } finally {
      await removeFolder(part);
    }
  }

  private async writeShard(shard: TrainedShard, { values, trained }: Parameters, signal: AbortSignal): Promise<void> {
    const file = path.join(this.part, shard.file);
    const isTrained = ({ from }: PlacedTensor) => trained.has(from.canonicalName);
    const frozen = shard.tensors.filter((tensor) => !isTrained(tensor)).map(rangeOf);
    try {
      await withFile(file, 'w+', async (handle) => {
        await writeAll(handle, shard.header, 0, diskOperations);
        await copyRanges(frozen, handle, signal, () => undefined);
        for (const tensor of shard.tensors.filter(isTrained)) {
          signal.throwIfAborted();
          for (const { bytes, position } of this.encoded(tensor, values.get(tensor.from.canonicalName)!)) {
            await writeAll(handle, bytes, position, diskOperations);
          }
        }
        await diskOperations.sync(handle);
        const different = await findDifference(frozen, handle, file, signal);
        if (different) throw new Error(`${file} differs from ${different.path} in what is frozen`);
      });
    } catch (error) {
      throw fileError('write', file, error);
    }
  }

  /** A trained tensor's bytes, piece by piece, and where they go. */
  private *encoded({ from, target }: PlacedTensor, values: Float32Array) {
    const dtype = from.dtype as FloatDtype;
    if (dtype === 'F16' && values.some((value) => Math.abs(value) >= float16Limit)) {
      this.log.warn(`${from.name} has numbers that are infinite in the checkpoint's float16`);
    }
    for (let first = 0; first < values.length; first += piece) {
      const bytes = encodeFloats(dtype, Float64Array.from(values.subarray(first, first + piece)));
      yield { bytes, position: target + first * floatFormats[dtype].bytes };
    }
  }

  private async writeNote(): Promise<void> {
    const { files: names } = await describeFolder(this.part);
    const files: Record<string, FileIdentity> = {};
    for (const name of names) files[name] = await identityOf(path.join(this.part, name));
    await writeFileAtomic(this.note, JSON.stringify({ plan: this.plan, files }, null, 1) + '\n');
  }
}

/** A last update may leave what no later step has noticed. */
function checkFinite({ values, trained }: Parameters): void {
  for (const name of trained) {
    if (values.get(name)!.every(Number.isFinite)) continue;
    throw new InputError(
      `${name} has numbers that are not finite after training: no checkpoint is written`,
      'Lower learningRate or set maxGradientNorm.',
    );
  }
}

function rangeOf({ from: { path: file, offset, length }, target }: PlacedTensor): FileRange {
  return { path: file, offset, length, target };
}
