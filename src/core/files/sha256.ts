import { createHash } from 'node:crypto';
import { writeFileAtomic } from './atomicWrite';
import { identityOf, openRegularFile, readSmallFile, sameIdentity, type FileIdentity } from './containedFile';

const chunk = 8 << 20;
const cacheSizeLimit = 16 << 20;

/**
 * SHA-256 of a file, as hexadecimal digits.
 * @throws InputError when the file cannot be read or changes meanwhile, and what `signal` throws
 */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  return (await hashFile(path, signal)).sha256;
}

/**
 * Hashes of files by path and identity, kept in a JSON file, so that gigabytes are read once and not on every run. The
 * file is a convenience: where it cannot be read or written the hashes are computed.
 */
export class HashCache {
  private saving = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly entries: Map<string, CachedHash>,
  ) {}

  static async open(file: string): Promise<HashCache> {
    try {
      const bytes = await readSmallFile(file, { limit: cacheSizeLimit });
      const entries = Object.entries(JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>);
      return new HashCache(file, new Map(entries.filter((entry): entry is [string, CachedHash] => isCached(entry[1]))));
    } catch {
      return new HashCache(file, new Map());
    }
  }

  /** The hash of `path` in the state `identity`, if it was computed before. */
  known(path: string, identity: FileIdentity): string | undefined {
    const entry = this.entries.get(path);
    return entry && sameIdentity(entry.identity, identity) ? entry.sha256 : undefined;
  }

  /** The file's SHA-256, computed where it is not known. @throws as {@link sha256OfFile} */
  async sha256(path: string, signal?: AbortSignal): Promise<string> {
    const known = this.known(path, await identityOf(path));
    if (known !== undefined) return known;
    const entry = await hashFile(path, signal);
    this.entries.set(path, entry);
    // One save after another; each writes all that is known by then.
    this.saving = this.saving.then(() =>
      writeFileAtomic(this.file, JSON.stringify(Object.fromEntries(this.entries), null, 1)).catch(() => undefined),
    );
    await this.saving;
    return entry.sha256;
  }
}

interface CachedHash {
  readonly identity: FileIdentity;
  readonly sha256: string;
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<CachedHash> {
  const file = await openRegularFile(path);
  try {
    const hash = createHash('sha256');
    const read = (offset: number) => file.read(offset, Math.max(0, Math.min(chunk, file.size - offset)));
    let next = read(0);
    for (let offset = 0; offset < file.size; offset += chunk) {
      signal?.throwIfAborted();
      const bytes = await next;
      next = read(offset + chunk <= file.size ? offset + chunk : file.size); // is read while this is hashed
      next.catch(() => undefined); // awaited in the next round, if there is one
      hash.update(bytes);
    }
    await next;
    await file.assertUnchanged();
    return { identity: file.identity, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

function isCached(value: unknown): value is CachedHash {
  const { identity, sha256 } = (value ?? {}) as Partial<CachedHash>;
  return typeof identity === 'object' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}
