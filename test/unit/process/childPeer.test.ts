import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelGrace, ChildPeer, type ChildOptions } from '../../../src/core/process/childPeer';
import { CancelledError, EngineCrashError, InputError } from '../../../src/shared/errors';
import type { Call } from '../../../src/shared/rpc';
import { temporaryFolders } from '../../harness/temporaryFolders';

interface ChildSurface {
  pid: Call<null, number>;
  echo: Call<unknown, unknown>;
  exit: Call<number, null>;
  /** Ends itself by SIGKILL. */
  killed: Call<null, null>;
  /** Fails as the user's fault. */
  refuse: Call<null, null>;
  loseDevice: Call<null, null>;
  /** Stops when it is cancelled. */
  obedient: Call<null, null, string>;
  /** Blocks its event loop for ever, as a native call does. */
  stubborn: Call<null, null, string>;
  print: Call<string, null>;
  garbage: Call<null, string>;
  environment: Call<string, string | undefined>;
  wakeParent: Call<string, string>;
}
interface ParentSurface {
  wake: Call<string, string>;
}

/** A child that speaks the messages of rpc.ts by hand. */
const source = `
const send = (message) => process.send(message);
const running = new Map();
process.on('disconnect', () => process.exit());
process.on('message', ({ kind, id, method, params, result }) => {
  const ok = (value) => send({ kind: 'ok', id, result: value });
  if (kind === 'cancel') return running.get(id)?.();
  if (kind === 'ok') return send({ kind: 'ok', id: running.get('asked'), result });
  if (method === 'pid') ok(process.pid);
  if (method === 'echo') ok(params);
  if (method === 'exit') process.exit(params);
  if (method === 'killed') process.kill(process.pid, 'SIGKILL');
  if (method === 'refuse') send({ kind: 'error', id, error: { name: 'InputError', message: 'no', mend: 'Yes.' } });
  if (method === 'loseDevice') send({ kind: 'error', id, error: { name: 'DeviceError', message: 'the device is lost' } });
  if (method === 'obedient') {
    running.set(id, () => send({ kind: 'error', id, error: { name: 'CancelledError', message: 'stopped' } }));
    send({ kind: 'progress', id, value: 'started' });
  }
  if (method === 'stubborn') {
    process.on('SIGTERM', () => {});
    process.send({ kind: 'progress', id, value: 'started' }, () => { for (;;); });
  }
  if (method === 'print') process.stderr.write(params, () => ok(null));
  if (method === 'garbage') { for (const any of [null, 5, [], { id }, { kind: 'ok', id: 'x' }]) send(any); ok('done'); }
  if (method === 'environment') ok(process.env[params]);
  if (method === 'wakeParent') { running.set('asked', id); send({ kind: 'call', id: 7, method: 'wake', params }); }
});
`;

describe('ChildPeer', () => {
  const folder = temporaryFolders();
  const peers: ChildPeer<ParentSurface, ChildSurface>[] = [];
  let script: string;
  before(() => writeFileSync((script = path.join(folder(), 'child.js')), source));
  afterEach(() => peers.splice(0).forEach((peer) => peer.stop()));

  function start(options: Partial<ChildOptions> = {}) {
    const peer = new ChildPeer<ParentSurface, ChildSurface>(
      { script, title: 'engine', ...options },
      { wake: (name) => `${name} is awake` },
    );
    peers.push(peer);
    return peer;
  }

  it('starts on the first call and stays for the next', async () => {
    const peer = start();
    assert.equal(peer.pid, undefined);
    const pid = await peer.call('pid', null);
    assert.equal(peer.pid, pid);
    assert.equal(await peer.call('pid', null), pid);
    assert.notEqual(pid, process.pid);
  });

  it('carries typed arrays, bigints and undefined', async () => {
    const value = { pixels: Float32Array.of(1.5, NaN), ids: [2n ** 60n], missing: undefined, map: new Map([['a', 1]]) };
    assert.deepEqual(await start().call('echo', value), value);
  });

  it('answers the child', async () => {
    assert.equal(await start().call('wakeParent', 'parent'), 'parent is awake');
  });

  it('passes on environment and what the child writes to standard error, line by line', async () => {
    const lines: string[] = [];
    const peer = start({ env: { FRANKENSTEIN_TEST: 'yes' }, onOutput: (line) => lines.push(line) });
    assert.equal(await peer.call('environment', 'FRANKENSTEIN_TEST'), 'yes');
    await peer.call('print', 'one\nt');
    await peer.call('print', 'wo ü\n\n');
    while (lines.length < 2) await sleep(5);
    assert.deepEqual(lines, ['one', 'two ü']);
  });

  it('a child that ends fails its open calls with how it ended, and the next call starts another', async () => {
    const peer = start();
    const first = await peer.call('pid', null);
    const open = peer.call('obedient', null);
    const failed = [peer.call('exit', 3), open].map((call) =>
      assert.rejects(call, (error: Error) => {
        assert.ok(error instanceof EngineCrashError, error.stack);
        return error.message === 'the engine ended with exit code 3';
      }),
    );
    await Promise.all(failed);
    assert.equal(peer.pid, undefined);
    assert.notEqual(await peer.call('pid', null), first);
    await assert.rejects(peer.call('killed', null), {
      name: 'EngineCrashError',
      message: 'the engine was ended by SIGKILL',
    });
    assert.equal(typeof (await peer.call('pid', null)), 'number');
  });

  it('one that cannot be started is a crash that says why', async () => {
    const peer = start({ execPath: path.join(folder(), 'no-node') });
    await assert.rejects(
      peer.call('pid', null),
      /^EngineCrashError: the engine could not be started: spawn .* ENOENT$/,
    );
    const missing = start({ script: path.join(folder(), 'none.js') });
    await assert.rejects(missing.call('pid', null), /^EngineCrashError: the engine ended with exit code 1$/);
  });

  it('an error of the call is no crash', async () => {
    const peer = start();
    await assert.rejects(peer.call('refuse', null), (error: InputError) => {
      return error instanceof InputError && error.mend === 'Yes.';
    });
    assert.notEqual(peer.pid, undefined);
  });

  it('drops what is no message', async () => {
    assert.equal(await start().call('garbage', null), 'done');
  });

  it('cancels what stops by itself and keeps the child', async () => {
    const peer = start();
    const stop = new AbortController();
    const call = peer.call('obedient', null, { signal: stop.signal, onProgress: () => stop.abort() });
    await assert.rejects(call, CancelledError);
    const pid = peer.pid;
    assert.equal(await peer.call('pid', null), pid);
    await assert.rejects(peer.call('pid', null, { signal: stop.signal }), CancelledError);
    // The kill that waited for the cancelled call does not hit a later one.
    await sleep(cancelGrace + 200);
    assert.equal(await peer.call('pid', null), pid);
  });

  it('kills what does not stop within the grace, and the next call works', async () => {
    const peer = start();
    const stop = new AbortController();
    let aborted = 0;
    const onProgress = () => {
      aborted = performance.now();
      stop.abort();
    };
    await assert.rejects(peer.call('stubborn', null, { signal: stop.signal, onProgress }), CancelledError);
    const took = performance.now() - aborted;
    assert.ok(took >= cancelGrace - 50 && took < cancelGrace + 3000, `${took} ms`);
    assert.equal(typeof (await peer.call('pid', null)), 'number');
  });

  it('kills what takes longer than its time', async () => {
    const peer = start();
    await assert.rejects(peer.call('stubborn', null, { timeout: 500 }), {
      name: 'EngineCrashError',
      message: 'the engine took longer than 0.5 s',
    });
    assert.equal(await peer.call('echo', 1, { timeout: 30_000 }), 1);
  });

  it('a child on a GPU that gives no sign of life is killed, and the next call starts another', async () => {
    const peer = start({ silenceLimit: 200 });
    const first = await peer.call('pid', null);
    peer.watched = true;
    const message =
      /^EngineCrashError: the engine gave no sign of life for 0.2 s and was ended: the driver of the device seems to hang/;
    await assert.rejects(peer.call('stubborn', null), message);
    assert.notEqual(await peer.call('pid', null), first);
    assert.equal(peer.watched, false, 'the new child has told nothing yet');
  });

  it('a child on the CPU may be silent for as long as it likes', async () => {
    const peer = start({ silenceLimit: 100 });
    const cancelling = new AbortController();
    const silent = peer.call('obedient', null, { signal: cancelling.signal });
    await sleep(500);
    cancelling.abort();
    await assert.rejects(silent, CancelledError);
    assert.notEqual(peer.pid, undefined, 'it was not killed');
  });

  it('a child whose device failed is ended', async () => {
    const peer = start();
    const first = await peer.call('pid', null);
    await assert.rejects(peer.call('loseDevice', null), /^DeviceError: the device is lost$/);
    assert.notEqual(await peer.call('pid', null), first);
  });

  it('stopping ends the child, fails what is open, and tells', async () => {
    let ended = 0;
    const peer = start({ onEnd: () => ended++ });
    await peer.call('pid', null);
    const open = peer.call('obedient', null);
    peer.stop();
    await assert.rejects(open, /^EngineCrashError: the engine was ended by SIGKILL$/);
    assert.deepEqual([peer.pid, ended], [undefined, 1]);
    peer.stop();
  });
});
