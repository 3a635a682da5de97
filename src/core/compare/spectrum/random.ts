import { seededUniform } from '../../statistics/random';

/** `count` normally distributed numbers, the same for the same seed (the polar method). */
export function normalNumbers(count: number, seed: number): Float64Array {
  const uniform = seededUniform(seed);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    let [x, y, r] = [0, 0, 0];
    while (r === 0 || r >= 1) {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      r = x * x + y * y;
    }
    const scale = Math.sqrt((-2 * Math.log(r)) / r);
    numbers[i] = x * scale;
    if (i + 1 < count) numbers[i + 1] = y * scale;
  }
  return numbers;
}
