import assert from 'node:assert/strict';
import { detectableDifference } from '../../../src/core/statistics/detectable';
import { mcnemarExact } from '../../../src/core/statistics/mcnemar';

describe('mcnemarExact', () => {
  it('gives the values of the binomial distribution', () => {
    assert.equal(mcnemarExact(5, 0), 0.0625);
    assert.equal(mcnemarExact(0, 6), 0.03125);
    assert.equal(mcnemarExact(1, 8), 0.0390625);
    assert.equal(mcnemarExact(0, 0), 1);
    assert.equal(mcnemarExact(4, 4), 1);
    assert.equal(mcnemarExact(4, 5), 1);
  });

  it('gives published p-values', () => {
    // Fagerland, Lydersen & Laake, Statistical Analysis of Contingency Tables (2017), ch. 8: airway reactivity (1 and 7
    // discordant children) and complete response (6 and 16 discordant patients).
    assert.ok(Math.abs(mcnemarExact(1, 7) - 0.0703125) < 1e-12);
    assert.ok(Math.abs(mcnemarExact(6, 16) - 0.052479) < 5e-7);
  });

  it('is symmetric and stays exact where 2^-n underflows', () => {
    assert.equal(mcnemarExact(3, 11), mcnemarExact(11, 3));
    // Summed in exact rational arithmetic.
    assert.ok(Math.abs(mcnemarExact(9900, 10100) / 0.15938343598473378 - 1) < 1e-9);
    assert.ok(Math.abs(mcnemarExact(600, 800) / 9.97379613225086e-8 - 1) < 1e-9);
  });

  it('refuses what is not a count', () => {
    for (const counts of [
      [-1, 2],
      [1.5, 2],
      [NaN, 0],
    ])
      assert.throws(() => mcnemarExact(counts[0]!, counts[1]!), RangeError);
  });
});

describe('detectableDifference', () => {
  it('is the smallest one-sided outcome that would have been significant', () => {
    assert.equal(detectableDifference(100), 0.06);
    assert.equal(detectableDifference(6), 1);
    assert.equal(detectableDifference(100, 0.01), 0.08);
  });

  it('is null where no outcome could have been significant', () => {
    assert.equal(detectableDifference(5), null);
    assert.equal(detectableDifference(0), null);
  });
});
