import assert from 'node:assert/strict';
import { flips, signFlipTest } from '../../../src/core/statistics/signFlip';
import { signFlipTests } from '../../../src/core/statistics/signFlips';
import { drawsAtOnce } from '../../../src/core/statistics/weightedSums';

describe('signFlipTests', () => {
  it('gives what signFlipTest gives of each value', () => {
    for (const n of [1, 5, 13, 14, 40]) {
      const items = Array.from({ length: n }, (_, i) => [Math.sin(7 * i + 1), Math.sin(3 * i) + 0.3, 1]);
      const each = [0, 1, 2].map((v) => signFlipTest(items.map((item) => item[v]!)));
      assert.deepEqual(signFlipTests(items), each, `${n} items`);
    }
  });

  it('is exact where few values are not 0', () => {
    const items = Array.from({ length: 30 }, (_, i) => [i < 4 ? 1 : 0, i < 14 ? 1 : 0, 0]);
    const [few, some, none] = signFlipTests(items);
    assert.deepEqual([few, none], [2 / 16, 1]);
    assert.ok(some! < 0.001);
  });

  it('draws whole groups of flips', () => assert.equal(flips % drawsAtOnce, 0));

  it('gives nothing of no items', () => assert.deepEqual(signFlipTests([]), []));
});
