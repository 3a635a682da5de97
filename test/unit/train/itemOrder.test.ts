import assert from 'node:assert/strict';
import { ItemOrder } from '../../../src/core/train/itemOrder';

describe('the order of items', () => {
  const steps = (order: ItemOrder, count: number, batch: number) =>
    Array.from({ length: count }, (_, i) => order.of(i + 1, batch)).flat();

  it('every item once in an epoch, epochs in different orders', () => {
    const places = steps(new ItemOrder(7, 1), 7, 2);
    const sorted = (part: number[]) => [...part].sort((a, b) => a - b);
    assert.deepEqual(sorted(places.slice(0, 7)), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(sorted(places.slice(7)), [0, 1, 2, 3, 4, 5, 6]);
    assert.notDeepEqual(places.slice(0, 7), places.slice(7));
  });

  it('a seed gives one order, whatever was asked before', () => {
    const whole = steps(new ItemOrder(50, 3), 30, 4);
    assert.deepEqual(new ItemOrder(50, 3).of(30, 4), whole.slice(-4));
    const order = new ItemOrder(50, 3);
    order.of(29, 4);
    assert.deepEqual(order.of(2, 4), whole.slice(4, 8));
    assert.notDeepEqual(steps(new ItemOrder(50, 4), 30, 4), whole);
    // The very numbers: a run of an earlier version is resumed in the same order.
    assert.deepEqual(new ItemOrder(10, 0).of(1, 10), [0, 8, 5, 9, 2, 1, 3, 4, 7, 6]);
  });
});
