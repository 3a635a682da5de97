/** A dense row-major matrix in float64. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, data: Float64Array = new Float64Array(rows * columns)): Matrix {
  return { rows, columns, data };
}

/** Rows [from, to), as a view. */
export function rowsOf({ columns, data }: Matrix, from: number, to: number): Matrix {
  return matrix(to - from, columns, data.subarray(from * columns, to * columns));
}

const tile = 32;

/** Writes the transpose of `from` into columns [at, at + from.rows) of `into`. */
export function transposeInto(from: Matrix, into: Matrix, at = 0): void {
  const { rows, columns, data } = from;
  for (let top = 0; top < rows; top += tile) {
    const bottom = Math.min(rows, top + tile);
    for (let j = 0; j < columns; j++) {
      const target = j * into.columns + at;
      for (let i = top; i < bottom; i++) into.data[target + i] = data[i * columns + j]!;
    }
  }
}
