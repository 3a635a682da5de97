/**
 * Of each value and those before it, as many as the window takes; of fewer at the start. Summed anew for each: a running
 * sum would carry the rounding of a large value on.
 */
export function movingMeans(values: readonly number[], window: number): number[] {
  return values.map((_, i) => {
    const from = Math.max(0, i + 1 - window);
    let sum = 0;
    for (let k = from; k <= i; k++) sum += values[k]!;
    return sum / (i + 1 - from);
  });
}
