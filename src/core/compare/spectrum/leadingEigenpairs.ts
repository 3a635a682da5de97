/** The leading eigenpairs of a large operator by a block Krylov method with restarts (Musco and Musco 2015). */
import { matrix, rowsOf, type Matrix } from './matrix';
import type { Operator } from './operator';
import { orthonormalise, project } from './orthogonal';
import type { Products } from './products';
import { normalNumbers } from './random';
import { symmetricEigen } from './symmetricEigen';

export interface Eigenpairs {
  /** Descending. */
  readonly values: Float64Array;
  /** Orthonormal rows. */
  readonly vectors: Matrix;
  /** ‖Ax − θx‖ of each. */
  readonly residuals: Float64Array;
}

export interface KrylovSettings {
  /** Vectors that are multiplied at a time. */
  readonly block: number;
  /** Products before a restart. block·depth ≤ n. */
  readonly depth: number;
  readonly restarts: number;
  /** Whether the pairs are good enough. */
  readonly enough: (pairs: Eigenpairs) => boolean;
}

const seed = 1;

/** @returns block·depth pairs; the first are the best */
export async function leadingEigenpairs(
  operator: Operator,
  { block, depth, restarts, enough }: KrylovSettings,
  products: Products,
  signal: AbortSignal,
): Promise<Eigenpairs> {
  let vectors = matrix(block, operator.n, normalNumbers(block * operator.n, seed));
  orthonormalise(vectors);
  for (let restart = 0; ; restart++) {
    const pairs = await cycle(operator, vectors, depth, products, signal);
    if (restart === restarts || enough(pairs)) return pairs;
    vectors = rowsOf(pairs.vectors, 0, block);
  }
}

/** Rayleigh–Ritz on the span of x, Ax, …, A^(depth−1)x. */
async function cycle(
  operator: Operator,
  x: Matrix,
  depth: number,
  products: Products,
  signal: AbortSignal,
): Promise<Eigenpairs> {
  const block = x.rows;
  const size = block * depth;
  const basis = matrix(size, operator.n);
  const projected = new Float64Array(size * size);
  basis.data.set(x.data);
  let last: Float64Array = new Float64Array(0);
  for (let j = 0; j < depth; j++) {
    const next = await operator.apply(rowsOf(basis, j * block, (j + 1) * block), signal);
    const known = rowsOf(basis, 0, (j + 1) * block);
    const coefficients = await project(next, known, products, signal);
    for (let i = 0; i < block; i++) {
      for (let k = 0; k < known.rows; k++) {
        const value = coefficients.data[i * known.rows + k]!;
        projected[(j * block + i) * size + k] = projected[k * size + j * block + i] = value;
      }
    }
    const scale = projected[0]!;
    last = orthonormalise(next, scale);
    if (j + 1 === depth) break;
    // Once more: what was short has been scaled up, and its rounding along with it.
    await project(next, known, products, signal);
    orthonormalise(next, 1);
    basis.data.set(next.data, (j + 1) * block * operator.n);
  }
  const { values, vectors: mix } = symmetricEigen(projected, size);
  const vectors = matrix(size, operator.n);
  await products.add('ab', vectors, matrix(size, size, mix), basis, signal);
  const residuals = Float64Array.from({ length: size }, (_, i) => {
    const tail = mix.subarray((i + 1) * size - block, (i + 1) * size);
    return Math.hypot(...tail.map((_, k) => tail.reduce((sum, value, l) => sum + value * last[l * block + k]!, 0)));
  });
  return { values, vectors, residuals };
}
