import assert from 'node:assert/strict';
import { tridiagonalEigenvalues } from '../../../../src/core/compare/spectrum/tridiagonalEigenvalues';
import { seededUniform } from '../../../../src/core/statistics/random';
import { normals } from '../../../harness/weights';
import { distance } from './knownMatrices';

const solve = (d: readonly number[], e: readonly number[]) =>
  Array.from(tridiagonalEigenvalues(Float64Array.from(d), Float64Array.from(e)));
/** The second difference: 2 on the diagonal, −1 beside it. */
const difference = (n: number, scale = 1) => solve(Array<number>(n).fill(2 * scale), Array<number>(n - 1).fill(-scale));
const differenceValues = (n: number) =>
  Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos(((n - i) * Math.PI) / (n + 1)));

describe('tridiagonal eigenvalues', () => {
  it('takes matrices of no, one and two rows', () => {
    assert.deepEqual(solve([], []), []);
    assert.deepEqual(solve([-3], []), [-3]);
    assert.ok(distance(solve([2, 1], [3]), [4.54138126514911, -1.54138126514911]) < 1e-14);
  });

  it('finds those of the second difference', () => {
    for (const n of [3, 10, 333]) assert.ok(distance(difference(n), differenceValues(n)) < 1e-14 * n, `n = ${n}`);
  });

  it('keeps what is diagonal, in order', () => {
    assert.deepEqual(solve([1, 5, -2, 5, 0], [0, 0, 0, 0]), [5, 5, 1, 0, -2]);
    assert.deepEqual(solve(Array<number>(7).fill(0), Array<number>(6).fill(0)), Array(7).fill(0));
  });

  it('parts blocks at a zero', () => {
    const values = solve([2, 1, 2, 1], [3, 0, 3]);
    assert.ok(distance(values, [4.54138126514911, 4.54138126514911, -1.54138126514911, -1.54138126514911]) < 1e-14);
  });

  it('is no less exact at the ends of the range', () => {
    for (const scale of [2 ** -1000, 2 ** 1000]) {
      const values = difference(50, scale).map((value) => value / scale);
      assert.ok(distance(values, differenceValues(50)) < 1e-13, `${scale}`);
    }
  });

  it('tells apart the close pairs of Wilkinson’s W21', () => {
    const values = solve(
      Array.from({ length: 21 }, (_, i) => Math.abs(10 - i)),
      Array<number>(20).fill(1),
    );
    assert.ok(Math.abs(values[0] - 10.746194182903393) < 1e-13);
    assert.ok(Math.abs(values[0] - values[1] - 7.1e-14) < 2e-14);
    assert.ok(Math.abs(values[20] - -1.1254415221199847) < 1e-13);
  });

  it('keeps trace and norm of graded matrices, in both directions', () => {
    const random = seededUniform(3);
    const d = Array.from(normals(200, 1, random), (value, i) => value * 2 ** -(i / 4));
    const e = Array.from(normals(199, 1, random), (value, i) => value * 2 ** -(i / 4));
    for (const values of [solve(d, e), solve(d.toReversed(), e.toReversed())]) {
      const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
      const squares = (of: readonly number[]) => of.reduce((a, b) => a + b * b, 0);
      assert.ok(Math.abs(sum(values) - sum(d)) < 1e-14 * 200);
      assert.ok(Math.abs(squares(values) / (squares(d) + 2 * squares(e)) - 1) < 1e-13);
    }
  });
});
