import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deviceOfShards } from '../../../src/core/experiment/gatherShards';
import { assertSevenWhole, manifestOf, readRunFile, runFake, sevenRows, sevenUnits } from '../../harness/fakeStep';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

async function shards(runs: string, count: number, step = sevenUnits): Promise<void> {
  for (let index = 0; index < count; index++) await runFake(runs, step, { shard: { index, count } }).result;
}

describe('gathering shards', () => {
  it('gives the bytes of a single run, and computes nothing', async () => {
    for (const count of [1, 2, 3, 4, 6]) {
      const runs = folder();
      await shards(runs, count);
      const { result, done } = runFake(runs, sevenUnits, { gather: count });
      await result;
      assert.deepEqual(done, []);
      assertSevenWhole(runs, `${count} shards`);

      const alone = folder();
      await runFake(alone, sevenUnits).result;
      const own = (manifest: object) => ({ ...manifest, started: '' });
      assert.deepEqual(own(manifestOf(runs)), own(manifestOf(alone)));
      const files = ['log.txt', 'manifest.json', 'rows.jsonl', 'shards', 'summary.json'];
      assert.deepEqual(readdirSync(path.join(runs, 'fake')).sort(), files);
      // A run that follows takes it for its own.
      const again = runFake(runs, sevenUnits);
      await again.result;
      assert.deepEqual(again.done, []);
      assertSevenWhole(runs);
    }
  });

  it('units without rows at the end of a shard are no gap', async () => {
    const step = { batches: [[1, 2], [3], [4, 5], [6]], unreadable: [2, 3, 5, 6] };
    const runs = folder();
    await shards(runs, 3, step as never);
    await runFake(runs, step, { gather: 3 }).result;
    assert.equal(readRunFile(runs, 'rows.jsonl'), '{"key":"1","square":1}\n{"key":"4","square":16}\n');
  });

  it('a shard knows how much of the plan is its own', async () => {
    const runs = folder();
    await shards(runs, 3);
    const records = [0, 1, 2].map((index) => manifestOf(runs, `fake/shards/${index}-of-3`).shard);
    const sizes = records.map((record) => [record!.units, record!.rows]);
    assert.deepEqual(sizes, [[2, 2], [1, 1], [4, 4]]); // prettier-ignore
  });

  it('refuses what is missing, unfinished, of another plan, or has lost rows; what is there stays', async () => {
    const runs = folder();
    await runFake(runs, sevenUnits, { shard: { index: 0, count: 2 } }).result;
    const gather = (step = sevenUnits) => runFake(runs, step, { gather: 2 }).result;
    const second = path.join(runs, 'fake/shards/1-of-2');
    await refuses(gather(), `shard 1 of 2 of "fake" is not finished: ${second} has no manifest`);

    const before = (batch: number) => {
      if (batch === 3) throw new Error('broken');
    };
    const broken = runFake(runs, { ...sevenUnits, before }, { shard: { index: 1, count: 2 } });
    await assert.rejects(broken.result, /broken/);
    await refuses(gather(), `shard 1 of 2 of "fake" is not finished: ${second} is failed`);

    await runFake(runs, sevenUnits, { shard: { index: 1, count: 2 } }).result;
    await refuses(
      gather({ ...sevenUnits, options: { other: 1 } }),
      /^shard 0 of 2 of "fake" was made of other options/,
    );
    assert.ok(!existsSync(path.join(runs, 'fake/rows.jsonl')), 'nothing was begun');

    const rows = readFileSync(path.join(second, 'rows.jsonl'), 'utf8');
    writeFileSync(path.join(second, 'rows.jsonl'), rows.split('\n').slice(0, 2).join('\n') + '\n');
    await refuses(gather(), `shard 1 of 2 of "fake" has lost rows: ${second}/rows.jsonl holds 2`);
    writeFileSync(path.join(second, 'rows.jsonl'), rows);
    await gather();
    assertSevenWhole(runs);
  });

  it('sets an earlier run of another plan aside, and goes over one of the same', async () => {
    const runs = folder();
    await runFake(runs, { ...sevenUnits, options: { other: 1 } }).result;
    await shards(runs, 2);
    await runFake(runs, sevenUnits, { gather: 2 }).result;
    assertSevenWhole(runs);
    assert.equal(readRunFile(runs, 'rows.jsonl', 'fake~1'), sevenRows);
    await runFake(runs, sevenUnits, { gather: 2 }).result;
    assertSevenWhole(runs);
    assert.ok(!existsSync(path.join(runs, 'fake~2')));
  });

  it('needs no memory for what it does not compute', async () => {
    const runs = folder();
    await shards(runs, 2);
    await runFake(runs, { ...sevenUnits, working: 2 ** 60 }, { gather: 2 }).result;
    assertSevenWhole(runs);
  });

  it('the device is the one that the shards were computed on', async () => {
    const runs = folder();
    await shards(runs, 2);
    assert.equal(await deviceOfShards(runs, 'fake', 2), 'cpu');
    const first = path.join(runs, 'fake/shards/0-of-2');
    rmSync(first, { recursive: true });
    await refuses(deviceOfShards(runs, 'fake', 2), `shard 0 of 2 of "fake" is not there: ${first} has no manifest`);
  });
});
