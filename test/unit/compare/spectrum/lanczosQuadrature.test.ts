import assert from 'node:assert/strict';
import { addSums, Recurrences, sumsAt } from '../../../../src/core/compare/spectrum/lanczosQuadrature';
import { matrix } from '../../../../src/core/compare/spectrum/matrix';
import type { Operator } from '../../../../src/core/compare/spectrum/operator';
import { Products } from '../../../../src/core/compare/spectrum/products';
import { seededUniform } from '../../../../src/core/statistics/random';
import { normals } from '../../../harness/weights';
import { never } from './knownMatrices';

const products = new Products({ device: 'cpu', createSession: () => Promise.reject(new Error('no runtime here')) });

/** An operator that knows its eigenvectors: the axes. */
function diagonal(lambda: readonly number[]): Operator {
  return {
    n: lambda.length,
    trace: lambda.reduce((a, b) => a + b, 0),
    rounding: 1e-14,
    apply: ({ rows, columns, data }) =>
      Promise.resolve(matrix(rows, columns, data.map((value, at) => value * lambda[at % columns]))), // prettier-ignore
  };
}

/** One vector, and the sums that it would see were the quadrature exact. */
function recurrence(lambda: readonly number[]) {
  const n = lambda.length;
  const start = matrix(1, n, normals(n, 1, seededUniform(4)));
  const norm = Math.hypot(...start.data);
  const exact = addSums(lambda.map((value, i) => sumsAt(value, n * (start.data[i] / norm) ** 2)));
  return { exact, recurrences: new Recurrences(diagonal(lambda), start, matrix(0, n), 1) };
}

describe('Lanczos quadrature', () => {
  it('has the true sums between its two rules, closer with every step', async () => {
    const { exact, recurrences } = recurrence(Array.from({ length: 400 }, (_, i) => (i + 1) ** -1.4));
    let before = Infinity;
    for (let steps = 0; steps < 8; steps++) {
      await recurrences.advance(3, products, never);
      const [{ gauss, radau, lost }] = recurrences.bounds();
      assert.equal(lost, 0);
      assert.ok(radau.nuclear < exact.nuclear && exact.nuclear < gauss.nuclear);
      assert.ok(gauss.logs < exact.logs && exact.logs < radau.logs);
      const width = gauss.nuclear - radau.nuclear;
      assert.ok(width < before);
      before = width;
    }
    assert.ok(before < 0.03 * exact.nuclear);
  });

  it('is exact once there are no more directions', async () => {
    const { exact, recurrences } = recurrence([1, 1, 0.5, 0.5, 0.5, 0.25]);
    await recurrences.advance(6, products, never);
    const [{ gauss, radau }] = recurrences.bounds();
    for (const { nuclear, logs } of [gauss, radau]) {
      assert.ok(Math.abs(nuclear / exact.nuclear - 1) < 1e-12);
      assert.ok(Math.abs(logs / exact.logs - 1) < 1e-12);
    }
  });

  it('counts what is below rounding as lost', async () => {
    const { recurrences } = recurrence([1, 1, 0, 0, 0, 0, 0, 0]);
    await recurrences.advance(3, products, never);
    const [{ lost, gauss }] = recurrences.bounds();
    assert.ok(Math.abs(lost + gauss.nuclear - 8) < 1e-12);
  });
});
