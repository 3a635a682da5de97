import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refresher } from '../../../src/host/panels/refresher';

describe('Refresher', () => {
  /** Work that lasts `duration` ms, with the moments at which it began. */
  const worker = (duration: number, interval: number) => {
    const began: number[] = [];
    let atOnce = 0;
    const refresher = new Refresher(async () => {
      assert.equal(++atOnce, 1, 'two at a time');
      began.push(performance.now());
      await sleep(duration);
      atOnce--;
    }, interval);
    return { refresher, began };
  };

  it('works soon, then not more often than every interval', async () => {
    const { refresher, began } = worker(0, 50);
    const start = performance.now();
    while (performance.now() - start < 230) {
      refresher.request();
      await sleep(2);
    }
    refresher.pause();
    assert.ok(began[0]! - start < 45, `the first after ${began[0]! - start} ms`);
    assert.ok(began.length >= 2 && began.length <= 5, `${began.length} times`);
    for (let i = 1; i < began.length; i++)
      assert.ok(began[i]! - began[i - 1]! >= 48, `${began[i]! - began[i - 1]!} ms`);
  });

  it('rests three times as long as it worked', async () => {
    const { refresher, began } = worker(30, 1);
    refresher.request();
    await sleep(5);
    refresher.request();
    while (began.length < 2) await sleep(5);
    assert.ok(began[1]! - began[0]! >= 4 * 29, `${began[1]! - began[0]!} ms`);
  });

  it('does once what was asked for many times, the last of it after the work that went on', async () => {
    const { refresher, began } = worker(20, 1);
    for (let i = 0; i < 5; i++) refresher.request();
    await sleep(10);
    refresher.request();
    await sleep(250);
    assert.equal(began.length, 2);
  });

  it('does nothing while it pauses, and afterwards what was asked for', async () => {
    const { refresher, began } = worker(0, 1);
    refresher.request();
    refresher.pause();
    refresher.request();
    await sleep(30);
    assert.equal(began.length, 0);
    refresher.resume();
    await sleep(30);
    assert.equal(began.length, 1);
  });
});
