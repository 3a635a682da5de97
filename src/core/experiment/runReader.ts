import { identityOf, sameIdentity, type FileIdentity } from '../files/containedFile';
import { readLock, type LockInfo } from '../files/fileLock';
import { hasEnded } from '../files/processIdentity';
import { TailReader } from '../files/tailReader';
import { readManifest, type Manifest } from './manifest';
import { runFiles } from './runFolder';
import type { Row } from './step';
import path from 'node:path';

/** What a run folder says at a moment. */
export interface RunSnapshot {
  readonly manifest: Manifest;
  readonly rows: readonly Row[];
  /** `interrupted`: it was killed; it can be resumed like a cancelled or failed one. */
  readonly state: 'preparing' | 'running' | 'interrupted' | 'cancelled' | 'failed' | 'finished';
  /** Who works on it now. */
  readonly holder: LockInfo | null;
}

/** Reads a run folder again and again while somebody, perhaps another window or a terminal, writes it. */
export class RunReader {
  private readonly tail: TailReader;
  private lines: readonly string[] = [];
  private rows: Row[] = [];
  private manifest: { readonly identity: FileIdentity; readonly content: Manifest | null } | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly folder: string) {
    this.tail = new TailReader(path.join(folder, runFiles.rows));
  }

  /** Null when there is no run. Rows that are no JSON are left out here; the runner refuses to resume over them. */
  read(): Promise<RunSnapshot | null> {
    // One at a time: two at once would both take the same new lines.
    const reading = this.last.then(() => this.readNow());
    this.last = reading.catch(() => null);
    return reading;
  }

  private async readNow(): Promise<RunSnapshot | null> {
    const [manifest, holder] = await Promise.all([
      this.readManifest(),
      liveHolder(path.join(this.folder, runFiles.lock)),
    ]);
    if (!manifest) return null;
    const lines = await this.tail.read();
    if (lines !== this.lines) this.rows = []; // the file was replaced or shortened
    this.lines = lines;
    for (const line of lines.slice(this.rows.length)) this.rows.push(parseRow(line));
    return { manifest, rows: this.rows.filter(({ key }) => key !== ''), state: stateOf(manifest, holder), holder };
  }

  /** It names every input and pair and changes twice in a run: it is parsed again only when it was replaced. */
  private async readManifest(): Promise<Manifest | null> {
    const file = path.join(this.folder, runFiles.manifest);
    const identity = await identityOf(file).catch(() => null);
    if (identity === null) return null;
    if (!this.manifest || !sameIdentity(this.manifest.identity, identity)) {
      this.manifest = { identity, content: await readManifest(file) };
    }
    return this.manifest.content;
  }
}

function stateOf({ state }: Manifest, holder: LockInfo | null): RunSnapshot['state'] {
  if (holder) return state === 'running' ? 'running' : 'preparing';
  return state === 'running' ? 'interrupted' : state;
}

async function liveHolder(lock: string): Promise<LockInfo | null> {
  const holder = await readLock(lock).catch(() => null);
  return holder && !(await hasEnded(holder)) ? holder : null;
}

function parseRow(line: string): Row {
  try {
    const row = JSON.parse(line) as Row;
    return typeof row.key === 'string' ? row : { key: '' };
  } catch {
    return { key: '' };
  }
}
