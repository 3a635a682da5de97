import assert from 'node:assert/strict';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RunReader } from '../../../src/core/experiment/runReader';
import { acquireLock } from '../../../src/core/files/fileLock';
import { temporaryFolders } from '../../harness/temporaryFolders';

describe('reading a run folder', () => {
  const folder = temporaryFolders();

  it('gives every row once to each of several readers at a time', async () => {
    const run = folder();
    const rows = path.join(run, 'rows.jsonl');
    writeFileSync(path.join(run, 'manifest.json'), JSON.stringify({ state: 'running' }));
    writeFileSync(rows, '{"key":"a"}\n');
    const reader = new RunReader(run);
    const readTwice = async () => {
      const snapshots = await Promise.all([reader.read(), reader.read()]);
      return snapshots.map((snapshot) => snapshot!.rows.map(({ key }) => key).join());
    };
    assert.deepEqual(await readTwice(), ['a', 'a']);
    appendFileSync(rows, '{"key":"b"}\n{"key":"c"}\n');
    assert.deepEqual(await readTwice(), ['a,b,c', 'a,b,c']);
  });

  function writeRun(state: string, rows: string): string {
    const run = folder();
    writeFileSync(path.join(run, 'manifest.json'), JSON.stringify({ state }));
    writeFileSync(path.join(run, 'rows.jsonl'), rows);
    return run;
  }
  const keysOf = async (reader: RunReader) => (await reader.read())!.rows.map(({ key }) => key).join();

  it('is null where there is no run, and leaves out what is no row', async () => {
    assert.equal(await new RunReader(path.join(folder(), 'none')).read(), null);
    const run = writeRun('finished', '{"key":"a"}\n{\nnull\n5\n{"id":1}\n{"key":"b"}\n{"key":"torn');
    assert.equal(await keysOf(new RunReader(run)), 'a,b');
  });

  it('says who works on it, and that a run without its process was interrupted', async () => {
    const run = writeRun('running', '');
    const reader = new RunReader(run);
    const stateAndHolder = async () => {
      const { state, holder } = (await reader.read())!;
      return [state, holder?.pid];
    };
    assert.deepEqual(await stateAndHolder(), ['interrupted', undefined]);
    const lock = await acquireLock(path.join(run, 'lock.json'), 'test');
    assert.deepEqual(await stateAndHolder(), ['running', process.pid]);
    writeFileSync(path.join(run, 'manifest.json'), JSON.stringify({ state: 'cancelled' }));
    assert.deepEqual(await stateAndHolder(), ['preparing', process.pid]);
    await lock.release();
    assert.deepEqual(await stateAndHolder(), ['cancelled', undefined]);
  });

  it('a run that was set aside and begun anew is read anew, also when it has as many rows', async () => {
    const run = writeRun('running', '{"key":"a"}\n{"key":"b"}\n');
    const reader = new RunReader(run);
    assert.equal(await keysOf(reader), 'a,b');
    const rows = path.join(run, 'rows.jsonl');
    renameSync(rows, `${rows}.aside`);
    writeFileSync(rows, '{"key":"x"}\n{"key":"y"}\n');
    assert.equal(await keysOf(reader), 'x,y');
  });

  it('reads hundreds of thousands of rows', async () => {
    const count = 300_000;
    const rows = Array.from({ length: count }, (_, i) => `{"key":"${i}"}\n`).join('');
    assert.equal((await new RunReader(writeRun('finished', rows)).read())!.rows.length, count);
  });
});
