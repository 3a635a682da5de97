/** Sends a step to Slurm, sends what failed again, and cancels. */
import { randomBytes } from 'node:crypto';
import { InputError } from '../../shared/errors';
import { writeFileAtomic } from '../files/atomicWrite';
import { acquireLock } from '../files/fileLock';
import { ensureFolder } from '../files/folders';
import { checkArrayOptions, checkSetup, type ArrayOptions } from './arrayOptions';
import { isUnderWay, readArray } from './arrayReading';
import { jobsOf, readRecord, writeRecord, type ArrayRecord } from './arrayRecord';
import type { ShardState } from './arrayState';
import type { Cluster } from './cluster';
import { collectScript, shardScript, type Launcher } from './jobScript';
import { arrayPaths, type ArrayPlace } from './slurmFolder';

/** The jobs that were sent. */
export interface Sent {
  readonly array: string;
  /** Comes when the shards have ended, and makes one run of them. */
  readonly collector: string;
  readonly shards: readonly number[];
}

/**
 * Sends all shards of a step, and behind them the job that collects them.
 * @throws InputError when an earlier array of the step is still under way, or Slurm refuses
 */
export async function sendArray(
  place: ArrayPlace,
  options: ArrayOptions,
  launcher: Launcher,
  cluster: Cluster,
): Promise<Sent> {
  checkArrayOptions(options);
  checkSetup(launcher.setup);
  return locked(place, async () => {
    const earlier = await readArray(place, cluster);
    if (earlier?.problem === null && (earlier.collecting || earlier.shards.some(isUnderWay))) {
      throw new InputError(
        `"${place.step}" is on Slurm already, as job ${jobsOf(earlier.record).join(', ')}`,
        'Wait for it, or cancel it first.',
      );
    }
    const { step } = place;
    const fresh: ArrayRecord = { version: 1, step, options, submissions: [], cancelled: false, collected: null };
    return send(place, fresh, indices(options.shards), launcher, cluster);
  });
}

/**
 * Sends the shards again that failed or were cancelled, and behind them the job that collects all.
 * @param which in place of those that failed
 * @returns null when there are none
 * @throws InputError when nothing was sent before, Slurm cannot be asked, or it refuses
 */
export async function resendShards(
  place: ArrayPlace,
  launcher: Launcher,
  cluster: Cluster,
  which: (shard: ShardState) => boolean = ({ phase }) => phase === 'failed' || phase === 'cancelled',
): Promise<Sent | null> {
  return locked(place, async () => {
    const reading = await readArray(place, cluster);
    if (reading === null) throw neverSent(place);
    if (reading.problem !== null) throw new InputError(reading.problem, 'Try again when Slurm answers.');
    const failed = reading.shards.filter(which);
    if (failed.length === 0) return null;
    const shards = failed.map(({ shard }) => shard);
    return send(place, { ...reading.record, cancelled: false, collected: null }, shards, launcher, cluster);
  });
}

/** Cancels all jobs of the step's array. What its shards have finished is kept. @throws InputError */
export async function cancelArray(place: ArrayPlace, cluster: Cluster): Promise<void> {
  await locked(place, async () => {
    const { record: file } = arrayPaths(place);
    const record = await readRecord(file);
    if (record === null) throw neverSent(place);
    await writeRecord(file, { ...record, cancelled: true }); // first: a shard that is told to stop is then no failure
    await cluster.cancel(jobsOf(record));
  });
}

export function neverSent({ step, runs }: Pick<ArrayPlace, 'step' | 'runs'>): InputError {
  return new InputError(`"${step}" was never sent to Slurm (${arrayPaths({ runs, step }).record} is not there)`);
}

async function send(
  place: ArrayPlace,
  record: ArrayRecord,
  shards: readonly number[],
  launcher: Launcher,
  cluster: Cluster,
): Promise<Sent> {
  const { folder, record: file, script, collectScript: collecting } = arrayPaths(place);
  const token = randomBytes(6).toString('hex');
  await writeFileAtomic(script, shardScript(place, record.options, launcher, token));
  await writeFileAtomic(collecting, collectScript(place, record.options, launcher));
  const array = await cluster.submit(script, folder, [`--array=${shards.join(',')}`]);
  const submission = { job: array, token, shards: [...shards], time: new Date().toISOString() };
  const sent = (collector: string | null): ArrayRecord => {
    return { ...record, submissions: [...record.submissions, { ...submission, collector }] };
  };
  await writeRecord(file, sent(null)); // before anything else can fail: a job that nobody knows of cannot be cancelled
  const collector = await cluster.submit(collecting, folder, [`--dependency=afterany:${array}`]);
  await writeRecord(file, sent(collector));
  return { array, collector, shards };
}

/** One at a time: the collecting job and a user may both send shards again. */
export async function locked<T>(place: ArrayPlace, work: () => Promise<T>): Promise<T> {
  const { folder, lock: file } = arrayPaths(place);
  await ensureFolder(folder);
  const lock = await acquireLock(file, `Slurm jobs of ${place.step}`);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
