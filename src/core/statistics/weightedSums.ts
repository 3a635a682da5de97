/** Draws that {@link weightedSums} takes at once: a value that is loaded serves all of them. */
export const drawsAtOnce = 4;

/**
 * Σᵢ weight·value for several draws of weights over the items of several columns: the inner loop of resampling many
 * values together.
 * @param weights [drawsAtOnce, items]
 * @param columns [columns][items]
 * @param sums [drawsAtOnce, columns], written
 */
export function weightedSums(weights: Float64Array, columns: readonly Float64Array[], sums: Float64Array): void {
  const n = weights.length / drawsAtOnce;
  const w0 = weights.subarray(0, n);
  const w1 = weights.subarray(n, 2 * n);
  const w2 = weights.subarray(2 * n, 3 * n);
  const w3 = weights.subarray(3 * n);
  const width = columns.length;
  for (let c = 0; c < width; c++) {
    const column = columns[c]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < n; i++) {
      const value = column[i]!;
      s0 += w0[i]! * value;
      s1 += w1[i]! * value;
      s2 += w2[i]! * value;
      s3 += w3[i]! * value;
    }
    sums[c] = s0;
    sums[width + c] = s1;
    sums[2 * width + c] = s2;
    sums[3 * width + c] = s3;
  }
}
