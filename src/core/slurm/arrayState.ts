/** How the shards of an array stand, from what was sent, what their jobs wrote of themselves, and Slurm's queue. */
import type { ArrayRecord } from './arrayRecord';
import type { Queue } from './queue';
import type { ShardNote } from './slurmFolder';

/** Exit codes of the command line. */
const wrongInput = 2;
const stopped = 130;

export type ShardPhase = 'pending' | 'running' | 'finished' | 'failed' | 'cancelled';

export interface ShardState {
  readonly shard: number;
  readonly phase: ShardPhase;
  /** The last job that it was sent with. */
  readonly job: string;
  /** How often it was sent. */
  readonly attempts: number;
  /** Where it runs or ran; null while nobody knows. */
  readonly host: string | null;
  /** Why it waits or failed. */
  readonly reason: string | null;
  /** Whether another attempt may end otherwise: not where the input is wrong. */
  readonly worthAnother: boolean;
}

/** @param queue null when Slurm cannot be asked: then the shards' own notes are all there is */
export function shardStates(
  { options, submissions, cancelled }: Pick<ArrayRecord, 'options' | 'submissions' | 'cancelled'>,
  notes: ReadonlyMap<number, ShardNote>,
  queue: Queue | null,
): ShardState[] {
  return Array.from({ length: options.shards }, (_, shard) => {
    const sent = submissions.filter(({ shards }) => shards.includes(shard));
    const { job = '', token } = sent.at(-1) ?? {};
    const written = notes.get(shard);
    const note = written?.token === token ? written : undefined; // that of an earlier attempt says nothing of this one
    const known = { shard, job, attempts: sent.length, host: note?.host ?? null };
    return { ...known, ...standing(note, queue && (queue.get(`${job}_${shard}`) ?? null), queue !== null, cancelled) };
  });
}

type Standing = Pick<ShardState, 'phase' | 'reason' | 'worthAnother'>;

function standing(
  note: ShardNote | undefined,
  task: ReturnType<Queue['get']> | null,
  asked: boolean,
  cancelled: boolean,
): Standing {
  const as = (phase: ShardPhase, reason: string | null = null, worthAnother = true): Standing => {
    return { phase, reason, worthAnother };
  };
  if (note?.word === 'ended') {
    if (note.code === 0) return as('finished');
    // A job that was preempted is stopped, and put into the queue again by Slurm itself.
    if (task && task.phase !== 'ended') return as(task.phase, task.reason);
    if (note.code === stopped) {
      return cancelled ? as('cancelled') : as('failed', `it was stopped${task ? ` (${task.word})` : ''}`);
    }
    return as('failed', `exit code ${note.code}`, note.code !== wrongInput);
  }
  if (!asked) return as(note ? 'running' : 'pending');
  if (task?.phase === 'pending') return as('pending', task.reason);
  // Slurm may know that it has ended well before its note is seen on a shared disk.
  if (task?.phase === 'running' || task?.word === 'COMPLETED') return as('running');
  if (cancelled) return as('cancelled');
  return as('failed', task ? (words[task.word] ?? `Slurm says ${task.word}`) : 'it was killed');
}

const words: Readonly<Record<string, string>> = {
  TIMEOUT: 'it ran out of its time (TIMEOUT)',
  OUT_OF_MEMORY: 'it ran out of its memory (OUT_OF_MEMORY)',
  NODE_FAIL: 'its node failed (NODE_FAIL)',
  PREEMPTED: 'another job took its place (PREEMPTED)',
  CANCELLED: 'it was cancelled outside (CANCELLED)',
  FAILED: 'it died without a word (FAILED)',
};
