import assert from 'node:assert/strict';
import { JobQueue } from '../../../src/engine/jobQueue';

describe('JobQueue', () => {
  it('runs one job after another, in order, failed ones included', async () => {
    const queue = new JobQueue();
    const signal = new AbortController().signal;
    const events: string[] = [];
    const job =
      (name: string, fails = false) =>
      async () => {
        events.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      };
    const results = await Promise.allSettled([
      queue.run(job('a'), signal),
      queue.run(job('b', true), signal),
      queue.run(job('c'), signal),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(
      events,
      ['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });

  it('a job that is cancelled while it waits never begins', async () => {
    const queue = new JobQueue();
    const stop = new AbortController();
    let release: () => void = () => undefined;
    const first = queue.run(() => new Promise<void>((resolve) => (release = resolve)), new AbortController().signal);
    let begun = false;
    const second = queue.run(() => Promise.resolve((begun = true)), stop.signal);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    release();
    await first;
    await assert.rejects(second, { name: 'AbortError' });
    assert.equal(begun, false);
  });
});
