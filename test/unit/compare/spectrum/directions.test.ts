import assert from 'node:assert/strict';
import { subspaceOverlap } from '../../../../src/core/compare/spectrum/directions';
import { matrix } from '../../../../src/core/compare/spectrum/matrix';
import { dotRows, orthonormalise } from '../../../../src/core/compare/spectrum/orthogonal';
import { seededUniform } from '../../../../src/core/statistics/random';
import { normals } from '../../../harness/weights';

const directions = (...rows: readonly (readonly number[])[]) => ({
  dimension: rows.length,
  vectors: matrix(rows.length, 3, Float64Array.from(rows.flat())),
});
const [x, y, z] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

describe('subspace overlap', () => {
  it('is 1 for one subspace, whatever its basis, and 0 for orthogonal ones', () => {
    const [c, s] = [Math.cos(1), Math.sin(1)];
    assert.equal(subspaceOverlap(directions(x, y), directions(x, y)), 1);
    assert.ok(subspaceOverlap(directions(x, y), directions([c, s, 0], [-s, c, 0]))! > 1 - 1e-15);
    assert.equal(subspaceOverlap(directions(x), directions(z)), 0);
  });

  it('is the mean squared cosine of the principal angles', () => {
    assert.equal(subspaceOverlap(directions(x, y), directions(x, z)), 0.5);
    const overlap = subspaceOverlap(directions(x), directions([Math.cos(0.3), Math.sin(0.3), 0]))!;
    assert.ok(Math.abs(overlap - Math.cos(0.3) ** 2) < 1e-15);
  });

  it('compares as many directions as both have', () => {
    assert.equal(subspaceOverlap(directions(x, y), directions(x)), 1);
    assert.equal(subspaceOverlap(directions(), directions(x)), null);
  });
});

describe('orthonormal rows', () => {
  it('span what they came from; one that depends on others becomes zero', () => {
    const x = matrix(4, 50, normals(200, 1e-20, seededUniform(1)));
    for (let i = 0; i < 50; i++) x.data[100 + i] = x.data[i] - 3 * x.data[50 + i];
    const before = x.data.slice();
    const l = orthonormalise(x);
    for (let i = 0; i < 4; i++) {
      for (let k = 0; k <= i; k++) {
        const expected = Number(i === k && i !== 2);
        assert.ok(Math.abs(dotRows(x.data, i, x.data, k, 50) - expected) < 1e-15 * 10);
      }
      for (let j = 0; j < 50; j++) {
        let sum = 0;
        for (let k = 0; k <= i; k++) sum += l[i * 4 + k] * x.data[k * 50 + j];
        assert.ok(Math.abs(sum - before[i * 50 + j]) < 1e-34);
      }
    }
  });
});
