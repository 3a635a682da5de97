import assert from 'node:assert/strict';
import { bootstrapMean, resamples } from '../../../src/core/statistics/bootstrap';
import { bootstrapMeans } from '../../../src/core/statistics/bootstrapMeans';
import { drawsAtOnce } from '../../../src/core/statistics/weightedSums';

describe('bootstrapMeans', () => {
  it('gives what bootstrapMean gives of each value', () => {
    const items = Array.from({ length: 30 }, (_, i) => [Math.sin(i), i % 3, 7]);
    const found = bootstrapMeans(items);
    for (const [v, { mean, low, high }] of found.entries()) {
      const alone = bootstrapMean(items.map((item) => item[v]!));
      assert.equal(mean, alone.mean);
      assert.ok(Math.abs(low - alone.low) < 1e-12 && Math.abs(high - alone.high) < 1e-12, `value ${v}`);
    }
    assert.deepEqual(found[2], { mean: 7, low: 7, high: 7 });
  });

  it('draws whole groups of resamples', () => assert.equal(resamples % drawsAtOnce, 0));

  it('gives nothing of no items', () => assert.deepEqual(bootstrapMeans([]), []));
});
