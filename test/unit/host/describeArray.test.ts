import assert from 'node:assert/strict';
import type { ShardPhase, ShardState } from '../../../src/core/slurm/arrayState';
import type { ArrayView } from '../../../src/host/slurm/slurmArrays';
import { arrayDescription, shardDescription } from '../../../src/host/trees/describeArray';
import { arrayRecord } from '../../harness/slurmStandIn';

const shard = (phase: ShardPhase, index: number): ShardState => ({
  shard: index,
  phase,
  job: '7',
  attempts: 1,
  host: phase === 'pending' ? null : 'node7',
  reason: null,
  worthAnother: true,
});

function view(phases: readonly ShardPhase[], done: readonly number[], more: Partial<ArrayView> = {}): ArrayView {
  const shards = phases.map(shard);
  const record = arrayRecord({ shards: shards.length }, [{ job: '7', token: 'aaaaaaaaaaaa', shards: [0, 1] }]);
  const progress = new Map(done.map((count, i) => [i, { done: count, total: 50, unit: 'pairs' }] as const));
  return { record, shards, progress, live: true, collecting: false, problem: null, failure: null, ...more };
}

describe('an array in words', () => {
  it('counts shards, and units of work as far as they are known', () => {
    const begun = view(['finished', 'running', 'pending'], [50, 12]);
    assert.equal(arrayDescription(begun), '1 of 3 shards finished, 1 running, 1 pending, 62 pairs done');
    const all = view(['finished', 'running'], [50, 12]);
    assert.equal(arrayDescription(all), '1 of 2 shards finished, 1 running, 62/100 pairs done');
    assert.equal(arrayDescription(view(['pending', 'pending'], [])), '0 of 2 shards finished, 2 pending');
  });

  it('tells what becomes of finished shards', () => {
    const done = ['finished', 'finished'] as const;
    const words = '2 of 2 shards finished';
    assert.equal(arrayDescription(view(done, [50, 50], { collecting: true })), `${words}, being collected`);
    assert.equal(arrayDescription(view(done, [50, 50], { live: false })), `${words}, not collected yet`);
    const { record } = view(done, []);
    const collected = { ...record, collected: '2026-01-01T00:00:00.000Z' };
    assert.equal(
      arrayDescription(view(done, [], { record: collected, live: false })),
      `${words}, one run made of them`,
    );
  });

  it('a failed array has no work under way', () => {
    const text = arrayDescription(view(['finished', 'failed'], [50, 12], { live: false }));
    assert.equal(text, '1 of 2 shards finished, 1 failed');
  });

  it('a shard says where it is and how far', () => {
    const array = view(['running', 'finished'], [12, 50]);
    assert.equal(shardDescription(array.shards[0]!, array), 'running on node7, 12/50 pairs');
    assert.equal(shardDescription(array.shards[1]!, array), 'finished on node7');
    const failed = { ...shard('failed', 0), reason: 'exit code 1', attempts: 2 };
    assert.equal(shardDescription(failed, array), 'failed on node7: exit code 1, sent 2 times, 12/50 pairs');
  });
});
