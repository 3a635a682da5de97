import assert from 'node:assert/strict';
import { holmAdjusted } from '../../../src/core/statistics/holm';

describe('holmAdjusted', () => {
  const close = (actual: number[], expected: number[]) => {
    assert.equal(actual.length, expected.length);
    actual.forEach((p, i) =>
      assert.ok(Math.abs(p - expected[i]!) < 1e-12, `${actual.join()} against ${expected.join()}`),
    );
  };

  it('steps down and keeps the order given', () => {
    // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    close(holmAdjusted([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
  });

  it('never falls and never exceeds 1', () => {
    close(holmAdjusted([0.9, 0.5, 0.8]), [1, 1, 1]);
    close(holmAdjusted([0.02, 0.021, 0.022]), [0.06, 0.06, 0.06]);
  });

  it('leaves one p-value and none as they are', () => {
    assert.deepEqual(holmAdjusted([0.04]), [0.04]);
    assert.deepEqual(holmAdjusted([]), []);
  });

  it('refuses what is not a p-value', () => {
    for (const p of [-0.1, 1.1, NaN]) assert.throws(() => holmAdjusted([0.5, p]), RangeError);
  });
});
