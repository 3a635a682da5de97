import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CancelledError, EngineCrashError, InputError } from '../../../src/shared/errors';
import { RpcPeer, type Call, type CallContext, type Channel } from '../../../src/shared/rpc';
import { channelPair } from '../../harness/channelPair';

interface Calculator {
  add: Call<{ a: number; b: number }, number>;
  count: Call<number, string, number>;
  fail: Call<Error, null>;
  wait: Call<null, string>;
  unclonable: Call<null, unknown>;
}
interface Greeter {
  greet: Call<string, string>;
}

function connected() {
  const [near, far] = channelPair();
  let waiting: CallContext<never> | undefined;
  const server = new RpcPeer<Calculator, Greeter>(far, {
    add: ({ a, b }) => a + b,
    count: (to, { progress }) => {
      for (let i = 1; i <= to; i++) progress(i);
      return 'counted';
    },
    fail: (error) => {
      throw error;
    },
    wait: (_, context) => {
      waiting = context;
      return new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
      });
    },
    unclonable: () => () => 'a function',
  });
  const client = new RpcPeer<Greeter, Calculator>(near, { greet: (name) => `Hello ${name}` });
  return { client, server, near, far, signalOfWait: () => waiting?.signal };
}

/** One end whose other end is the test. */
function bare() {
  const sent: unknown[] = [];
  let receive: (message: unknown) => void = () => undefined;
  const channel: Channel = {
    send: (message) => void sent.push(message),
    onMessage: (listener) => (receive = listener),
  };
  const peer = new RpcPeer<Calculator, Calculator>(channel, {
    add: ({ a, b }) => a + b,
    count: () => '',
    fail: () => null,
    wait: () => new Promise(() => undefined),
    unclonable: () => null,
  });
  return { peer, sent, receive: (message: unknown) => receive(message) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('RpcPeer', () => {
  it('calls in both directions, each with its own result', async () => {
    const { client, server } = connected();
    const sums = Array.from({ length: 20 }, (_, i) => client.call('add', { a: i, b: 1 }));
    assert.equal(await server.call('greet', 'page'), 'Hello page');
    assert.deepEqual(
      await Promise.all(sums),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('reports progress in order, before the result', async () => {
    const { client } = connected();
    const seen: number[] = [];
    const result = await client.call('count', 5, { onProgress: (value) => seen.push(value) });
    assert.deepEqual([result, seen], ['counted', [1, 2, 3, 4, 5]]);
    assert.equal(await client.call('count', 5), 'counted');
  });

  it('an error arrives as what it was', async () => {
    const [near, far] = channelPair();
    let thrown: unknown;
    new RpcPeer<Pick<Calculator, 'wait'>, object>(far, {
      wait: () => {
        throw thrown;
      },
    });
    const client = new RpcPeer<object, Pick<Calculator, 'wait'>>(near, {});
    const received = async (error: unknown): Promise<Error> => {
      thrown = error;
      return client.call('wait', null).then(assert.fail, (caught: Error) => caught);
    };
    const input = await received(new InputError('what', 'how'));
    assert.ok(input instanceof InputError && input.message === 'what' && input.mend === 'how');
    assert.ok((await received(new CancelledError())) instanceof CancelledError);
    assert.ok((await received(AbortSignal.abort().reason)) instanceof CancelledError);
    const crash = await received(new EngineCrashError('the sandbox is gone'));
    assert.ok(crash instanceof EngineCrashError && crash.message === 'the sandbox is gone');
    const defect = new TypeError('defect');
    const plain = await received(defect);
    assert.deepEqual([plain.constructor, plain.message, plain.stack], [Error, 'defect', defect.stack]);
    assert.equal((await received('a text')).message, 'a text');
  });

  it('a call that nobody answers, and a result that cannot cross, are errors', async () => {
    const { client } = connected();
    const unknown = client as unknown as RpcPeer<object, { nothing: Call<null, null>; toString: Call<null, null> }>;
    await assert.rejects(unknown.call('nothing', null), { message: 'no such call: nothing' });
    await assert.rejects(unknown.call('toString', null), { message: 'no such call: toString' });
    await assert.rejects(client.call('unclonable', null), /could not be cloned/);
  });

  it('cancelling aborts the handler and rejects the call', async () => {
    const { client, signalOfWait } = connected();
    const stop = new AbortController();
    const call = client.call('wait', null, { signal: stop.signal });
    await turn();
    await turn();
    assert.equal(signalOfWait()!.aborted, false);
    stop.abort();
    await assert.rejects(call, CancelledError);
    assert.equal(signalOfWait()!.aborted, true);
    await assert.rejects(client.call('wait', null, { signal: stop.signal }), CancelledError);
  });

  it('a signal that aborts after the answer sends nothing', async () => {
    const { peer, sent, receive } = bare();
    const stop = new AbortController();
    const call = peer.call('add', { a: 1, b: 2 }, { signal: stop.signal });
    receive({ kind: 'ok', id: 1, result: 3 });
    assert.equal(await call, 3);
    stop.abort();
    assert.equal(sent.length, 1);
  });

  it('closing fails open and later calls and aborts running handlers', async () => {
    const { client, server, signalOfWait } = connected();
    const call = client.call('wait', null);
    await turn();
    await turn();
    const gone = new EngineCrashError('gone');
    client.close(gone);
    server.close(gone);
    await assert.rejects(call, gone);
    await assert.rejects(client.call('add', { a: 1, b: 1 }), gone);
    assert.equal(signalOfWait()!.aborted, true);
  });

  it('what is no message is dropped; what answers no call too', async () => {
    const { peer, sent, receive } = bare();
    const call = peer.call('add', { a: 1, b: 2 });
    for (const message of [
      null,
      undefined,
      5,
      'call',
      [],
      {},
      { kind: 'ok' },
      { kind: 'ok', id: '1' },
      { kind: 'ok', id: 1.5 },
      { kind: 'ok', id: 99, result: 4 },
      { kind: 'error', id: 99 },
      { kind: 'cancel', id: 99 },
      { kind: 'progress', id: 99 },
      { kind: 'unheard-of', id: 1 },
      { kind: '__proto__', id: 1 },
    ]) {
      receive(message);
    }
    await turn();
    assert.equal(sent.length, 1);
    receive({ kind: 'ok', id: 1, result: 3 });
    receive({ kind: 'ok', id: 1, result: 4 });
    assert.equal(await call, 3);
  });

  it('an error that is none still rejects the call', async () => {
    for (const error of [undefined, null, 5, {}, { name: 'InputError' }, { name: 'Error', message: 5 }]) {
      const { peer, receive } = bare();
      const call = peer.call('add', { a: 1, b: 2 });
      receive({ kind: 'error', id: 1, error });
      await assert.rejects(call, { message: 'the other side failed without saying why' });
    }
  });

  it('no message makes it throw', () => {
    const { receive, peer } = bare();
    peer.call('wait', null).catch(() => undefined);
    const kind = fc.oneof(fc.constantFrom('call', 'ok', 'error', 'progress', 'cancel'), fc.anything());
    const method = fc.oneof(fc.constantFrom('wait', 'count', 'constructor', '__proto__'), fc.anything());
    const message = fc.record(
      { kind, id: fc.oneof(fc.nat(3), fc.anything()), method, params: fc.anything(), error: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(fc.oneof(message, fc.anything()), (any) => receive(any)));
  });
});
