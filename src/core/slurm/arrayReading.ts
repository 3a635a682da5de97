/** Everything that is known of an array at a moment. */
import { TextDecoder } from 'node:util';
import { openRegularFile } from '../files/containedFile';
import { jobsOf, readRecord, type ArrayRecord } from './arrayRecord';
import { shardStates, type ShardState } from './arrayState';
import type { Cluster } from './cluster';
import { printable } from './queue';
import { arrayPaths, readNotes, shardLog, type ArrayPlace } from './slurmFolder';

export interface ArrayReading {
  readonly record: ArrayRecord;
  readonly shards: readonly ShardState[];
  /** The job that collects them waits or runs. */
  readonly collecting: boolean;
  /** Why Slurm could not be asked; then only what the shards wrote of themselves is known. */
  readonly problem: string | null;
}

/** Null when the step was never sent. @throws InputError when its record is damaged */
export async function readArray(
  place: Pick<ArrayPlace, 'runs' | 'step'>,
  cluster: Pick<Cluster, 'tasks'>,
): Promise<ArrayReading | null> {
  const { folder, record: file } = arrayPaths(place);
  const record = await readRecord(file);
  if (record === null) return null;
  const before = shardStates(record, await readNotes(folder), null);
  if (record.collected !== null && before.every(({ phase }) => phase === 'finished')) {
    return { record, shards: before, collecting: false, problem: null };
  }
  const queue = await cluster.tasks(jobsOf(record));
  const notes = await readNotes(folder); // after the queue: what has left it by then has written its note before
  if ('problem' in queue) return { record, shards: shardStates(record, notes, null), collecting: false, ...queue };
  const { tasks } = queue;
  const collector = tasks.get(record.submissions.at(-1)?.collector ?? '');
  const collecting = collector !== undefined && collector.phase !== 'ended';
  return { record, shards: shardStates(record, notes, tasks), collecting, problem: null };
}

export function isUnderWay({ phase }: ShardState): boolean {
  return phase === 'pending' || phase === 'running';
}

/** `3 (exit code 1 on node7: out of memory; /…/shard-3.log)` */
export async function describeFailure(folder: string, { shard, reason, host }: ShardState): Promise<string> {
  const log = shardLog(folder, shard);
  const last = await lastLine(log);
  const place = host === null ? '' : ` on ${host}`;
  return `${shard} (${reason ?? 'failed'}${place}${last === null ? '' : `: ${last}`}; ${log})`;
}

const tailBytes = 8192;

/** Null where there is no log, or it is empty. */
export async function lastLine(log: string): Promise<string | null> {
  const file = await openRegularFile(log).catch(() => null);
  if (file === null) return null;
  try {
    const from = Math.max(0, file.size - tailBytes);
    const text = new TextDecoder().decode(await file.read(from, file.size - from));
    return (
      text
        .split('\n')
        .map((line) => printable(line))
        .filter(Boolean)
        .at(-1) ?? null
    );
  } finally {
    await file.close();
  }
}
