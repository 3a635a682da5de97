import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { identityOf } from '../../../src/core/files/containedFile';
import { HashCache, sha256OfFile } from '../../../src/core/files/sha256';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

describe('sha256OfFile', () => {
  it('is that of the content, also of files larger than a piece', async () => {
    const file = path.join(folder(), 'x');
    for (const content of [Buffer.alloc(0), Buffer.from('abc'), Buffer.alloc((8 << 20) + 7, 'abc')]) {
      writeFileSync(file, content);
      assert.equal(await sha256OfFile(file), sha256(content));
    }
  });

  it('stops', async () => {
    const file = path.join(folder(), 'x');
    writeFileSync(file, 'abc');
    await assert.rejects(sha256OfFile(file, AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('HashCache', () => {
  it('knows a file by its identity, also after it was opened again', async () => {
    const [file, store] = ['x', '.hashes.json'].map((name) => path.join(folder(), name)) as [string, string];
    writeFileSync(file, 'abc');
    const cache = await HashCache.open(store);
    assert.equal(cache.known(file, await identityOf(file)), undefined);
    assert.equal(await cache.sha256(file), sha256('abc'));
    const again = await HashCache.open(store);
    assert.equal(again.known(file, await identityOf(file)), sha256('abc'));
    // It is not read again: a hash that was put in the store is believed.
    writeFileSync(store, readFileSync(store, 'utf8').replace(sha256('abc'), sha256('marked')));
    assert.equal(await (await HashCache.open(store)).sha256(file), sha256('marked'));
  });

  it('a file that was written to is hashed again, in the same size too', async () => {
    const [file, store] = ['x', '.hashes.json'].map((name) => path.join(folder(), name)) as [string, string];
    writeFileSync(file, 'abc');
    const cache = await HashCache.open(store);
    await cache.sha256(file);
    writeFileSync(file, 'xyz');
    utimesSync(file, 5, 5);
    assert.equal(cache.known(file, await identityOf(file)), undefined);
    assert.equal(await cache.sha256(file), sha256('xyz'));
    assert.equal((await HashCache.open(store)).known(file, await identityOf(file)), sha256('xyz'));
  });

  it('a store that is damaged or cannot be written is done without', async () => {
    const place = folder();
    const [file, store] = ['x', '.hashes.json'].map((name) => path.join(place, name)) as [string, string];
    writeFileSync(file, 'abc');
    const identity = await identityOf(file);
    const lies = [{ identity, sha256: 'short' }, { identity: 'x', sha256: sha256('lie') }, null, 5];
    const contents = ['', '{', '[]', 'null', ...lies.map((lie) => JSON.stringify({ [file]: lie }))];
    for (const content of contents) {
      writeFileSync(store, content);
      assert.equal(await (await HashCache.open(store)).sha256(file), sha256('abc'), content);
    }
    const taken = path.join(place, 'taken');
    mkdirSync(taken);
    assert.equal(await (await HashCache.open(taken)).sha256(file), sha256('abc'));
  });

  it('many at once are all kept', async () => {
    const place = folder();
    const store = path.join(place, '.hashes.json');
    const files = Array.from({ length: 20 }, (_, i) => path.join(place, `${i}`));
    files.forEach((file) => writeFileSync(file, file));
    const cache = await HashCache.open(store);
    await Promise.all(files.map((file) => cache.sha256(file)));
    const again = await HashCache.open(store);
    for (const file of files) assert.equal(again.known(file, await identityOf(file)), sha256(file));
  });
});
