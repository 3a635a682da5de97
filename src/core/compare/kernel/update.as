// Sums over the update of a block of weights (AssemblyScript, WebAssembly SIMD). Blocks are float32 in memory that the
// caller lays out; sums are float64. Squares are float32 and are added eight at a time before they join the float64
// sum: rounding (2^-24) is then at most 2.4e-7 of a norm, whatever the size and however the values lie. Where squares
// could underflow, or a value is not finite, `energies` says so and the block is summed in float64 throughout.

/** What `energies` adds to: eight float64 at `sums`. */
const UPDATE = 0; // Σ Δ²
const FROM = 8; // Σ W_from²
const TO = 16; // Σ W_to²
const UNIT = 24; // Σ 4^e, e the binary exponent of W_to
const CHANGED = 32; // entries that differ
const LARGEST = 40; // max |Δ|

/** bfloat16 to float32, n a multiple of 8. */
export function decodeBf16(source: usize, target: usize, n: i32): void {
  const zero = i16x8.splat(0);
  for (let i = 0; i < n; i += 8) {
    const x = v128.load(source + (<usize>i << 1));
    const at = target + (<usize>i << 2);
    v128.store(at, i8x16.shuffle(zero, x, 0, 1, 16, 17, 0, 1, 18, 19, 0, 1, 20, 21, 0, 1, 22, 23));
    v128.store(at, i8x16.shuffle(zero, x, 0, 1, 24, 25, 0, 1, 26, 27, 0, 1, 28, 29, 0, 1, 30, 31), 16);
  }
}

/** float16 to float32, n a multiple of 8. Returns whether all are finite; those that are not come out as large numbers. */
export function decodeF16(source: usize, target: usize, n: i32): bool {
  const scale = f32x4.splat(reinterpret<f32>(0x77800000)); // 2^112: from the bias of float32 to that of float16
  const magnitude = i16x8.splat(0x7fff);
  const infinite = i16x8.splat(0x7bff);
  let odd = i16x8.splat(0);
  for (let i = 0; i < n; i += 8) {
    const x = v128.load(source + (<usize>i << 1));
    odd = v128.or(odd, i16x8.gt_s(v128.and(x, magnitude), infinite));
    const at = target + (<usize>i << 2);
    v128.store(at, widen(i32x4.extend_low_i16x8_s(x), scale));
    v128.store(at, widen(i32x4.extend_high_i16x8_s(x), scale), 16);
  }
  return !v128.any_true(odd);
}

// @ts-ignore: decorator
@inline
function widen(x: v128, scale: v128): v128 {
  const magnitude = i32x4.shl(v128.and(x, i32x4.splat(0x7fff)), 13);
  return v128.or(f32x4.mul(magnitude, scale), v128.and(x, i32x4.splat(0x80000000)));
}

/**
 * Adds the sums of the block a → b, n entries (a multiple of 32), to `sums`.
 * @param least the smallest normal number of b's own element type: below it, its steps stay the same
 * @returns whether the sums hold; where not, nothing was added
 */
export function energies(a: usize, b: usize, n: i32, least: f32, sums: usize): bool {
  let update = f64x2.splat(0);
  let from = f64x2.splat(0);
  let to = f64x2.splat(0);
  let unit = f64x2.splat(0);
  let changed = i32x4.splat(0);
  let largest = f32x4.splat(0);
  const exponent = i32x4.splat(0x7f800000);
  const floor = f32x4.splat(least);
  const end = a + (<usize>n << 2);
  while (a < end) {
    let updates = f32x4.splat(0);
    let froms = f32x4.splat(0);
    let tos = f32x4.splat(0);
    let units = f32x4.splat(0);
    for (const stop = a + 128; a < stop; a += 16, b += 16) {
      const x = v128.load(a);
      const y = v128.load(b);
      const d = f32x4.sub(y, x);
      const e = f32x4.pmax(v128.and(y, exponent), floor);
      changed = i32x4.sub(changed, f32x4.ne(x, y));
      largest = f32x4.pmax(largest, f32x4.abs(d));
      updates = f32x4.add(updates, f32x4.mul(d, d));
      froms = f32x4.add(froms, f32x4.mul(x, x));
      tos = f32x4.add(tos, f32x4.mul(y, y));
      units = f32x4.add(units, f32x4.mul(e, e));
    }
    update = addTo(update, updates);
    from = addTo(from, froms);
    to = addTo(to, tos);
    unit = addTo(unit, units);
  }
  const count = <f64>(
    (i32x4.extract_lane(changed, 0) + i32x4.extract_lane(changed, 1)) +
    (i32x4.extract_lane(changed, 2) + i32x4.extract_lane(changed, 3))
  );
  if (!(holds(total(update)) || (count == 0 && total(update) == 0))) return false;
  if (!(holds(total(from)) && holds(total(to)))) return false;
  const most = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  store<f64>(sums + UPDATE, load<f64>(sums + UPDATE) + total(update));
  store<f64>(sums + FROM, load<f64>(sums + FROM) + total(from));
  store<f64>(sums + TO, load<f64>(sums + TO) + total(to));
  store<f64>(sums + UNIT, load<f64>(sums + UNIT) + total(unit));
  store<f64>(sums + CHANGED, load<f64>(sums + CHANGED) + count);
  store<f64>(sums + LARGEST, max(load<f64>(sums + LARGEST), <f64>most));
  return true;
}

// @ts-ignore: decorator
@inline
function addTo(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(upper(x))));
}

/** Below, squares of a block may have underflowed by more than they may; above, or NaN, an entry was not finite. */
// @ts-ignore: decorator
@inline
function holds(sum: f64): bool {
  return sum > 1e-26 && sum < 1e36;
}

/** Σ (b − a)·(d − c) over n entries. */
export function product(a: usize, b: usize, c: usize, d: usize, n: i32): f64 {
  let sum = f64x2.splat(0);
  const end = n & ~3;
  for (let i = 0; i < end; i += 4) {
    const at = <usize>i << 2;
    const p = f32x4.sub(v128.load(b + at), v128.load(a + at));
    const q = f32x4.sub(v128.load(d + at), v128.load(c + at));
    sum = f64x2.add(sum, f64x2.mul(f64x2.promote_low_f32x4(p), f64x2.promote_low_f32x4(q)));
    sum = f64x2.add(sum, f64x2.mul(f64x2.promote_low_f32x4(upper(p)), f64x2.promote_low_f32x4(upper(q))));
  }
  let result = total(sum);
  for (let i = end; i < n; i++) {
    const at = <usize>i << 2;
    result += <f64>(load<f32>(b + at) - load<f32>(a + at)) * <f64>(load<f32>(d + at) - load<f32>(c + at));
  }
  return result;
}

// @ts-ignore: decorator
@inline
function upper(x: v128): v128 {
  return i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

// @ts-ignore: decorator
@inline
function total(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
