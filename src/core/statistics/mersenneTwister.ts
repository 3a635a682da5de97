/**
 * NumPy's `RandomState`, as far as sampling needs it: MT19937 (Matsumoto and Nishimura 1998) seeded by one integer, and
 * the legacy shuffle. The stream of `RandomState` is frozen (NEP 19), so samples are those of any NumPy.
 */
const size = 624;
const middle = 397;

/** Uniform 32-bit integers. @param seed 0 to 2^32 - 1 */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(size);
  state[0] = seed;
  for (let i = 1; i < size; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
  }
  let next = size;
  return () => {
    if (next === size) {
      twist(state);
      next = 0;
    }
    let value = state[next++]!;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < size; i++) {
    const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
    state[i] = state[(i + middle) % size]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
  }
}

/** `sorted(RandomState(seed).choice(arange(count), size, replace=False))`. @param sample at most `count` */
export function sampleWithoutReplacement(count: number, sample: number, seed: number): number[] {
  const draw = mersenneTwister(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = drawUpTo(last, draw);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order.slice(0, sample).sort((a, b) => a - b);
}

/** 0 to `max`, both included: draws are cut to the bits of `max` and those above it thrown away. */
function drawUpTo(max: number, draw: () => number): number {
  const mask = 2 ** (32 - Math.clz32(max)) - 1;
  for (;;) {
    const value = (draw() & mask) >>> 0;
    if (value <= max) return value;
  }
}
