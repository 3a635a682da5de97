import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { acquireLock, readLock, type LockInfo } from '../../../src/core/files/fileLock';
import { hasEnded, ownIdentity } from '../../../src/core/files/processIdentity';
import { InputError } from '../../../src/shared/errors';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const lockFile = () => path.join(folder(), 'lock.json');

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

function writeLock(file: string, info: Partial<LockInfo>): void {
  const whole = { owner: 'other', startTime: null, bootId: null, host: hostname(), token: 'other', ...info };
  writeFileSync(file, JSON.stringify(whole));
}

describe('acquireLock', () => {
  it('one holder at a time; released it is free', async () => {
    const file = lockFile();
    assert.equal(await readLock(file), null);
    const lock = await acquireLock(file, 'first');
    assert.equal((await readLock(file))!.pid, process.pid);
    await assert.rejects(acquireLock(file, 'second'), (error: InputError) => {
      assert.ok(error instanceof InputError);
      const where = `${path.dirname(file)} is in use by process ${process.pid} on ${hostname()} (first)`;
      assert.equal(error.message, where);
      assert.equal(error.mend, `Wait for it or stop it. If it no longer runs, delete ${file}.`);
      return true;
    });
    await lock.assertOwned();
    await lock.release();
    assert.deepEqual(readdirSync(path.dirname(file)), []);
    await (await acquireLock(file, 'third')).release();
  });

  it('takes over from a process that has ended, from another boot, and from a process id used again', async () => {
    const own = await ownIdentity();
    const dead: Partial<LockInfo>[] = [{ pid: await endedProcess() }];
    if (own.bootId !== null) dead.push({ pid: process.pid, bootId: 'another boot' });
    if (own.startTime !== null) dead.push({ pid: process.pid, startTime: '1', bootId: own.bootId });
    for (const holder of dead) {
      const file = lockFile();
      writeLock(file, holder);
      const lock = await acquireLock(file, 'new');
      assert.equal((await readLock(file))!.token, lock.info.token);
      await lock.release();
      assert.deepEqual(readdirSync(path.dirname(file)), []);
    }
  });

  it('never takes over from a running process or another host', async () => {
    const own = await ownIdentity();
    for (const alive of [
      { ...own, token: 'x' },
      { pid: await endedProcess(), host: 'elsewhere' },
    ]) {
      const file = lockFile();
      writeLock(file, alive);
      const before = readFileSync(file, 'utf8');
      await assert.rejects(acquireLock(file, 'new'), /is in use by process \d+ on /);
      assert.equal(readFileSync(file, 'utf8'), before);
    }
  });

  it('a take-over that died half way does not stand in the way', async () => {
    const file = lockFile();
    const pid = await endedProcess();
    writeLock(file, { pid });
    writeLock(`${file}.takeover`, { pid, token: 'slow' });
    await (await acquireLock(file, 'new')).release();
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  it('a lock file that says nothing is an error that names it', async () => {
    for (const content of ['', '{}', '[]', 'null', '{"pid":"1"', '{"pid":1.5,"host":"h","token":"t"}']) {
      const file = lockFile();
      writeFileSync(file, content);
      await assert.rejects(acquireLock(file, 'new'), {
        name: 'InputError',
        message: `${file} is damaged: it does not say who holds the lock`,
      });
    }
    const file = lockFile();
    mkdirSync(file);
    await assert.rejects(acquireLock(file, 'new'), {
      name: 'InputError',
      message: `${file} is a folder, not a regular file`,
    });
  });

  it('a folder that is not there is the user’s to mend', async () => {
    await assert.rejects(
      acquireLock(path.join(folder(), 'none/lock.json'), 'new'),
      /^InputError: cannot make .*: it does/,
    );
  });

  it('whoever was taken for dead notices before a commit, and leaves the new holder’s lock', async () => {
    const file = lockFile();
    const lock = await acquireLock(file, 'slow');
    writeLock(file, { pid: process.pid });
    await assert.rejects(lock.assertOwned(), /was taken over by another process; nothing more is written to it$/);
    await lock.release();
    assert.ok(existsSync(file));
  });

  it('of many that come at once over a dead holder, exactly one gets it', async () => {
    const pid = await endedProcess();
    for (let round = 0; round < 10; round++) {
      const file = lockFile();
      if (round % 2 === 0) writeLock(file, { pid });
      const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => acquireLock(file, `number ${i}`)));
      const won = results.filter((result) => result.status === 'fulfilled');
      assert.equal(won.length, 1, `round ${round}`);
      assert.deepEqual(readdirSync(path.dirname(file)), ['lock.json']);
    }
  });

  it('two processes: a killed holder’s lock is free, a living one’s is not', async () => {
    const file = lockFile();
    const script = path.join(path.dirname(file), 'holder.js');
    // The holder writes what acquireLock writes: this test is about the process, not about the bundle.
    const own = await ownIdentity();
    writeFileSync(
      script,
      `const { readFileSync } = require('node:fs');
       const stat = (() => { try { return readFileSync('/proc/self/stat', 'utf8'); } catch { return null; } })();
       process.send({ pid: process.pid, startTime: stat && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] });
       setInterval(() => {}, 1000);`,
    );
    const child = fork(script);
    const [identity] = (await once(child, 'message')) as [Partial<LockInfo>];
    writeLock(file, { ...own, ...identity, token: 'child' });
    assert.equal(await hasEnded((await readLock(file))!), false);
    await assert.rejects(acquireLock(file, 'second'), new RegExp(`in use by process ${child.pid} `));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = await acquireLock(file, 'second');
    await lock.release();
  });
});
