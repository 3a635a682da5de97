import { implicitQl } from './tridiagonalEigenvalues';

/** Eigenvalues of a small symmetric matrix, descending, and their vectors, one per row. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * All of a symmetric n × n matrix (row-major): Householder's tridiagonalisation and implicit QL, with vectors, for the
 * few hundred dimensions of a projected problem.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.floor(Math.log2(largest)));
  const { diagonal, offDiagonal, basis } = tridiagonalise(
    matrix.map((value) => value / scale),
    n,
  );
  implicitQl(diagonal, offDiagonal, basis);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(basis.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i]! * scale), vectors };
}

/** @returns QᵀAQ, and the columns of Q as rows */
function tridiagonalise(a: Float64Array, n: number) {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let k = 0; k < n - 2; k++) {
    const reflection = reflectColumn(a, n, k);
    if (!reflection) continue;
    const { v, tau } = reflection;
    const w = new Float64Array(n);
    for (let i = k + 1; i < n; i++) w[i] = tau * dot(a, i * n, v, k + 1, n);
    const half = 0.5 * tau * dot(w, 0, v, k + 1, n);
    for (let i = k + 1; i < n; i++) w[i]! -= half * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const [x, y] = [v[i]!, w[i]!];
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= x * w[j]! + y * v[j]!;
    }
    w.fill(0);
    for (let i = k + 1; i < n; i++) {
      const x = tau * v[i]!;
      for (let j = 0; j < n; j++) w[j]! += x * basis[i * n + j]!;
    }
    for (let i = k + 1; i < n; i++) {
      const x = v[i]!;
      for (let j = 0; j < n; j++) basis[i * n + j]! -= x * w[j]!;
    }
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  const offDiagonal = Float64Array.from({ length: n + 1 }, (_, i) => (i < n - 1 ? a[(i + 1) * n + i]! : 0));
  return { diagonal, offDiagonal, basis };
}

/** The reflection that clears column k below its first subdiagonal, and the column after it. */
function reflectColumn(a: Float64Array, n: number, k: number): { v: Float64Array; tau: number } | null {
  const v = new Float64Array(n);
  let sum = 0;
  for (let i = k + 1; i < n; i++) {
    v[i] = a[i * n + k]!;
    if (i > k + 1) sum += v[i]! ** 2;
  }
  if (sum === 0) return null;
  const first = v[k + 1]!;
  const norm = Math.sqrt(first * first + sum);
  const beta = first > 0 ? -norm : norm;
  for (let i = k + 2; i < n; i++) v[i]! /= first - beta;
  v[k + 1] = 1;
  a[(k + 1) * n + k] = beta;
  return { v, tau: (beta - first) / beta };
}

/** Σ x[at + i]·y[i] over i in [from, to). */
function dot(x: Float64Array, at: number, y: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += x[at + i]! * y[i]!;
  return sum;
}
