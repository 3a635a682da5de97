import assert from 'node:assert/strict';
import { pairedDifference } from '../../../src/core/statistics/pairedDifference';

describe('pairedDifference', () => {
  // Newcombe, Statistics in Medicine 17 (1998), 2635–2650, Table III, method 10: cells (e, f, g, h) and limits.
  const published: [number, number, number, number, number, number][] = [
    [36, 12, 2, 0, 0.0569, 0.3404],
    [20, 12, 2, 16, 0.0562, 0.3292],
    [18, 12, 2, 18, 0.0562, 0.329],
    [36, 14, 0, 0, 0.1528, 0.4167],
    [35, 14, 0, 1, 0.1461, 0.4175],
    [18, 14, 0, 18, 0.1441, 0.3963],
    [2, 97, 1, 0, 0.8721, 0.9854],
    [1, 97, 1, 1, 0.8736, 0.985],
    [0, 29, 1, 0, 0.6666, 0.9882],
    [2, 98, 0, 0, 0.9178, 0.9945],
    [1, 98, 0, 1, 0.9171, 0.9916],
    [0, 30, 0, 0, 0.8395, 1],
    [54, 0, 0, 0, -0.0664, 0.0664],
    [53, 0, 0, 1, -0.0729, 0.0729],
    [30, 0, 0, 24, -0.0358, 0.0358],
  ];
  const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 1e-4, `${actual}, expected ${expected}`);

  for (const [both, onlyA, onlyB, neither, low, high] of published) {
    it(`gives Newcombe's limits for ${both}, ${onlyA}, ${onlyB}, ${neither}`, () => {
      const result = pairedDifference({ both, onlyA, onlyB, neither });
      near(result.low, low);
      near(result.high, high);
      assert.equal(result.difference, (onlyA - onlyB) / (both + onlyA + onlyB + neither));
    });
  }

  it("gives Fagerland, Lydersen and Laake's limits (2017, ch. 8) for complete response before and after therapy", () => {
    const result = pairedDifference({ both: 59, onlyA: 6, onlyB: 16, neither: 80 });
    near(result.difference, -0.0621);
    near(result.low, -0.1186);
    near(result.high, -0.0046);
  });

  it('turns round when A and B change places', () => {
    const ab = pairedDifference({ both: 20, onlyA: 12, onlyB: 2, neither: 16 });
    const ba = pairedDifference({ both: 20, onlyA: 2, onlyB: 12, neither: 16 });
    assert.ok(Math.abs(ab.low + ba.high) < 1e-15 && Math.abs(ab.high + ba.low) < 1e-15);
  });

  it('knows nothing where there are no items', () => {
    const nothing = pairedDifference({ both: 0, onlyA: 0, onlyB: 0, neither: 0 });
    assert.deepEqual(nothing, { difference: 0, low: -1, high: 1 });
  });
});
