import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { removeLeftovers, writeFileAtomic } from '../../../src/core/files/atomicWrite';
import { InputError } from '../../../src/shared/errors';
import { refusingDisk } from '../../harness/refusingDisk';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('writeFileAtomic', () => {
  it('writes text and bytes, new and over what is there', async () => {
    const file = path.join(folder(), 'x.json');
    await writeFileAtomic(file, 'ü');
    await writeFileAtomic(file, Uint8Array.of(1, 2, 3));
    assert.deepEqual([...readFileSync(file)], [1, 2, 3]);
    assert.deepEqual(readdirSync(path.dirname(file)), ['x.json']);
  });

  it('at whatever step the disk refuses: the old content or the new, no temporary file, the cause named', async () => {
    const outcomes: string[] = [];
    for (let at = 1; ; at++) {
      const file = path.join(folder(), 'x.json');
      writeFileSync(file, 'old');
      const disk = refusingDisk({ at });
      const result = await writeFileAtomic(file, 'new', disk).then(
        () => 'written',
        (error: Error) => error.message,
      );
      if (!disk.refused) break;
      assert.equal(result, `cannot write ${file}: no space is left on the device (ENOSPC)`);
      outcomes.push(readFileSync(file, 'utf8'));
      assert.deepEqual(readdirSync(path.dirname(file)), ['x.json']);
    }
    // write, fsync and rename leave the old content; after the rename only the folder's fsync can fail.
    assert.deepEqual(outcomes, ['old', 'old', 'old', 'new']);
  });

  it('where the disk refuses for ever, the first cause is told', async () => {
    const file = path.join(folder(), 'x.json');
    const disk = refusingDisk({ at: 1, forever: true, code: 'EDQUOT' });
    await assert.rejects(writeFileAtomic(file, 'new', disk), {
      message: `cannot write ${file}: the disk quota is used up (EDQUOT)`,
    });
    const [left = ''] = readdirSync(path.dirname(file));
    assert.match(left, /^\.x\.json\.[0-9a-f]{12}\.tmp$/);
  });

  it('a folder that does not fsync is accepted', async () => {
    const file = path.join(folder(), 'x.json');
    await writeFileAtomic(file, 'new', refusingDisk({ at: 2, only: 'sync', code: 'EINVAL' }));
    assert.equal(readFileSync(file, 'utf8'), 'new');
  });

  it('replaces a symbolic link and leaves what it led to', async () => {
    const place = folder();
    writeFileSync(path.join(place, 'target'), 'old');
    symlinkSync('target', path.join(place, 'link'));
    await writeFileAtomic(path.join(place, 'link'), 'new');
    assert.equal(readFileSync(path.join(place, 'target'), 'utf8'), 'old');
    assert.ok(lstatSync(path.join(place, 'link')).isFile());
  });

  it('a place that cannot be written is the user’s to mend', async () => {
    const place = folder();
    mkdirSync(path.join(place, 'taken'));
    for (const [file, message] of [
      [path.join(place, 'none', 'x'), /: it does not exist$/],
      [path.join(place, 'taken'), /: it is a folder$/],
      [path.join(place, 'n'.repeat(250)), /: its name is too long$/],
    ] as const) {
      await assert.rejects(writeFileAtomic(file, 'new'), (error: Error) => {
        assert.ok(error instanceof InputError, error.message);
        assert.match(error.message, message);
        return error.message.startsWith(`cannot write ${file}`);
      });
    }
    assert.deepEqual(readdirSync(place), ['taken']);
  });
});

describe('removeLeftovers', () => {
  it('removes the temporary files of one file only', async () => {
    const place = folder();
    const kept = ['.x.json.0123456789ab.txt', '.y.json.0123456789ab.tmp', 'x.json', '.x.json.tmp'];
    for (const name of [...kept, '.x.json.0123456789ab.tmp', '.x.json.ba9876543210.tmp']) {
      writeFileSync(path.join(place, name), '');
    }
    await removeLeftovers(path.join(place, 'x.json'));
    assert.deepEqual(readdirSync(place).sort(), kept.sort());
  });
});
