import assert from 'node:assert/strict';
import { shardStates } from '../../../src/core/slurm/arrayState';
import { arrayWords, shardWords } from '../../../src/core/slurm/arrayWords';
import { parseQueue } from '../../../src/core/slurm/queue';
import { parseNote, type ShardNote } from '../../../src/core/slurm/slurmFolder';
import { arrayRecord } from '../../harness/slurmStandIn';

const first = 'aaaaaaaaaaaa';
const second = 'bbbbbbbbbbbb';

function states(shards: number, notes: string[], queue: string | null, cancelled = false) {
  const record = arrayRecord({ shards }, [{ job: '7', token: first, shards: [...Array(shards).keys()] }]);
  return shardStates({ ...record, cancelled }, notesOf(notes), queue === null ? null : parseQueue(queue));
}

/** `0 ended aaaaaaaaaaaa n 0 1` */
function notesOf(lines: readonly string[]): Map<number, ShardNote> {
  return new Map(
    lines.map((line) => {
      const [, shard, note] = /^(\d+) (.*)$/.exec(line)!;
      return [Number(shard), parseNote(`${note}\n`)!];
    }),
  );
}

const said = (all: ReturnType<typeof states>) => all.map(shardWords);

describe('how shards stand', () => {
  it('by their notes first, then by the queue', () => {
    const notes = [`0 ended ${first} n1 0 1`, `1 ended ${first} n1 1 1`, `2 running ${first} n2 - 1`];
    const all = states(5, notes, '7_0|COMPLETED|\n7_2|RUNNING|\n7_3|PENDING|Priority\n7_4|RUNNING|\n');
    assert.deepEqual(said(all), [
      'finished on n1',
      'failed on n1: exit code 1',
      'running on n2',
      'pending: Priority',
      'running',
    ]);
    assert.equal(arrayWords(all), '1 of 5 shards finished, 2 running, 1 pending, 1 failed');
  });

  it('what Slurm no longer knows, and what never said how it ended, has died', () => {
    const running = `running ${first} n1 - 1`;
    const queue = '7_1|TIMEOUT|\n7_2|OUT_OF_MEMORY|\n7_3|NODE_FAIL|\n7_4|FAILED|\n7_5|BOOT_FAIL|\n7_6|COMPLETED|\n';
    assert.deepEqual(
      said(
        states(
          7,
          [0, 1, 2, 3, 4, 5, 6].map((shard) => `${shard} ${running}`),
          queue,
        ),
      ),
      [
        'failed on n1: it was killed',
        'failed on n1: it ran out of its time (TIMEOUT)',
        'failed on n1: it ran out of its memory (OUT_OF_MEMORY)',
        'failed on n1: its node failed (NODE_FAIL)',
        'failed on n1: it died without a word (FAILED)',
        'failed on n1: Slurm says BOOT_FAIL',
        'running on n1',
      ],
    );
  });

  it('a signal by the user is no failure; one by Slurm is', () => {
    const notes = [`0 ended ${first} n1 130 1`, `1 running ${first} n1 - 1`];
    const queue = '7_0|TIMEOUT|\n7_1|CANCELLED|\n7_2|CANCELLED|\n';
    assert.deepEqual(said(states(3, notes, queue, true)), ['cancelled on n1', 'cancelled on n1', 'cancelled']);
    assert.deepEqual(said(states(3, notes, queue)), [
      'failed on n1: it was stopped (TIMEOUT)',
      'failed on n1: it was cancelled outside (CANCELLED)',
      'failed: it was cancelled outside (CANCELLED)',
    ]);
  });

  it('what Slurm has put into its queue again is not over', () => {
    const notes = [0, 1].map((shard) => `${shard} ended ${first} n1 130 1`);
    assert.deepEqual(said(states(2, notes, '7_0|PENDING|BeginTime\n7_1|RUNNING|None\n')), [
      'pending on n1: BeginTime',
      'running on n1',
    ]);
  });

  it('while Slurm does not answer nothing counts as dead', () => {
    const notes = [`0 ended ${first} n1 0 1`, `1 running ${first} n1 - 1`, `3 ended ${first} n1 1 1`];
    assert.deepEqual(said(states(4, notes, null)), [
      'finished on n1',
      'running on n1',
      'pending',
      'failed on n1: exit code 1',
    ]);
  });

  it('wrong input is not worth another attempt', () => {
    const notes = [`0 ended ${first} n1 2 1`, `1 ended ${first} n1 1 1`];
    assert.deepEqual(
      states(2, notes, '').map(({ worthAnother }) => worthAnother),
      [false, true],
    );
  });

  it('of a shard that was sent again, only the last attempt counts', () => {
    const record = arrayRecord({ shards: 2 }, [
      { job: '7', token: first, shards: [0, 1] },
      { job: '9', token: second, shards: [1] },
    ]);
    const notes = notesOf([`0 ended ${first} n1 0 1`, `1 ended ${first} n1 1 1`]);
    assert.deepEqual(said(shardStates(record, notes, parseQueue('7_1|FAILED|\n9_1|PENDING|Resources\n'))), [
      'finished on n1',
      'pending: Resources, sent 2 times',
    ]);
    const dead = shardStates(record, notesOf([`0 ended ${first} n1 0 1`, `1 ended ${second} n2 1 1`]), new Map());
    assert.deepEqual(said(dead), ['finished on n1', 'failed on n2: exit code 1, sent 2 times']);
    assert.equal(dead[1]!.job, '9');
  });
});
