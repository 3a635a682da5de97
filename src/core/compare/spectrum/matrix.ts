export type Numbers = Float64Array | Float32Array;

/** A dense row-major matrix. */
export interface Matrix<Data extends Numbers = Float64Array> {
  readonly rows: number;
  readonly columns: number;
  readonly data: Data;
}

export function matrix(rows: number, columns: number): Matrix;
export function matrix<Data extends Numbers>(rows: number, columns: number, data: Data): Matrix<Data>;
export function matrix(rows: number, columns: number, data: Numbers = new Float64Array(rows * columns)) {
  return { rows, columns, data };
}

/** Rows [from, to), as a view. */
export function rowsOf({ columns, data }: Matrix, from: number, to: number): Matrix {
  return matrix(to - from, columns, data.subarray(from * columns, to * columns));
}

const tile = 32;

/** Writes the transpose of `from` into columns [at, at + from.rows) of `into`. */
export function transposeInto(from: Matrix<Numbers>, into: Matrix<Numbers>, at = 0): void {
  const { rows, columns, data } = from;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let j = 0; j < columns; j++) {
      const target = j * into.columns + at;
      for (let i = top; i < bottom; i++) into.data[target + i] = data[i * columns + j]!;
    }
  }
}
