import assert from 'node:assert/strict';
import { logProbability } from '../../../src/core/model/logProbability';

describe('logProbability', () => {
  it('is the logarithm of a softmax, whatever the size of the logits', () => {
    const logits = Float32Array.of(0, 1, 2, 1000, 1001, 999);
    const expected = (values: number[], token: number) => {
      const exps = values.map((value) => Math.exp(value));
      return Math.log(exps[token]! / exps.reduce((a, b) => a + b));
    };
    for (const token of [0, 1, 2]) {
      assert.ok(Math.abs(logProbability(logits, 0, 3, token) - expected([0, 1, 2], token)) < 1e-12);
      assert.ok(Math.abs(logProbability(logits, 1, 3, token) - expected([0, 1, -1], token)) < 1e-12);
    }
  });

  it('refuses numbers that overflowed', () => {
    assert.throws(() => logProbability(Float32Array.of(1, NaN), 0, 2, 0), /not finite/);
    assert.throws(() => logProbability(Float32Array.of(1, Infinity), 0, 2, 0), /not finite/);
  });
});
