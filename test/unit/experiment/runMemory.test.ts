import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fromWireError, InputError, toWireError, type WireError } from '../../../src/shared/errors';
import { runFake, sevenUnits } from '../../harness/fakeStep';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

/** No machine has as much. */
const huge = 2 ** 60;

describe('a run whose weights do not fit', () => {
  const folder = temporaryFolders();

  it('is slow, and says so', async () => {
    const run = runFake(folder(), { ...sevenUnits, mapped: huge });
    await run.result;
    assert.ok(run.logged.some((line) => /^warn: weights will be read from disk again and again/.test(line)));
    assert.equal(run.done.length, 4);
  });

  it('is refused with the choice where somebody can be asked, before anything is computed', async () => {
    const runs = folder();
    const run = runFake(runs, { ...sevenUnits, mapped: huge }, { asksBeforeStreaming: true });
    await refuses(run.result, /^fake is larger than the memory: it needs 1 B beside 1152922 TB of mapped weights/);
    const error = await run.result.catch((reason: InputError) => reason);
    assert.deepEqual((error as InputError).choices, [{ kind: 'stream' }]);
    assert.match((error as InputError).mend!, /read from disk again and again/);
    assert.deepEqual(run.done, []);
    assert.ok(!existsSync(path.join(runs, 'fake/rows.jsonl')));
  });

  it('with room enough nobody is asked', async () => {
    await runFake(folder(), { ...sevenUnits, mapped: 1 }, { asksBeforeStreaming: true }).result;
  });
});

describe('the choices of an error', () => {
  const choices = [{ kind: 'batch', batch: 4 }, { kind: 'stream' }, { kind: 'cpu' }] as const;

  it('cross a process boundary', () => {
    const wire = structuredClone(toWireError(new InputError('too big', 'Do something.', { choices })));
    const error = fromWireError(wire);
    assert.ok(error instanceof InputError);
    assert.deepEqual([error.message, error.mend, error.choices], ['too big', 'Do something.', choices]);
    assert.deepEqual((fromWireError(toWireError(new InputError('x'))) as InputError).choices, []);
  });

  it('that are none are left out', () => {
    for (const odd of ['cpu', {}, [null, 5, { kind: 'gpu' }, { kind: 'batch' }, { kind: 'batch', batch: '4' }]]) {
      const wire = { name: 'InputError', message: 'x', choices: odd } as unknown as WireError;
      assert.deepEqual((fromWireError(wire) as InputError).choices, []);
    }
  });
});
