/** An update's Gram matrix as something that multiplies vectors. */
import { chunkNumbers, gramMatrix, heldNumbers, readRows } from './gram';
import { matrix, rowsOf, transposeInto, type Matrix, type Numbers } from './matrix';
import type { MatrixSource } from './matrixSource';
import type { Products } from './products';
import { roundingShare } from './rounding';

/** Σ of directions where there is nothing come out as up to 2⁻²⁰ of the largest in float32. */
const singleRounding = 2 ** -40;

export interface Operator {
  readonly n: number;
  /** Sum of its eigenvalues: ‖Δ‖². */
  readonly trace: number;
  /** Up to how much, as a share of the largest, eigenvalues are rounding. */
  readonly rounding: number;
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
    rounding: roundingShare(n),
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
 * @param single whether products of a held update may be float32, for estimates
 */
export async function updateOperator(
  update: MatrixSource,
  single: boolean,
  products: Products,
  signal: AbortSignal,
): Promise<Operator> {
  const { rows, columns } = update;
  if (!canHold(rows, columns, single)) {
    const n = Math.min(rows, columns);
    return gramOperator(await gramMatrix(update, n, products, signal), n, products);
  }
  const held = matrix<Numbers>(
    rows,
    columns,
    single ? new Float32Array(rows * columns) : new Float64Array(rows * columns),
  );
  const { trace, largest } = await hold(update, held, signal);
  // Whatever float32 cannot take the square of is held as it is.
  if (single && trace > 0 && Math.abs(Math.log2(largest)) > 40) return updateOperator(update, false, products, signal);
  const n = Math.min(rows, columns);
  const rounding = single ? singleRounding : roundingShare(n);
  return { n, trace, rounding, apply: (x, running) => applyHeld(held, x, products, running) };
}

/** Whether an update of this shape is held as it is multiplied, in float32 or float64. */
export function canHold(rows: number, columns: number, single: boolean): boolean {
  return rows * columns <= (single ? 2 : 1) * heldNumbers;
}

/** Reads all of an update. @returns ‖Δ‖² and max |Δ| */
async function hold(update: MatrixSource, held: Matrix<Numbers>, signal: AbortSignal) {
  let [trace, largest] = [0, 0];
  const step = Math.max(1, Math.floor(chunkNumbers / 4 / held.columns));
  const chunk = matrix(Math.min(step, held.rows), held.columns);
  for (let top = 0; top < held.rows; top += step) {
    const some = rowsOf(chunk, 0, Math.min(step, held.rows - top));
    await readRows(update, top, some, signal);
    held.data.set(some.data, top * held.columns);
    for (const value of some.data) {
      trace += value * value;
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return { trace, largest };
}

/** x·ΔΔᵀ, or x·ΔᵀΔ where that is smaller. */
async function applyHeld(held: Matrix<Numbers>, x: Matrix, products: Products, signal: AbortSignal): Promise<Matrix> {
  const { rows, columns } = held;
  const like = (m: number, n: number) =>
    matrix<Numbers>(m, n, held.data instanceof Float32Array ? new Float32Array(m * n) : new Float64Array(m * n));
  const y = like(Math.min(rows, columns), x.rows);
  if (rows <= columns) {
    const right = like(rows, x.rows);
    transposeInto(x, right);
    const inner = like(columns, x.rows);
    await products.add('aᵀb', inner, held, right, signal);
    await products.add('ab', y, held, inner, signal);
  } else {
    const left = like(x.rows, columns);
    left.data.set(x.data);
    const inner = like(rows, x.rows);
    await products.add('abᵀ', inner, held, left, signal);
    await products.add('aᵀb', y, held, inner, signal);
  }
  return transposed(y);
}

function transposed(x: Matrix<Numbers>): Matrix {
  const result = matrix(x.columns, x.rows);
  transposeInto(x, result);
  return result;
}
