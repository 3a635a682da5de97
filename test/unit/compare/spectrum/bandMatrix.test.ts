import assert from 'node:assert/strict';
import { BandMatrix } from '../../../../src/core/compare/spectrum/bandMatrix';
import { matrix } from '../../../../src/core/compare/spectrum/matrix';
import { Panel } from '../../../../src/core/compare/spectrum/panel';
import { symmetricEigen } from '../../../../src/core/compare/spectrum/symmetricEigen';
import { tridiagonalEigenvalues } from '../../../../src/core/compare/spectrum/tridiagonalEigenvalues';
import { seededUniform } from '../../../../src/core/statistics/random';
import { normals } from '../../../harness/weights';
import { distance, never, withEigenvalues } from './knownMatrices';

async function eigenvalues(band: BandMatrix): Promise<Float64Array> {
  const { diagonal, offDiagonal } = await band.tridiagonalise(never);
  return tridiagonalEigenvalues(diagonal, offDiagonal);
}

describe('a band matrix made tridiagonal', () => {
  for (const [n, bandwidth] of [
    [40, 4],
    [101, 8],
    [131, 32],
    [64, 32],
    [33, 32],
    [20, 32],
  ]) {
    it(`keeps its eigenvalues: ${n} rows, ${bandwidth} subdiagonals`, async () => {
      const numbers = normals(n * n, 1, seededUniform(n));
      const dense = new Float64Array(n * n);
      const band = new BandMatrix(n, bandwidth);
      for (let i = 0; i < n; i++) {
        for (let j = Math.max(0, i - bandwidth); j <= i; j++) {
          band.set(i, j, numbers[i * n + j]);
          dense[i * n + j] = dense[j * n + i] = numbers[i * n + j];
        }
      }
      assert.ok(distance(await eigenvalues(band), symmetricEigen(dense, n).values) < 1e-12);
    });
  }

  for (const n of [1, 2, 3, 4, 5, 50, 257]) {
    it(`takes a dense matrix as a wide band: ${n} rows`, async () => {
      const lambda = Array.from({ length: n }, (_, i) => (i % 3 === 2 ? 0 : n - i));
      const dense = withEigenvalues(lambda);
      const band = new BandMatrix(n, Math.max(1, n - 1));
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) band.set(i, j, dense.data[i * n + j]);
      const expected = lambda.toSorted((a, b) => b - a);
      assert.ok(distance(await eigenvalues(band), expected) < 1e-13 * n);
    });
  }

  it('stops between two columns once it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(new BandMatrix(10, 4).tridiagonalise(stop.signal), { name: 'AbortError' });
  });
});

describe('symmetric eigenvectors', () => {
  it('are orthonormal and belong to their values', () => {
    const lambda = [5, 5, 3, 1, 1e-3, 0, 0, -2];
    const n = lambda.length;
    const a = withEigenvalues(lambda).data;
    const { values, vectors } = symmetricEigen(a, n);
    assert.ok(distance(values, lambda) < 1e-14 * 20);
    for (let k = 0; k < n; k++) {
      const v = vectors.subarray(k * n, (k + 1) * n);
      const product = Float64Array.from({ length: n }, (_, i) => v.reduce((sum, x, j) => sum + a[i * n + j] * x, 0));
      assert.ok(distance(product, v.map((x) => x * values[k])) < 1e-14 * 20); // prettier-ignore
      for (let l = 0; l <= k; l++) {
        const inner = v.reduce((sum, x, j) => sum + x * vectors[l * n + j], 0);
        assert.ok(Math.abs(inner - Number(k === l)) < 1e-14 * 10);
      }
    }
  });
});

describe('a panel', () => {
  it('is factorised: (I − V·T·Vᵀ)ᵀ·P = R, whatever stands before its first row', () => {
    const [count, m, first] = [4, 13, 5];
    const panel = new Panel(count, m);
    const p = normals(count * m, 1, seededUniform(2));
    // The third column hangs on the first: its reflection has next to nothing to do.
    for (let i = 0; i < m; i++) p[2 * m + i] = 2 * p[i];
    panel.columns(m).data.set(p);
    const { r, t } = panel.factor(m, first);
    const v = panel.columns(m).data;
    for (let c = 0; c < count; c++) {
      // Qᵀp = p − V·Tᵀ·(Vᵀp); t is −T.
      const inner = Array.from({ length: count }, (_, k) => dot(v, k, p, c, m, first));
      const mixed = inner.map((_, k) => inner.reduce((sum, value, l) => sum + t.data[l * count + k] * value, 0));
      for (let i = first; i < m; i++) {
        const value = p[c * m + i] + mixed.reduce((sum, x, k) => sum + x * v[k * m + i], 0);
        const expected = i - first <= c ? r.data[c * count + i - first] : 0;
        assert.ok(Math.abs(value - expected) < 1e-13, `column ${c}, row ${i}`);
      }
      assert.deepEqual(Array.from(v.subarray(c * m, c * m + first + c)), Array(first + c).fill(0));
    }
  });

  it('leaves a panel of zeros alone', () => {
    const panel = new Panel(4, 12);
    const { r, t } = panel.factor(12, 4);
    assert.deepEqual([...r.data, ...t.data].filter((value) => value !== 0), []); // prettier-ignore
    assert.deepEqual(matrix(4, 12, panel.columns(12).data.map(Math.abs)).data.reduce((a, b) => a + b), 4); // prettier-ignore
  });
});

function dot(x: Float64Array, i: number, y: Float64Array, k: number, m: number, from: number): number {
  let sum = 0;
  for (let j = from; j < m; j++) sum += x[i * m + j] * y[k * m + j];
  return sum;
}
