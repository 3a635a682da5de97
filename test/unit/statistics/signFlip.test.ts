import assert from 'node:assert/strict';
import { signFlipTest } from '../../../src/core/statistics/signFlip';

describe('signFlipTest', () => {
  it('counts sign patterns where these are few', () => {
    assert.equal(signFlipTest([1, 1, 1, 1, 1, 1]), 2 / 64);
    // Sums of ±1 ± 2 ± 3 as far from zero as 1 + 2 − 3 = 0: all.
    assert.equal(signFlipTest([1, 2, -3]), 1);
    // |±1 ± 2 ± 4| ≥ 5: −1+2+4, 1+2+4 and their opposites.
    assert.equal(signFlipTest([-1, 2, 4]), 4 / 8);
    assert.equal(signFlipTest([0.1, 0.1, 0.1, -0.1]), 10 / 16);
  });

  it('draws patterns where these are many: Darwin’s 15 pairs (Fisher 1935, §21: p = 0.05267)', () => {
    const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    assert.ok(Math.abs(signFlipTest(darwin) - 0.05267) < 0.01, String(signFlipTest(darwin)));
  });

  it('leaves zeros out, knows nothing of nothing, and is never 0', () => {
    assert.equal(signFlipTest([0, 0, 2, 2, 0]), signFlipTest([2, 2]));
    assert.equal(signFlipTest([0, 0]), 1);
    assert.ok(signFlipTest(new Array<number>(200).fill(1)) > 0);
  });
});
