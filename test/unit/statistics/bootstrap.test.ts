import assert from 'node:assert/strict';
import { bootstrapMean, forEachResample, quantile, resamples } from '../../../src/core/statistics/bootstrap';

describe('bootstrapMean', () => {
  it('comes close to the normal interval of a mean of many values', () => {
    const values = Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3 + 1);
    const n = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n * n));
    const found = bootstrapMean(values);
    assert.ok(Math.abs(found.mean - mean) < 1e-12);
    assert.ok(Math.abs((found.high - found.low) / (2 * 1.96 * error) - 1) < 0.06, `${found.high - found.low}`);
    assert.ok(Math.abs((found.high + found.low) / 2 - mean) < 0.1 * error);
  });

  it('is the same every time, a point where all values are, and nothing without values', () => {
    const values = [0, 1, 1, 0, 1];
    assert.deepEqual(bootstrapMean(values), bootstrapMean(values));
    assert.deepEqual(bootstrapMean([3, 3, 3]), { mean: 3, low: 3, high: 3 });
    assert.ok(Number.isNaN(bootstrapMean([]).low));
  });

  it('narrows with the level', () => {
    const values = Array.from({ length: 50 }, (_, i) => i % 7);
    const [wide, narrow] = [bootstrapMean(values, 0.95), bootstrapMean(values, 0.5)];
    assert.ok(wide.low < narrow.low && narrow.high < wide.high);
  });
});

describe('forEachResample', () => {
  it('draws every item equally often', () => {
    const counts = new Array<number>(10).fill(0);
    forEachResample(10, (indices) => indices.forEach((index) => counts[index]!++));
    for (const count of counts) assert.ok(Math.abs(count / resamples - 1) < 0.1, `${count}`);
  });
});

describe('quantile', () => {
  it('interpolates between neighbours', () => {
    assert.equal(quantile([0, 10, 20], 0.5), 10);
    assert.equal(quantile([0, 10, 20], 0.25), 5);
    assert.equal(quantile([4], 0.9), 4);
  });
});
