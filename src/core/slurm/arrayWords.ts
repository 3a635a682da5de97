/** An array in words, for the terminal and the tree. Pure. */
import type { ShardPhase, ShardState } from './arrayState';

const phases: readonly (readonly [ShardPhase, string])[] = [
  ['finished', 'finished'],
  ['running', 'running'],
  ['pending', 'pending'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
];

/** `3 of 8 shards finished, 2 running, 1 failed`. */
export function arrayWords(shards: readonly ShardState[]): string {
  const counts = phases.map(([phase, word]) => {
    const count = shards.filter((shard) => shard.phase === phase).length;
    if (phase === 'finished') return `${count} of ${shards.length} shards ${word}`;
    return count === 0 ? '' : `${count} ${word}`;
  });
  return counts.filter(Boolean).join(', ');
}

/** `failed on node7: exit code 1, sent 2 times`. */
export function shardWords({ phase, host, reason, attempts }: ShardState): string {
  const place = host === null ? '' : ` on ${host}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${phase}${place}${why}${attempts > 1 ? `, sent ${attempts} times` : ''}`;
}
