import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { identityOf, openRegularFile, readSmallFile, readTextFile } from '../../../src/core/files/containedFile';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

describe('RegularFile', () => {
  it('reads exactly the bytes asked for', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, 'abcdef');
    const opened = await openRegularFile(file);
    assert.equal(opened.size, 6);
    assert.equal(Buffer.from(await opened.read(2, 3)).toString(), 'cde');
    assert.equal((await opened.read(6, 0)).length, 0);
    await refuses(opened.read(4, 3), `${file} ends before byte 7: it has 6`);
    await refuses(opened.read(-1, 1), /ends before byte 0/);
    await opened.assertUnchanged();
    await opened.close();
  });

  it('never reads a folder, a pipe, a socket or a device, and does not wait for them', async () => {
    const place = folder();
    const name = (file: string) => path.join(place, file);
    mkdirSync(name('sub'));
    execFileSync('mkfifo', [name('pipe')]);
    const server = createServer().listen(name('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    await refuses(openRegularFile(name('sub')), `${name('sub')} is a folder, not a regular file`);
    await refuses(openRegularFile(name('pipe')), `${name('pipe')} is a pipe, not a regular file`);
    await refuses(openRegularFile(name('socket')), `cannot read ${name('socket')}: it is not a regular file`);
    await refuses(openRegularFile('/dev/zero'), '/dev/zero is a device, not a regular file');
    // More pipes than Node has threads for files: other reading still goes on.
    await Promise.all(Array.from({ length: 8 }, () => assert.rejects(openRegularFile(name('pipe')))));
    writeFileSync(name('x'), 'x');
    assert.equal(await readTextFile(name('x'), { limit: 1 }), 'x');
    server.close();
  });

  it('names what is wrong with a path', async () => {
    const place = folder();
    const name = (file: string) => path.join(place, file);
    symlinkSync('circle', name('circle'));
    symlinkSync('nowhere', name('dangling'));
    writeFileSync(name('x'), 'x');
    await refuses(openRegularFile(name('none')), `cannot read ${name('none')}: it does not exist`);
    await refuses(openRegularFile(name('dangling')), `cannot read ${name('dangling')}: it does not exist`);
    await refuses(
      openRegularFile(name('circle')),
      `cannot read ${name('circle')}: its symbolic links lead in a circle`,
    );
    await refuses(openRegularFile(name('x/y')), `cannot read ${name('x/y')}: a part of its path is not a folder`);
    await refuses(openRegularFile(name('x\0y')), /: the system refuses its name$/);
    await refuses(openRegularFile(name('n'.repeat(300))), /: its name is too long$/);
  });

  it('notices every change while it is open', async () => {
    const changes: Record<string, (file: string) => void> = {
      grown: (file) => appendFileSync(file, 'x'),
      shortened: (file) => truncateSync(file, 1),
      'written anew in the same size': (file) => (writeFileSync(file, 'uvw'), utimesSync(file, 1, 1)),
      replaced: (file) => (writeFileSync(`${file}.new`, 'abc'), renameSync(`${file}.new`, file)),
      removed: (file) => renameSync(file, `${file}.gone`),
    };
    for (const [what, change] of Object.entries(changes)) {
      const file = path.join(folder(), 'x');
      writeFileSync(file, 'abc');
      const opened = await openRegularFile(file);
      change(file);
      await refuses(opened.assertUnchanged(), `${file} was changed while it was being read`).catch((error: Error) => {
        throw new Error(`${what}: ${error.message}`);
      });
      if (what === 'shortened') await refuses(opened.read(0, 3), `${file} was changed while it was being read`);
      await opened.close();
    }
  });
});

describe('files within a folder', () => {
  it('links inside are followed, links out of it are refused, also through a linked folder', async () => {
    const place = folder();
    const name = (file: string) => path.join(place, file);
    mkdirSync(name('model/sub'), { recursive: true });
    mkdirSync(name('model-other'));
    writeFileSync(name('secret'), 'secret');
    writeFileSync(name('model-other/secret'), 'secret');
    writeFileSync(name('model/real'), 'real');
    symlinkSync('../secret', name('model/out'));
    symlinkSync(name('secret'), name('model/absolute'));
    symlinkSync('../model-other', name('model/folder'));
    symlinkSync('../real', name('model/sub/in'));
    symlinkSync('model', name('alias'));
    const read = (file: string, within = name('model')) => readTextFile(name(file), { within, limit: 10 });
    assert.equal(await read('model/sub/in'), 'real');
    assert.equal(await read('alias/real', name('alias')), 'real');
    for (const file of ['model/out', 'model/absolute']) {
      await refuses(read(file), `${name(file)} is a link to ${name('secret')}, outside of ${name('model')}`);
    }
    await refuses(read('model/folder/secret'), /is a link to .*model-other\/secret, outside of/);
    await refuses(read('secret'), /outside of/);
    await refuses(read('model/../secret'), /outside of/);
    linkSync(name('secret'), name('model/hard'));
    assert.equal(await read('model/hard'), 'secret'); // a hard link cannot arrive with a download
  });

  it('in the Hugging Face cache the blobs beside the snapshot count, those of another model do not', async () => {
    const hub = folder();
    const snapshot = path.join(hub, 'models--a--b/snapshots/0123');
    for (const blobs of ['models--a--b/blobs', 'models--c--d/blobs']) {
      mkdirSync(path.join(hub, blobs), { recursive: true });
      writeFileSync(path.join(hub, blobs, 'abc'), 'blob');
    }
    mkdirSync(snapshot, { recursive: true });
    symlinkSync('../../blobs/abc', path.join(snapshot, 'own'));
    symlinkSync('../../../models--c--d/blobs/abc', path.join(snapshot, 'foreign'));
    const read = (file: string) => readTextFile(path.join(snapshot, file), { within: snapshot, limit: 10 });
    assert.equal(await read('own'), 'blob');
    await refuses(read('foreign'), /is a link to .*models--c--d\/blobs\/abc, outside of/);
  });
});

describe('small files', () => {
  it('one that is too large is not read', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, '12345');
    assert.equal((await readSmallFile(file, { limit: 5 })).length, 5);
    await refuses(readSmallFile(file, { limit: 4 }), `${file} is too large: 5 B, at most 4 B are read`);
  });

  it('text is UTF-8, with or without a byte order mark', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, '\ufeffü');
    assert.equal(await readTextFile(file, { limit: 9 }), 'ü');
    writeFileSync(file, Buffer.from('ü', 'utf16le'));
    await refuses(readTextFile(file, { limit: 9 }), `${file} is not UTF-8 text`);
  });

  it('identity', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, 'x');
    const before = await identityOf(file);
    assert.deepEqual(await identityOf(file), before);
    utimesSync(file, 1, 1.5);
    assert.deepEqual(await identityOf(file), { ...before, modifiedNs: '1500000000' });
    await refuses(identityOf(`${file}.gone`), `cannot read ${file}.gone: it does not exist`);
  });
});
