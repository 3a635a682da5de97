/** Matrices whose singular values and vectors are known, because they were made from them. */
import { matrix, type Matrix } from '../../../../src/core/compare/spectrum/matrix';
import type { MatrixSource } from '../../../../src/core/compare/spectrum/matrixSource';
import { seededUniform } from '../../../../src/core/statistics/random';
import { normals } from '../../../harness/weights';

export const never = new AbortController().signal;

const reflections = 6;

/** U·diag(σ)·Vᵀ, U and V products of random reflections. `left` has the columns of U as rows, one per σ. */
export function withSingularValues(rows: number, columns: number, sigma: readonly number[], seed = 1) {
  const random = seededUniform(seed);
  const a = matrix(rows, columns);
  const left = matrix(sigma.length, rows);
  sigma.forEach((value, i) => {
    a.data[i * columns + i] = value;
    left.data[i * rows + i] = 1;
  });
  for (let i = 0; i < reflections; i++) {
    const u = unit(normals(rows, 1, random));
    reflectRows(a, u);
    reflectColumns(left, u);
    reflectColumns(a, unit(normals(columns, 1, random)));
  }
  return { matrix: a, left };
}

/** Q·diag(λ)·Qᵀ. */
export function withEigenvalues(lambda: readonly number[], seed = 1): Matrix {
  const n = lambda.length;
  const random = seededUniform(seed);
  const a = matrix(n, n);
  lambda.forEach((value, i) => (a.data[i * n + i] = value));
  for (let i = 0; i < reflections; i++) {
    const u = unit(normals(n, 1, random));
    reflectRows(a, u);
    reflectColumns(a, u);
  }
  return a;
}

/** A source that reads from memory. */
export function sourceOf({ rows, columns, data }: Matrix): MatrixSource {
  return {
    rows,
    columns,
    read: (from, to, into, signal) => {
      signal.throwIfAborted();
      if (into.length !== (to - from) * columns) throw new Error(`${into.length} entries for rows ${from} to ${to}`);
      into.set(data.subarray(from * columns, to * columns));
      return Promise.resolve();
    },
  };
}

/** max |a − b|. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

function unit(v: Float64Array): Float64Array {
  const norm = Math.hypot(...v);
  return v.map((value) => value / norm);
}

/** (I − 2uuᵀ)·a */
function reflectRows({ rows, columns, data }: Matrix, u: Float64Array): void {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += u[i] * data[i * columns + j];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) data[i * columns + j] -= 2 * u[i] * sums[j];
}

/** a·(I − 2uuᵀ) */
function reflectColumns({ rows, columns, data }: Matrix, u: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const sum = row.reduce((total, value, j) => total + value * u[j], 0);
    for (let j = 0; j < columns; j++) row[j] -= 2 * sum * u[j];
  }
}
