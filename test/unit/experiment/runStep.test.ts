import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runPathsIn } from '../../../src/core/experiment/runFolder';
import { whereToResume } from '../../../src/core/experiment/plannedRows';
import { CancelledError, InputError, isCancelled } from '../../../src/shared/errors';
import {
  assertSevenWhole,
  manifestOf,
  readRunFile,
  runFake,
  sevenRows,
  sevenUnits,
  type FakeStep,
} from '../../harness/fakeStep';
import { refusingDisk } from '../../harness/refusingDisk';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('runStep', () => {
  it('writes rows, summary, manifest and log', async () => {
    const runs = folder();
    const { result, progress, done } = runFake(runs, { ...sevenUnits, options: { b: 2, a: 1, seed: 5 } });
    assert.deepEqual(await result, {
      folder: path.join(runs, 'fake'),
      summary: { step: 'fake', kind: 'fake', device: 'cpu', sum: 140 },
    });
    assertSevenWhole(runs);
    assert.deepEqual(readdirSync(path.join(runs, 'fake')).sort(), [
      'log.txt',
      'manifest.json',
      'rows.jsonl',
      'summary.json',
    ]);
    assert.deepEqual(done, [0, 1, 2, 3]);
    assert.deepEqual(
      progress.map(({ phase, done: units, total }) => `${phase} ${units}/${total}`),
      ['preparing 0/0', 'running 0/7', 'running 2/7', 'running 3/7', 'running 6/7', 'running 7/7', 'finishing 7/7'],
    );
    assert.ok(
      progress
        .slice(2)
        .every(({ secondsLeft, unit }) => secondsLeft !== null && secondsLeft >= 0 && unit === 'numbers'),
    );
    const { started, plan, ...manifest } = manifestOf(runs);
    assert.ok(!Number.isNaN(Date.parse(started)));
    assert.match(plan, /^[0-9a-f]{64}$/);
    assert.deepEqual(manifest, {
      version: 1,
      step: 'fake',
      kind: 'fake',
      device: 'cpu',
      options: { b: 2, a: 1, seed: 5 },
      seed: 5,
      inputs: [],
      facts: { count: 7 },
      versions: { node: 'test' },
      shard: null,
      state: 'finished',
    });
    assert.match(
      readRunFile(runs, 'log.txt'),
      /^\d{4}-\d\d-\d\dT[\d:.]+Z info needs 1 B beside 0 B of mapped weights; .* are free\n$/,
    );
  });

  it('done again it does no batch and writes the same', async () => {
    const runs = folder();
    await runFake(runs, sevenUnits).result;
    const again = runFake(runs, sevenUnits);
    await again.result;
    assert.deepEqual(again.done, []);
    assertSevenWhole(runs);
  });

  it('cut before, at and after every line end it is resumed to the same bytes, doing only what is missing', async () => {
    const lineEnds = [...sevenRows].flatMap((character, i) => (character === '\n' ? [i] : []));
    const runs = folder();
    await runFake(runs, sevenUnits).result;
    for (const size of [0, 1, ...lineEnds.flatMap((end) => [end - 1, end, end + 1])]) {
      writeFileSync(path.join(runs, 'fake/rows.jsonl'), sevenRows.slice(0, size));
      const resumed = runFake(runs, sevenUnits);
      await resumed.result;
      assertSevenWhole(runs, `cut at ${size}`);
      const complete = sevenRows.slice(0, size).split('\n').length - 1;
      const first = [2, 3, 6, 7].findIndex((end) => complete < end);
      assert.deepEqual(resumed.done, first === -1 ? [] : [0, 1, 2, 3].slice(first), `cut at ${size}`);
    }
  });

  it('units without rows do not confuse a resumed run', async () => {
    const withGaps: FakeStep = { batches: [[1, 2], [3], [4, 5]], unreadable: [2, 3, 5] };
    const expected = '{"key":"1","square":1}\n{"key":"4","square":16}\n';
    for (const size of [0, 10, 23, expected.length]) {
      const runs = folder();
      await runFake(runs, withGaps).result;
      assert.equal(readRunFile(runs, 'rows.jsonl'), expected);
      writeFileSync(path.join(runs, 'fake/rows.jsonl'), expected.slice(0, size));
      await runFake(runs, withGaps).result;
      assert.equal(readRunFile(runs, 'rows.jsonl'), expected, `cut at ${size}`);
    }
  });

  it('cancelled between batches: what is done stays, and the manifest says so', async () => {
    const runs = folder();
    const stop = new AbortController();
    const { result } = runFake(
      runs,
      { ...sevenUnits, before: (batch) => batch === 1 && stop.abort() } as FakeStep,
      stop,
    );
    await assert.rejects(result, (error: Error) => isCancelled(error));
    assert.equal(manifestOf(runs).state, 'cancelled');
    assert.equal(readRunFile(runs, 'rows.jsonl'), sevenRows.split('\n').slice(0, 3).join('\n') + '\n');
    assert.deepEqual(readdirSync(path.join(runs, 'fake')).sort(), ['log.txt', 'manifest.json', 'rows.jsonl']);
    await runFake(runs, sevenUnits).result;
    assertSevenWhole(runs);
  });

  it('failed: the manifest has the reason, the lock is free', async () => {
    for (const [error, state] of [
      [new Error('broken'), 'failed'],
      [new CancelledError(), 'cancelled'],
    ] as const) {
      const runs = folder();
      const before = (batch: number) => {
        if (batch === 2) throw error;
      };
      await assert.rejects(runFake(runs, { ...sevenUnits, before }).result, error);
      assert.deepEqual([manifestOf(runs).state, manifestOf(runs).message], [state, error.message]);
      await runFake(runs, sevenUnits).result;
      assertSevenWhole(runs);
      assert.equal(manifestOf(runs).message, undefined);
    }
  });

  it('a run that cannot fit is refused, and an earlier run stays where it is', async () => {
    const runs = folder();
    await runFake(runs, sevenUnits).result;
    await assert.rejects(
      runFake(runs, { ...sevenUnits, working: 2 ** 60 }, { fresh: true }).result,
      (error: InputError) => {
        assert.match(
          error.message,
          /^fake cannot fit in memory: it needs 1152922 TB beside 0 B of mapped weights; .* are free$/,
        );
        return error instanceof InputError && error.mend === 'Take fewer.';
      },
    );
    assertSevenWhole(runs);
    assert.ok(!existsSync(path.join(runs, 'fake~1')));
  });
});

describe('runStep on a disk that refuses', () => {
  for (const forever of [false, true]) {
    it(`at every operation, ${forever ? 'for ever' : 'once'}: an error that names file and cause, then the same bytes`, async () => {
      for (let at = 1; ; at++) {
        const runs = folder();
        const operations = refusingDisk({ at, forever });
        const failure = await runFake(runs, sevenUnits, { operations }).result.then(
          () => null,
          (error: Error) => error,
        );
        if (!operations.refused) break;
        // A refusal may fall on what the run can do without; then the run is whole at once.
        if (failure === null) assertSevenWhole(runs, `refused at ${at}`);
        else
          assert.match(
            failure.message,
            /^cannot (write|append to|open) \S+: no space is left on the device \(ENOSPC\)$/,
          );
        const rows = path.join(runs, 'fake/rows.jsonl');
        const kept = existsSync(rows) ? readFileSync(rows, 'utf8') : '';
        const complete = kept.slice(0, kept.lastIndexOf('\n') + 1);
        assert.ok(sevenRows.startsWith(complete), `refused at ${at}`);
        await runFake(runs, sevenUnits).result;
        assertSevenWhole(runs, `refused at ${at}`);
        assert.ok(readRunFile(runs, 'rows.jsonl').startsWith(complete), 'what was finished is kept');
        assert.ok(!existsSync(path.join(runs, 'fake~1')), `refused at ${at}: nothing was set aside`);
        const names = readdirSync(path.join(runs, 'fake')).sort();
        assert.deepEqual(names, ['log.txt', 'manifest.json', 'rows.jsonl', 'summary.json'], `refused at ${at}`);
      }
    });
  }
});

describe('one run folder, several runs', () => {
  it('a second one is refused while the first runs', async () => {
    const runs = folder();
    let second: Promise<unknown> | undefined;
    const before = async (batch: number) => {
      if (batch === 1) await (second = runFake(runs, sevenUnits).result.catch((error: Error) => error));
    };
    await runFake(runs, { ...sevenUnits, before }).result;
    assert.match(
      ((await second) as Error).message,
      new RegExp(`is in use by process ${process.pid} on .* \\(fake\\)$`),
    );
    assertSevenWhole(runs);
  });

  it('whoever lost its lock writes no more rows', async () => {
    const runs = folder();
    const { lock } = runPathsIn(runs, 'fake');
    const before = (batch: number) => {
      if (batch === 1) writeFileSync(lock, readFileSync(lock, 'utf8').replace(/"token":"[^"]+"/, '"token":"another"'));
    };
    await assert.rejects(runFake(runs, { ...sevenUnits, before }).result, /was taken over by another process/);
    assert.equal(readRunFile(runs, 'rows.jsonl').split('\n').length - 1, 2);
    assert.ok(existsSync(lock), 'the lock is the other’s');
  });

  it('shards lie in folders of their own and are the whole, one after another', async () => {
    for (const count of [1, 2, 3, 4, 6]) {
      const runs = folder();
      const rows: string[] = [];
      for (let index = 0; index < count; index++) {
        const { folder: place } = await runFake(runs, sevenUnits, { shard: { index, count } }).result;
        assert.equal(place, path.join(runs, 'fake/shards', `${index}-of-${count}`));
        rows.push(readFileSync(path.join(place, 'rows.jsonl'), 'utf8'));
      }
      assert.equal(rows.join(''), sevenRows, `${count} shards`);
    }
  });
});

describe('whereToResume', () => {
  const batches = [
    { units: 2, keys: ['a', 'b'] },
    { units: 1, keys: ['c'] },
    { units: 2, keys: ['d', 'e'] },
  ];
  const resume = (...keys: string[]) =>
    whereToResume(
      batches,
      keys.map((key) => ({ key })),
      'rows.jsonl',
    );

  it('after the last complete batch; what was begun is done again', () => {
    assert.deepEqual(resume(), { batch: 0, rows: 0 });
    assert.deepEqual(resume('a'), { batch: 0, rows: 0 });
    assert.deepEqual(resume('a', 'b'), { batch: 1, rows: 2 });
    assert.deepEqual(resume('a', 'b', 'c'), { batch: 2, rows: 3 });
    assert.deepEqual(resume('a', 'b', 'c', 'd'), { batch: 2, rows: 3 });
    assert.deepEqual(resume('a', 'b', 'c', 'd', 'e'), { batch: 3, rows: 5 });
  });

  it('a batch with a later one behind it is complete, whatever rows it has', () => {
    assert.deepEqual(resume('a', 'c'), { batch: 2, rows: 2 });
    assert.deepEqual(resume('d', 'e'), { batch: 3, rows: 2 });
  });

  it('rows that are not of the plan, or out of order, are no beginning of it', () => {
    const mend = 'Run it with --fresh to start anew; what is there is set aside.';
    assert.throws(() => resume('a', 'x'), {
      name: 'InputError',
      message: 'rows.jsonl:2: the row "x" is not in the plan',
      mend,
    });
    assert.throws(() => resume('c', 'a'), {
      name: 'InputError',
      message: 'rows.jsonl:2: the row is out of order',
      mend,
    });
  });

  it('a line that is no row stops a resumed run and is named', async () => {
    for (const line of ['{', 'null', '[]', '{"id":1}', '{"key":1}']) {
      const runs = folder();
      await runFake(runs, sevenUnits).result;
      writeFileSync(path.join(runs, 'fake/rows.jsonl'), `{"key":"1","square":1}\n${line}\n`);
      await assert.rejects(runFake(runs, sevenUnits).result, {
        name: 'InputError',
        message: `${path.join(runs, 'fake/rows.jsonl')}:2: not a row`,
      });
    }
  });
});
