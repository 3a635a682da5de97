import { overlapDimension } from '../../../shared/compareResults';
import { chunkNumbers, readRows } from './gram';
import { leadingEigenpairs, type Eigenpairs } from './leadingEigenpairs';
import { matrix, rowsOf, transposeInto, type Matrix } from './matrix';
import type { MatrixSource } from './matrixSource';
import type { Operator } from './operator';
import { dotRows, orthonormalise } from './orthogonal';
import type { Products } from './products';
import { symmetricEigen } from './symmetricEigen';

/** Leading left singular vectors of a matrix, orthonormal rows; fewer than asked for where its rank is lower. */
export interface Directions {
  readonly dimension: number;
  /** [dimension, rows of the matrix]. */
  readonly vectors: Matrix;
}

const block = 32;
const depth = 6;
/** Below it, all eigenvectors are computed. */
const smallest = block * depth;
/** Angle to the true subspace, about: overlaps are then right to 1e-6. */
const angle = 1e-6;

/**
 * ‖UᵀV‖²/k, in [0, 1], k the smaller dimension of the two: 1 where they are the same subspace, about k/rows where they
 * have nothing to do with each other. Null where one is empty.
 */
export function subspaceOverlap(a: Directions, b: Directions): number | null {
  const k = Math.min(a.dimension, b.dimension);
  if (k === 0) return null;
  const n = a.vectors.columns;
  if (b.vectors.columns !== n) throw new Error(`directions of ${n} and ${b.vectors.columns} rows`);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) sum += dotRows(a.vectors.data, i, b.vectors.data, j, n) ** 2;
  }
  return Math.min(1, sum / k);
}

/**
 * The directions of an update from the operator of its Gram matrix. Where two singular values at the end are equal the
 * choice between them is open; the same matrix always gives the same one.
 */
export async function directionsOf(
  update: MatrixSource,
  operator: Operator,
  restarts: number,
  products: Products,
  signal: AbortSignal,
): Promise<Directions> {
  const pairs = await leadingPairs(operator, restarts, products, signal);
  const least = operator.rounding * (pairs.values[0] ?? 0);
  const rank = pairs.values.subarray(0, overlapDimension).filter((value) => value > least).length;
  const vectors = matrix(rank, operator.n, pairs.vectors.data.slice(0, rank * operator.n));
  const isLeft = update.rows <= update.columns;
  return { dimension: rank, vectors: isLeft ? vectors : await leftVectors(update, vectors, products, signal) };
}

async function leadingPairs(
  operator: Operator,
  restarts: number,
  products: Products,
  signal: AbortSignal,
): Promise<Pick<Eigenpairs, 'values' | 'vectors'>> {
  const { n } = operator;
  if (n < smallest) {
    const identity = matrix(n, n);
    for (let i = 0; i < n; i++) identity.data[i * (n + 1)] = 1;
    const { values, vectors } = symmetricEigen((await operator.apply(identity, signal)).data, n);
    return { values, vectors: matrix(n, n, vectors) };
  }
  return leadingEigenpairs(operator, { block, depth, restarts, enough }, products, signal);
}

/** Whether the wanted vectors stand apart from the others, or stand as far apart as rounding lets them. */
function enough({ values, residuals }: Eigenpairs): boolean {
  const gap = values[overlapDimension - 1]! - values[overlapDimension]!;
  const allowed = Math.max(angle * gap, 2 ** -50 * values[0]!);
  return residuals.subarray(0, overlapDimension).every((residual) => residual <= allowed);
}

/** U = ΔVΣ⁻¹ from right singular vectors, the update read once more. */
async function leftVectors(update: MatrixSource, v: Matrix, products: Products, signal: AbortSignal): Promise<Matrix> {
  const u = matrix(v.rows, update.rows);
  if (v.rows === 0) return u;
  const chunk = matrix(Math.min(update.rows, Math.ceil(chunkNumbers / update.columns)), update.columns);
  for (let top = 0; top < update.rows; top += chunk.rows) {
    const some = rowsOf(chunk, 0, Math.min(chunk.rows, update.rows - top));
    await readRows(update, top, some, signal);
    const part = matrix(some.rows, v.rows);
    await products.add('abᵀ', part, some, v, signal);
    transposeInto(part, u, top);
  }
  orthonormalise(u);
  return u;
}
