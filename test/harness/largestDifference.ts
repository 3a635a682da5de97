import assert from 'node:assert/strict';

/** Of numbers place by place; NaN where one of them is. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (Number.isNaN(difference)) return NaN; // it must not pass, nor be forgotten over the next one
    largest = Math.max(largest, difference);
  }
  return largest;
}
