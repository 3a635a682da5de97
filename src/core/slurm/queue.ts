/** What Slurm says of jobs, read from squeue and, for those that it no longer lists, from sacct. */

/** How a job of an array stands. */
export interface QueuedTask {
  readonly phase: 'pending' | 'running' | 'ended';
  /** Slurm's word: PENDING, RUNNING, TIMEOUT. */
  readonly word: string;
  /** Why it waits, or null. */
  readonly reason: string | null;
}

/** By `job_shard`, and by `job` where it is no array. */
export type Queue = ReadonlyMap<string, QueuedTask>;

export const squeueWords = ['--noheader', '--array', '--states=all', '--format=%i|%T|%r'] as const;
export const sacctWords = ['--noheader', '--parsable2', '--allocations', '--array', '--format=JobID,State'] as const;

const waiting = ['PENDING', 'CONFIGURING', 'REQUEUED', 'REQUEUE_HOLD', 'REQUEUE_FED', 'RESV_DEL_HOLD', 'SPECIAL_EXIT'];
const working = ['RUNNING', 'COMPLETING', 'SUSPENDED', 'STOPPED', 'SIGNALING', 'STAGE_OUT', 'RESIZING'];

/** Lines that are not what was asked for are left out: sites print greetings of their own. */
export function parseQueue(text: string): Queue {
  const tasks = new Map<string, QueuedTask>();
  for (const line of text.split('\n')) {
    const [id = '', state = '', reason = ''] = line.split('|');
    const [, name] = /^\s*(\d{1,18}(?:_\d{1,6})?)\s*$/.exec(id) ?? [];
    const [word] = /^[A-Z_]{2,40}/.exec(state.trim()) ?? []; // sacct: "CANCELLED by 1000"
    if (name !== undefined && word !== undefined) tasks.set(name, taskOf(word, reason));
  }
  return tasks;
}

function taskOf(word: string, reason: string): QueuedTask {
  const phase = waiting.includes(word) ? 'pending' : working.includes(word) ? 'running' : 'ended';
  const given = printable(reason);
  return { phase, word, reason: given === '' || given === 'None' ? null : given };
}

/** The id that sbatch --parsable printed; null where there is none. */
export function parseSubmitted(text: string): string | null {
  const ids = text.split('\n').flatMap((line) => /^(\d{1,18})(;[\w.-]+)?\s*$/.exec(line)?.[1] ?? []);
  return ids.at(-1) ?? null;
}

/** One line of what another program said, without control characters. */
export function printable(text: string, longest = 300): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
