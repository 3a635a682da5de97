import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../shared/errors';
import { readSmallFile } from './containedFile';
import { fileError, isMissing } from './fileErrors';
import { hasEnded, ownIdentity, type ProcessIdentity } from './processIdentity';

/** What a lock file holds. */
export interface LockInfo extends ProcessIdentity {
  /** What the holder does, for messages. */
  readonly owner: string;
  /** Tells this holder from every other, also from an earlier one with the same process id. */
  readonly token: string;
}

const lockSizeLimit = 64 << 10;
const attempts = 200;
const pauseMs = 10;

/** A lock that this process took. It must be released; if the process dies it is taken over by the next. */
export class FileLock {
  constructor(
    readonly path: string,
    readonly info: LockInfo,
  ) {}

  /**
   * Whether nobody else has taken the lock. Asked before every commit: a process that was stopped for long may find
   * that it was taken for dead.
   */
  async stillOwned(): Promise<boolean> {
    const current = await readLock(this.path).catch(() => null);
    return current?.token === this.info.token;
  }

  /** @throws Error when somebody else has the lock now, or its file is gone */
  async assertOwned(): Promise<void> {
    if (!(await this.stillOwned())) {
      throw new Error(`${path.dirname(this.path)} was taken over by another process; nothing more is written to it`);
    }
  }

  async release(): Promise<void> {
    if (await this.stillOwned()) await rm(this.path, { force: true });
  }
}

/**
 * Takes the lock file at `file`, also from a holder that has surely ended: its process is gone or its id belongs to
 * another process, or this machine was started anew. A lock from another host is never taken.
 * @param owner what it is taken for, shown to others
 * @throws InputError when somebody has it, or the file can be neither read nor made
 */
export async function acquireLock(file: string, owner: string): Promise<FileLock> {
  const info: LockInfo = { owner, ...(await ownIdentity()), token: randomUUID() };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await create(file, info)) return new FileLock(file, info);
    const holder = await readLock(file);
    if (holder === null) continue; // released just now
    if (!(await hasEnded(holder))) throw heldBy(file, holder);
    if (await takeOver(file, holder, info)) return new FileLock(file, info);
    await sleep(pauseMs);
  }
  throw new InputError(`${file} changes hands again and again`, 'Start again when the other runs have ended.');
}

/** Who holds the lock; null when nobody. @throws InputError when the file is there but cannot be understood */
export async function readLock(file: string): Promise<LockInfo | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readSmallFile(file, { limit: lockSizeLimit });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const info = JSON.parse(new TextDecoder().decode(bytes)) as LockInfo | null;
    if (info && [info.host, info.token].every((field) => typeof field === 'string') && Number.isInteger(info.pid)) {
      return info;
    }
  } catch {
    // falls through to the error that names the file
  }
  throw new InputError(`${file} is damaged: it does not say who holds the lock`, 'If nothing runs there, delete it.');
}

/**
 * Replaces the lock of a dead holder. A second lock beside it lets one process at a time do so: otherwise a slow one
 * could remove the new holder's lock in place of the dead one's.
 */
async function takeOver(file: string, dead: LockInfo, info: LockInfo): Promise<boolean> {
  const guard = `${file}.takeover`;
  if (!(await create(guard, info))) {
    const holder = await readLock(guard);
    if (holder !== null && (await hasEnded(holder))) await rm(guard, { force: true });
    return false;
  }
  try {
    if ((await readLock(file))?.token !== dead.token) return false;
    const fresh = await writeBeside(file, info);
    await rename(fresh, file);
    return true;
  } finally {
    await rm(guard, { force: true });
  }
}

/** Makes the lock file with its content at once. @returns false when it is there already */
async function create(file: string, info: LockInfo): Promise<boolean> {
  try {
    const fresh = await writeBeside(file, info);
    try {
      await link(fresh, file); // fails when the name is taken; the content is whole from the first moment
    } finally {
      await rm(fresh, { force: true });
    }
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(code)) throw fileError('make', file, error);
  }
  return createExclusively(file, info); // a file system without hard links
}

async function createExclusively(file: string, info: LockInfo): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(info), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    await rm(file, { force: true }); // made, but not filled
    throw fileError('make', file, error);
  }
}

async function writeBeside(file: string, info: LockInfo): Promise<string> {
  const fresh = `${file}.${info.token}.tmp`;
  await writeFile(fresh, JSON.stringify(info), { flag: 'wx' });
  return fresh;
}

function heldBy(file: string, { pid, host, owner }: LockInfo): InputError {
  return new InputError(
    `${path.dirname(file)} is in use by process ${pid} on ${host} (${owner})`,
    `Wait for it or stop it. If it no longer runs, delete ${file}.`,
  );
}
