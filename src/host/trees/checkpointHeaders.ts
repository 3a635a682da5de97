import { openCheckpoint, type Checkpoint } from '../../core/checkpoint/checkpoint';
import { checkpointStamp } from '../../core/checkpoint/checkpointStamp';
import { inspectCheckpoint, type Inspection } from '../../core/checkpoint/inspect';
import { exists } from '../../core/files/folders';
import { describeError } from '../../shared/errors';

/** What a checkpoint's headers say, or why they cannot be read. */
export type Headers =
  | { readonly kind: 'opened'; readonly checkpoint: Checkpoint; readonly inspection: Inspection }
  /** Absent: its folder is not there. */
  | { readonly kind: 'broken'; readonly message: string; readonly absent: boolean };

interface Entry {
  /** The identities of the files that it was read from. */
  readonly stamp: Promise<string>;
  readonly reading: Promise<Headers>;
  settled: Headers | null;
}

/** Checkpoints opened at a time: a folder with hundreds must not take all descriptors. */
const openAtOnce = 4;

/** Opens checkpoints when somebody asks for them and keeps what it read while their files stay as they are. */
export class CheckpointHeaders {
  private readonly entries = new Map<string, Entry>();
  private readonly waiting: (() => void)[] = [];
  private free = openAtOnce;

  /** Never rejects. */
  get(directory: string): Promise<Headers> {
    const known = this.entries.get(directory);
    if (known) return known.reading;
    const stamp = stampOf(directory);
    const entry: Entry = { stamp, reading: stamp.then(() => this.read(directory)), settled: null };
    void entry.reading.then((headers) => (entry.settled = headers));
    this.entries.set(directory, entry);
    return entry.reading;
  }

  /** What was read already; null when it was not, or is being read. */
  peek(directory: string): Headers | null {
    return this.entries.get(directory)?.settled ?? null;
  }

  /** Forgets those whose files are no longer the same. @returns their folders */
  async refresh(): Promise<ReadonlySet<string>> {
    const forgotten = new Set<string>();
    const check = async ([directory, entry]: [string, Entry]) => {
      const [before, now] = await Promise.all([entry.stamp, stampOf(directory)]);
      if (before === now || this.entries.get(directory) !== entry) return;
      this.entries.delete(directory);
      forgotten.add(directory);
    };
    await Promise.all([...this.entries].map(check));
    return forgotten;
  }

  private async read(directory: string): Promise<Headers> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      const checkpoint = await openCheckpoint(directory);
      return { kind: 'opened', checkpoint, inspection: inspectCheckpoint(checkpoint) };
    } catch (error) {
      return { kind: 'broken', message: describeError(error), absent: !(await exists(directory)) };
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}

/** A folder that cannot be read has no files to tell apart. */
function stampOf(directory: string): Promise<string> {
  return checkpointStamp(directory).catch(() => '');
}
