import assert from 'node:assert/strict';
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TailReader } from '../../../src/core/files/tailReader';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('TailReader', () => {
  it('gives complete lines as they come, a character that was cut in two included', async () => {
    const file = path.join(folder(), 'rows.jsonl');
    const tail = new TailReader(file);
    assert.deepEqual(await tail.read(), []);
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    writeFileSync(file, Buffer.concat([Buffer.from('a\n'), first]));
    const lines = await tail.read();
    assert.deepEqual(lines, ['a']);
    appendFileSync(file, second);
    assert.deepEqual(await tail.read(), ['a']);
    appendFileSync(file, '\n\nlast');
    assert.deepEqual(await tail.read(), ['a', 'ü', '']);
    assert.equal(await tail.read(), lines, 'the same array as long as the file only grows');
  });

  it('begins anew when the file was shortened, replaced or removed', async () => {
    const file = path.join(folder(), 'rows.jsonl');
    const tail = new TailReader(file);
    writeFileSync(file, 'a\nb\n');
    const before = await tail.read();
    truncateSync(file, 2);
    assert.deepEqual(await tail.read(), ['a']);
    renameSync(file, `${file}~1`);
    writeFileSync(file, 'x\ny\nz\n');
    const after = await tail.read();
    assert.deepEqual(after, ['x', 'y', 'z']);
    assert.notEqual(after, before);
    rmSync(file);
    assert.deepEqual(await tail.read(), []);
  });
});
