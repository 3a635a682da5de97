import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { appendText } from '../../../src/core/files/appendText';
import { fileError } from '../../../src/core/files/fileErrors';
import { ensureFolder, exists, moveIfThere } from '../../../src/core/files/folders';
import { listFolder } from '../../../src/core/files/listFolder';
import { subfolders } from '../../../src/core/files/subfolders';
import { InputError } from '../../../src/shared/errors';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('folders', () => {
  it('lists what links lead to, by name', async () => {
    const place = folder();
    mkdirSync(path.join(place, 'b'));
    writeFileSync(path.join(place, 'a'), '');
    symlinkSync('b', path.join(place, 'c'));
    symlinkSync('nowhere', path.join(place, 'd'));
    assert.deepEqual(await listFolder(place), [
      { name: 'a', kind: 'file', isLink: false },
      { name: 'b', kind: 'folder', isLink: false },
      { name: 'c', kind: 'folder', isLink: true },
      { name: 'd', kind: 'other', isLink: true },
    ]);
    assert.deepEqual(await subfolders(place), ['b', 'c']);
    const none = path.join(place, 'none');
    await assert.rejects(listFolder(none), {
      name: 'InputError',
      message: `cannot read the folder ${none}: it does not exist`,
    });
    await assert.rejects(subfolders(none), { name: 'InputError', message: `cannot read the folder ${none}: ENOENT` });
  });

  it('makes folders; a file in the way is named', async () => {
    const place = folder();
    await ensureFolder(path.join(place, 'a/b'));
    await ensureFolder(path.join(place, 'a/b'));
    assert.ok(await exists(path.join(place, 'a/b')));
    writeFileSync(path.join(place, 'x'), '');
    const below = path.join(place, 'x/y');
    await assert.rejects(ensureFolder(below), {
      name: 'InputError',
      message: `cannot make the folder ${below}: ENOTDIR`,
    });
  });

  it('moves a file that is there', async () => {
    const [from, to] = ['a', 'b'].map((name) => path.join(folder(), name)) as [string, string];
    await moveIfThere(from, to);
    assert.ok(!existsSync(to));
    writeFileSync(from, 'x');
    await moveIfThere(from, to);
    assert.equal(readFileSync(to, 'utf8'), 'x');
  });

  it('a log that cannot be written is dropped', () => {
    const file = path.join(folder(), 'log.txt');
    appendText(file, 'a');
    appendText(file, 'b');
    appendText(path.join(file, 'below'), 'c');
    assert.equal(readFileSync(file, 'utf8'), 'ab');
  });
});

describe('fileError', () => {
  const failed = (code: string) => Object.assign(new Error('as Node says it'), { code });

  it('what the user can mend is an InputError; what the machine does is none; the cause stays', () => {
    for (const code of ['ENOENT', 'EACCES', 'EROFS']) {
      const error = fileError('read', '/x', failed(code));
      assert.ok(error instanceof InputError && (error.cause as NodeJS.ErrnoException).code === code);
    }
    for (const code of ['ENOSPC', 'EIO', 'EMFILE']) {
      const error = fileError('write', '/x', failed(code));
      assert.ok(!(error instanceof InputError) && error.message.endsWith(`(${code})`), error.message);
    }
    assert.equal(fileError('read', '/x', failed('EODD')).message, 'cannot read /x: as Node says it');
    assert.equal(fileError('read', '/x', 'thrown text').message, 'cannot read /x: thrown text');
    const own = new InputError('own');
    assert.equal(fileError('read', '/x', own), own);
  });
});
