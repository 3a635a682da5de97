import assert from 'node:assert/strict';
import { normalQuantile } from '../../../src/core/statistics/normalQuantile';
import { wilsonInterval } from '../../../src/core/statistics/wilson';

describe('wilsonInterval', () => {
  const near = (actual: number, expected: number, tolerance = 5e-5) =>
    assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);

  it('gives the published limits', () => {
    // Newcombe, Statistics in Medicine 17 (1998), 857–872, Table I, method 3 (Wilson).
    const published: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ];
    for (const [successes, n, low, high] of published) {
      const interval = wilsonInterval(successes, n);
      near(interval.low, low);
      near(interval.high, high);
    }
  });

  it('59 of 100 is 49.2 to 68.1 percent', () => {
    const { low, high } = wilsonInterval(59, 100);
    near(low, 0.492, 5e-4);
    near(high, 0.681, 5e-4);
  });

  it('is symmetric, exact at the ends and wider at a higher level', () => {
    const few = wilsonInterval(3, 40);
    const many = wilsonInterval(37, 40);
    near(few.low, 1 - many.high, 1e-15);
    near(few.high, 1 - many.low, 1e-15);
    assert.equal(wilsonInterval(0, 7).low, 0);
    assert.equal(wilsonInterval(7, 7).high, 1);
    assert.ok(wilsonInterval(3, 40, 0.99).high > few.high);
  });

  it('knows nothing where nothing was observed', () => {
    assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
  });

  it('refuses what is not a count out of another', () => {
    for (const [successes, n] of [
      [3, 2],
      [-1, 2],
      [0.5, 2],
      [NaN, NaN],
    ]) {
      assert.throws(() => wilsonInterval(successes!, n!), RangeError);
    }
  });
});

describe('normalQuantile', () => {
  it("agrees with Python's statistics.NormalDist().inv_cdf", () => {
    const expected: [number, number][] = [
      [0.975, 1.9599639845400536],
      [0.995, 2.5758293035489],
      [0.9, 1.2815515655446008],
      [0.5, 0],
      [0.001, -3.090232306167813],
      [0.92, 1.4050715603096327],
      [1e-20, -9.262340089798405],
    ];
    for (const [p, z] of expected) assert.ok(Math.abs(normalQuantile(p) - z) < 1e-14, `${p}: ${normalQuantile(p)}`);
  });

  it('refuses 0 and 1', () => {
    for (const p of [0, 1, NaN, -1]) assert.throws(() => normalQuantile(p), RangeError);
  });
});
