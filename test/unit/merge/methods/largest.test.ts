import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keepLargest, smallest } from '../../../../src/core/merge/methods/largest';
import { hasPosition } from '../../../../src/core/merge/methods/positions';

const magnitude = fc.oneof(
  fc.double({ min: 0, noNaN: true }),
  fc.constantFrom(0, 1, 1 + 2 ** -52, 2 ** -1074, 1e300, Infinity),
  fc.integer({ min: 0, max: 3 }),
);

describe('the largest of many', () => {
  it('are those that sorting finds, of equal ones the first', () => {
    fc.assert(
      fc.property(fc.array(magnitude, { minLength: 1, maxLength: 60 }), fc.nat(), (values, n) => {
        const count = n % (values.length + 1);
        const kept = keepLargest(Float64Array.from(values), count);
        const order = values
          .map((_, i) => i)
          .sort((i, j) => (values[i] === values[j] ? i - j : values[j]! - values[i]!));
        const expected = new Set(order.slice(0, count));
        values.forEach((_, i) => assert.equal(hasPosition(kept, i), expected.has(i), `${values.join()} ${count} ${i}`));
      }),
      { numRuns: 2000 },
    );
  });

  it('and the one at a place are too', () => {
    fc.assert(
      fc.property(fc.array(magnitude, { minLength: 1, maxLength: 60 }), fc.nat(), (values, n) => {
        const index = n % values.length;
        const sorted = Float64Array.from(values).sort();
        assert.equal(smallest(Float64Array.from(values), index), sorted[index]);
      }),
    );
  });

  it('are found in a part of a larger buffer', () => {
    const whole = Float64Array.from([9, 9, 1, 3, 2, 9]);
    assert.equal(smallest(whole.subarray(2, 5), 1), 2);
  });
});
