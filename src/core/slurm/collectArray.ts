/** What the collecting job does when the shards have ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure, isUnderWay, readArray, type ArrayReading } from './arrayReading';
import { writeRecord } from './arrayRecord';
import type { ShardState } from './arrayState';
import type { Cluster } from './cluster';
import type { Launcher } from './jobScript';
import { locked, neverSent, resendShards, type Sent } from './sendArray';
import { arrayPaths, type ArrayPlace } from './slurmFolder';

export type Collected =
  /** One run was made of the shards. */
  | { readonly outcome: 'gathered' }
  /** Shards that died were sent again, and another collecting job behind them. */
  | { readonly outcome: 'sentAgain'; readonly sent: Sent }
  /** Some shards are not done yet; another job, or the user, will collect them. */
  | { readonly outcome: 'underWay'; readonly left: number };

/** A shard that died is sent again by itself once; after that somebody should look. */
const mostAttempts = 2;

/** How long notes of ended shards may take to be seen on a shared disk, and how often they are looked for. */
const settling = { tries: 5, pauseMs: 1000 };

/**
 * Makes one run of a finished array, or sends the shards again that died.
 * @param gather makes one run of so many shards
 * @throws Error naming the shards that failed for good, why, and where their logs are; the others are kept
 */
export async function collectArray(
  place: ArrayPlace,
  launcher: Launcher,
  cluster: Cluster,
  gather: (shards: number) => Promise<unknown>,
): Promise<Collected> {
  const { shards } = await settledReading(place, cluster);
  const left = shards.filter(isUnderWay).length;
  if (left > 0) return { outcome: 'underWay', left };
  const failed = shards.filter(({ phase }) => phase !== 'finished');
  if (failed.length === 0) {
    if (shards.length > 1) await gather(shards.length);
    await locked(place, async () => {
      const record = (await readArray(place, cluster))?.record;
      const collected = new Date().toISOString();
      if (record) await writeRecord(arrayPaths(place).record, { ...record, collected });
    });
    return { outcome: 'gathered' };
  }
  const mayLive = ({ phase, worthAnother, attempts }: ShardState) =>
    phase === 'failed' && worthAnother && attempts < mostAttempts;
  if (failed.every(mayLive)) {
    const sent = await resendShards(place, launcher, cluster, mayLive);
    if (sent) return { outcome: 'sentAgain', sent };
  }
  throw new Error(await failureOfArray(place, { shards }));
}

/** Which shards failed, in one line. */
export async function failureOfArray(
  place: Pick<ArrayPlace, 'runs' | 'step'>,
  { shards }: Pick<ArrayReading, 'shards'>,
): Promise<string> {
  const { folder } = arrayPaths(place);
  const failed = shards.filter(({ phase }) => phase === 'failed' || phase === 'cancelled');
  const told = await Promise.all(failed.slice(0, mostTold).map((shard) => describeFailure(folder, shard)));
  const more = failed.length > mostTold ? ` and ${failed.length - mostTold} more` : '';
  const kept = 'What the others have finished is kept';
  return `${failed.length} of ${shards.length} shards of "${place.step}" failed: ${told.join(', ')}${more}. ${kept}`;
}

const mostTold = 5;

async function settledReading(place: ArrayPlace, cluster: Cluster): Promise<ArrayReading> {
  for (let tried = 1; ; tried++) {
    // Making a file in the folder has a shared disk tell what others have made there.
    const reading = await locked(place, () => readArray(place, cluster));
    if (reading === null) throw neverSent(place);
    const settled = reading.shards.every(({ phase }) => phase === 'finished' || phase === 'cancelled');
    if (settled || tried === settling.tries) return reading;
    await sleep(settling.pauseMs);
  }
}
