/** `count` normally distributed numbers, the same for the same seed (mulberry32 and the polar method). */
export function normalNumbers(count: number, seed: number): Float64Array {
  let state = seed | 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    let [x, y, r] = [0, 0, 0];
    while (r === 0 || r >= 1) {
      x = uniform();
      y = uniform();
      r = x * x + y * y;
    }
    const scale = Math.sqrt((-2 * Math.log(r)) / r);
    numbers[i] = x * scale;
    if (i + 1 < count) numbers[i + 1] = y * scale;
  }
  return numbers;
}
