/** What became of arrays that were sent to Slurm. */
import { readArray, type ArrayReading } from '../../core/slurm/arrayReading';
import { jobsOf } from '../../core/slurm/arrayRecord';
import { arrayWords, shardWords } from '../../core/slurm/arrayWords';
import type { Cluster } from '../../core/slurm/cluster';
import { collectArray, type Collected } from '../../core/slurm/collectArray';
import type { Launcher } from '../../core/slurm/jobScript';
import { neverSent } from '../../core/slurm/sendArray';
import { arrayPaths, shardLog, type ArrayPlace } from '../../core/slurm/slurmFolder';
import { print } from './arguments';
import type { TerminalEngine } from './terminalEngine';

interface Known extends ArrayReading {
  readonly place: ArrayPlace;
}

/** @param named whether the user named the steps: then each must have been sent */
export async function showStatus(
  places: readonly ArrayPlace[],
  named: boolean,
  cluster: Cluster,
  json: boolean,
): Promise<void> {
  const arrays: Known[] = [];
  for (const place of places) {
    const reading = await readArray(place, cluster);
    if (reading) arrays.push({ place, ...reading });
    else if (named) throw neverSent(place);
  }
  const answer = arrays.map(({ place, record, shards, problem }) => ({
    step: place.step,
    jobs: jobsOf(record),
    collected: record.collected,
    problem,
    shards: shards.map((shard) => ({ ...shard, log: shardLog(arrayPaths(place).folder, shard.shard) })),
  }));
  print(json, { arrays: answer }, () => arrays.map(statusText).join('') || 'nothing was sent to Slurm\n');
}

function statusText({ place, record, shards, problem }: Known): string {
  const { folder } = arrayPaths(place);
  const open = shards.filter(({ phase }) => phase !== 'finished');
  return [
    `${place.step}: ${arrayWords(shards)}${record.collected === null ? '' : '; collected'}`,
    ...(problem === null ? [] : [`  Slurm does not answer: ${problem}`]),
    ...open.map((shard) => `  ${shard.shard} ${shardWords(shard)} (${shardLog(folder, shard.shard)})`),
    '',
  ].join('\n');
}

/** What the collecting job does; by hand, where that job could not. */
export async function collectHere(
  place: ArrayPlace,
  launcher: Launcher,
  cluster: Cluster,
  engine: TerminalEngine,
  json: boolean,
): Promise<void> {
  const { file, step, runs } = place;
  const gather = (shards: number) =>
    engine.call('run', { device: 'cpu', threads: 0, file, step, output: runs, gather: shards, fresh: false });
  const collected = await collectArray(place, launcher, cluster, gather);
  print(json, { step, ...collected }, () => `${step}: ${outcomeText(collected)}\n`);
}

function outcomeText(collected: Collected): string {
  switch (collected.outcome) {
    case 'gathered':
      return 'all shards are finished and one run';
    case 'sentAgain':
      return `shards ${collected.sent.shards.join(', ')} died and were sent again as job ${collected.sent.array}`;
    case 'underWay':
      return `${collected.left} shards are not done yet`;
  }
}
