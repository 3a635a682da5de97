import assert from 'node:assert/strict';
import { mersenneTwister, sampleWithoutReplacement } from '../../../src/core/statistics/mersenneTwister';

describe('mersenneTwister', () => {
  it('gives the numbers of the reference implementation (std::mt19937)', () => {
    const draw = mersenneTwister(5489);
    assert.equal(draw(), 3499211612);
    for (let i = 2; i < 10_000; i++) draw();
    assert.equal(draw(), 4123659995);
  });
});

describe('sampleWithoutReplacement', () => {
  // sorted(numpy.random.RandomState(123).choice(numpy.arange(n), size=100, replace=False)), NumPy 2.4.6
  const cases: [n: number, first: number[], last: number, sum: number][] = [
    [500, [5, 9, 11, 13, 15, 24, 26, 33, 34, 36, 41, 42], 489, 23294],
    [1319, [12, 13, 28, 31, 36, 42, 43, 45, 48, 84], 1318, 61173],
    [460, [0, 5, 9, 11, 13, 15, 20, 21], 450, 21781],
    [540, [5, 9, 11, 13, 15, 24, 33, 34], 528, 27022],
  ];
  for (const [n, first, last, sum] of cases) {
    it(`samples 100 of ${n} as NumPy does`, () => {
      const sample = sampleWithoutReplacement(n, 100, 123);
      assert.equal(sample.length, 100);
      assert.deepEqual(sample.slice(0, first.length), first);
      assert.equal(sample.at(-1), last);
      assert.equal(
        sample.reduce((a, b) => a + b),
        sum,
      );
    });
  }

  it('takes seeds up to 2^32 - 1, and powers of two and one', () => {
    assert.deepEqual(sampleWithoutReplacement(64, 6, 4294967295), [4, 33, 38, 45, 51, 58]);
    assert.deepEqual(sampleWithoutReplacement(65, 6, 0), [29, 33, 34, 43, 45, 62]);
    assert.deepEqual(sampleWithoutReplacement(10, 10, 7), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(sampleWithoutReplacement(1, 1, 3), [0]);
  });
});
