/** An update's Gram matrix as something that multiplies vectors. */
import { gramMatrix, heldNumbers, readRows } from './gram';
import { matrix, rowsOf, transposeInto, type Matrix } from './matrix';
import type { MatrixSource } from './matrixSource';
import type { Products } from './products';

export interface Operator {
  readonly n: number;
  /** Sum of its eigenvalues: ‖Δ‖². */
  readonly trace: number;
  /** x·A, x [vectors, n]. */
  apply(x: Matrix, signal: AbortSignal): Promise<Matrix>;
}

/** A Gram matrix itself, of which the first n rows and columns count; the others are zero. */
export function gramOperator(gram: Matrix, n: number, products: Products): Operator {
  const { rows: size, data } = gram;
  let trace = 0;
  for (let i = 0; i < n; i++) trace += data[i * size + i]!;
  return {
    n,
    trace,
    async apply(x, signal) {
      const padded = matrix(x.rows, size);
      for (let i = 0; i < x.rows; i++) padded.data.set(rowsOf(x, i, i + 1).data, i * size);
      const y = matrix(n, x.rows);
      await products.add('abᵀ', y, rowsOf(gram, 0, n), padded, signal);
      return transposed(y);
    },
  };
}

/**
 * The Gram matrix of an update's smaller side without forming it, where the update can be held; else its Gram matrix:
 * reading it anew for every product would take longer.
 */
export async function updateOperator(update: MatrixSource, products: Products, signal: AbortSignal): Promise<Operator> {
  const { rows, columns } = update;
  if (rows * columns > heldNumbers) {
    const n = Math.min(rows, columns);
    return gramOperator(await gramMatrix(update, n, products, signal), n, products);
  }
  const held = matrix(rows, columns);
  await readRows(update, 0, held, signal);
  let trace = 0;
  for (const value of held.data) trace += value * value;
  return rows <= columns ? rowOperator(held, trace, products) : columnOperator(held, trace, products);
}

function rowOperator(held: Matrix, trace: number, products: Products): Operator {
  return {
    n: held.rows,
    trace,
    async apply(x, signal) {
      const inner = matrix(held.columns, x.rows);
      await products.add('aᵀb', inner, held, transposed(x), signal);
      const y = matrix(held.rows, x.rows);
      await products.add('ab', y, held, inner, signal);
      return transposed(y);
    },
  };
}

function columnOperator(held: Matrix, trace: number, products: Products): Operator {
  return {
    n: held.columns,
    trace,
    async apply(x, signal) {
      const inner = matrix(held.rows, x.rows);
      await products.add('abᵀ', inner, held, x, signal);
      const y = matrix(held.columns, x.rows);
      await products.add('aᵀb', y, held, inner, signal);
      return transposed(y);
    },
  };
}

function transposed(x: Matrix): Matrix {
  const result = matrix(x.columns, x.rows);
  transposeInto(x, result);
  return result;
}
