import { matrix, type Matrix } from './matrix';
import type { Products } from './products';

/** What is left of a vector below this share of the largest is rounding. */
const negligible = 2 ** -50;

/**
 * Makes the rows of `x` orthonormal (modified Gram–Schmidt, twice); rows that depend on those before become zero.
 * @param scale norm that rows are compared with; that of the longest where it is 0
 * @returns the lower triangular L of x = L·Q, [rows, rows]
 */
export function orthonormalise(x: Matrix, scale = 0): Float64Array {
  const { rows, columns, data } = x;
  const factor = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) scale = Math.max(scale, Math.sqrt(dotRows(data, i, data, i, columns)));
  for (let i = 0; i < rows; i++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        const product = dotRows(data, i, data, k, columns);
        factor[i * rows + k]! += product;
        for (let p = i * columns, q = k * columns, end = p + columns; p < end; p++, q++) {
          data[p] = data[p]! - product * data[q]!;
        }
      }
    }
    const norm = Math.sqrt(dotRows(data, i, data, i, columns));
    const kept = norm > negligible * scale;
    factor[i * rows + i] = kept ? norm : 0;
    for (let p = i * columns, end = p + columns; p < end; p++) data[p] = kept ? data[p]! / norm : 0;
  }
  return factor;
}

/** Takes what lies in the span of the orthonormal rows of `basis` out of x. @returns x·basisᵀ */
export async function project(x: Matrix, basis: Matrix, products: Products, signal: AbortSignal): Promise<Matrix> {
  const coefficients = matrix(x.rows, basis.rows);
  if (basis.rows === 0) return coefficients;
  for (let pass = 0; pass < 2; pass++) {
    const some = matrix(x.rows, basis.rows);
    await products.add('abᵀ', some, x, basis, signal);
    for (let i = 0; i < some.data.length; i++) coefficients.data[i]! += some.data[i]!;
    await products.add(
      'ab',
      x,
      matrix(
        some.rows,
        some.columns,
        some.data.map((value) => -value),
      ),
      basis,
      signal,
    );
  }
  return coefficients;
}

/** Inner product of row i of x and row k of y, both of n columns. */
export function dotRows(x: Float64Array, i: number, y: Float64Array, k: number, n: number): number {
  let sum = 0;
  for (let p = i * n, q = k * n, end = p + n; p < end; p++, q++) sum += x[p]! * y[q]!;
  return sum;
}
