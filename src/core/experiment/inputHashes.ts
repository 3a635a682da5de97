import { InputError } from '../../shared/errors';
import { identityOf, sameIdentity, type FileIdentity } from '../files/containedFile';
import { pathBelow } from '../files/paths';
import { HashCache, sha256OfFile } from '../files/sha256';
import type { InputFile } from '../model/openModel';

/** An input as the manifest has it. */
export interface InputRecord {
  /** Relative to the experiment file's folder where it lies inside, else absolute. */
  readonly path: string;
  readonly kind: InputFile['kind'];
  readonly size: number;
  /** Null while a large file is still being hashed. */
  readonly sha256: string | null;
  readonly identity?: FileIdentity;
}

/** Bytes: a data set may have many thousands of images, each read sooner than the cache is written. */
const worthCaching = 1 << 20;

/**
 * The input files of a run. Data files are hashed at once, since their content is part of the plan; weights are known
 * by their identity first and hashed beside the work, so that hashing gigabytes never delays the first row.
 */
export class InputHashes {
  private readonly stopping = new AbortController();

  private constructor(
    private readonly records: Map<string, InputRecord>,
    private readonly cache: HashCache,
  ) {}

  static async of(inputs: readonly InputFile[], directory: string, cacheFile: string): Promise<InputHashes> {
    const cache = await HashCache.open(cacheFile);
    const records = new Map<string, InputRecord>();
    for (const { path: file, kind } of inputs) {
      const identity = await identityOf(file);
      const size = Number(identity.size);
      const hash = () => (size < worthCaching ? sha256OfFile(file) : cache.sha256(file));
      const sha256 = kind === 'data' ? await hash() : (cache.known(file, identity) ?? null);
      const shown = pathBelow(file, directory) ?? file;
      const weights = kind === 'weights' ? { identity } : {};
      records.set(file, { path: shown, kind, size, sha256, ...weights });
    }
    return new InputHashes(records, cache);
  }

  inputs(): InputRecord[] {
    return [...this.records.values()];
  }

  /** Hashes what is not hashed yet. */
  async hashWeights(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.stopping.signal]);
    for (const [file, record] of this.records) {
      if (record.sha256 === null) this.records.set(file, { ...record, sha256: await this.cache.sha256(file, stop) });
    }
  }

  stop(): void {
    this.stopping.abort();
  }

  /** @throws InputError naming the file when weights were replaced since the run began */
  async assertUnchanged(): Promise<void> {
    for (const [file, { identity }] of this.records) {
      if (identity && !sameIdentity(identity, await identityOf(file))) {
        throw new InputError(`${file} was changed while it was being used`, 'Run the step again.');
      }
    }
  }

  /** Whether the weights are those of an earlier run: the same files untouched, or files of the same content. */
  async sameWeights(earlier: readonly InputRecord[]): Promise<boolean> {
    const before = new Map(earlier.map((record) => [record.path, record]));
    for (const [file, record] of this.records) {
      if (record.kind !== 'weights') continue;
      const known = before.get(record.path);
      if (known?.size !== record.size) return false;
      if (known.identity && sameIdentity(known.identity, record.identity!)) continue;
      if (known.sha256 === null || known.sha256 !== (await this.cache.sha256(file))) return false;
    }
    return true;
  }
}
