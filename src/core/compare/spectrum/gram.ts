/**
 * The Gram matrix of an update's smaller side in float64, of which only blocks on and below the diagonal are computed.
 */
import { matrix, rowsOf, transposeInto, type Matrix } from './matrix';
import type { MatrixSource } from './matrixSource';
import type { Products } from './products';

/** How much is in memory at a time, in numbers. */
export interface GramLimits {
  readonly held: number;
  readonly chunk: number;
}

/** Rows of a block: its part above the diagonal is computed in vain, a smaller one computes more slowly. */
const blockRows = 256;
/** Numbers of an update that are held at a time; the rest is read again when it is needed. */
export const heldNumbers = 640 * 2 ** 17;
/** Numbers that are read at a time. */
export const chunkNumbers = 32 * 2 ** 17;

/**
 * ΔΔᵀ where Δ has no more rows than columns, else ΔᵀΔ.
 * @param size rows and columns of the result, at least the smaller side; what is more is zero
 */
export async function gramMatrix(
  update: MatrixSource,
  size: number,
  products: Products,
  signal: AbortSignal,
  limits: GramLimits = { held: heldNumbers, chunk: chunkNumbers },
): Promise<Matrix> {
  const gram = matrix(size, size);
  if (update.rows <= update.columns) await gramOfRows(update, gram, limits, products, signal);
  else await gramOfColumns(update, gram, limits, products, signal);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) gram.data[j * size + i] = gram.data[i * size + j]!;
  }
  return gram;
}

/** Holds as many rows as may be, and reads those before them again to meet them. */
async function gramOfRows(
  update: MatrixSource,
  gram: Matrix,
  limits: GramLimits,
  products: Products,
  signal: AbortSignal,
) {
  const { rows, columns } = update;
  const held = matrix(Math.min(rows, rowsWithin(limits.held, columns)), columns);
  const chunk = matrix(Math.min(blockRows, rowsWithin(limits.chunk, columns)), columns);
  for (let top = 0; top < rows; top += held.rows) {
    const bottom = Math.min(rows, top + held.rows);
    await readRows(update, top, rowsOf(held, 0, bottom - top), signal);
    for (let from = top; from < bottom; from += blockRows) {
      const to = Math.min(bottom, from + blockRows);
      const block = rowsOf(held, from - top, to - top);
      await addBlock(gram, [from, top], block, rowsOf(held, 0, to - top), products, signal);
    }
    for (let from = 0; from < top; from += chunk.rows) {
      const some = rowsOf(chunk, 0, Math.min(top - from, chunk.rows));
      await readRows(update, from, some, signal);
      await addBlock(gram, [top, from], rowsOf(held, 0, bottom - top), some, products, signal);
    }
  }
}

/** Every row is read once: its outer product with itself is added. */
async function gramOfColumns(
  update: MatrixSource,
  gram: Matrix,
  limits: GramLimits,
  products: Products,
  signal: AbortSignal,
) {
  const { rows, columns } = update;
  const chunk = matrix(Math.min(rows, rowsWithin(limits.chunk, columns)), columns);
  const depth = Math.min(rows, rowsWithin(limits.held / 4, columns));
  for (let top = 0; top < rows; top += depth) {
    const some = matrix(columns, Math.min(depth, rows - top));
    for (let from = 0; from < some.columns; from += chunk.rows) {
      const part = rowsOf(chunk, 0, Math.min(chunk.rows, some.columns - from));
      await readRows(update, top + from, part, signal);
      transposeInto(part, some, from);
    }
    for (let from = 0; from < columns; from += blockRows) {
      const to = Math.min(columns, from + blockRows);
      await addBlock(gram, [from, 0], rowsOf(some, from, to), rowsOf(some, 0, to), products, signal);
    }
  }
}

/** Adds a·bᵀ to the Gram matrix from entry `at` on. */
async function addBlock(
  gram: Matrix,
  [row, column]: readonly [number, number],
  a: Matrix,
  b: Matrix,
  products: Products,
  signal: AbortSignal,
): Promise<void> {
  const block = matrix(a.rows, b.rows);
  await products.add('abᵀ', block, a, b, signal);
  for (let i = 0; i < a.rows; i++) {
    const target = (row + i) * gram.columns + column;
    for (let j = 0; j < b.rows; j++) gram.data[target + j]! += block.data[i * b.rows + j]!;
  }
}

/** Fills `into` with the update's rows from `top` on. */
export async function readRows(update: MatrixSource, top: number, into: Matrix, signal: AbortSignal): Promise<void> {
  const step = rowsWithin(chunkNumbers, into.columns);
  for (let from = 0; from < into.rows; from += step) {
    signal.throwIfAborted();
    const some = rowsOf(into, from, Math.min(into.rows, from + step));
    await update.read(top + from, top + from + some.rows, some.data, signal);
  }
}

/** Bytes of a Gram matrix, what is read for it, its reduction (half as much again) and the search for directions. */
export function gramBytes(rows: number, columns: number, size: number): number {
  const held = Math.min(rows * columns, heldNumbers);
  const small = Math.min(rows, columns);
  const blocks = Math.min(rows * columns, 2 * chunkNumbers) + blockRows * small;
  return 8 * (held + blocks + 1.5 * size * size + 4 * 192 * small);
}

function rowsWithin(numbers: number, columns: number): number {
  return Math.max(1, Math.floor(numbers / columns));
}
