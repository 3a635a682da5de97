// Householder reflections for the two stages of a symmetric eigensolver (AssemblyScript, WebAssembly SIMD), float64.
// A reflection is I − τ·v·vᵀ with v₀ = 1, as LAPACK's dlarfg makes it. Sums of squares are not guarded against overflow
// and underflow: the caller scales the matrix, and what then underflows is below its rounding.

let beta: f64 = 0; // of the last reflection

/**
 * Turns the n numbers at x into v of the reflection that maps them to (β, 0, …).
 * @returns τ; 0, the identity, where x₁… are all zero already
 */
function reflect(x: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 1; i < n; i++) {
    const value = load<f64>(x + (<usize>i << 3));
    sum += value * value;
  }
  return finishReflection(x, n, sum);
}

/** As `reflect`, the sum of squares of x₁… being known. */
function finishReflection(x: usize, n: i32, sum: f64): f64 {
  const first = load<f64>(x);
  store<f64>(x, 1);
  if (sum == 0) {
    beta = first;
    return 0;
  }
  const norm = sqrt<f64>(first * first + sum);
  beta = first > 0 ? -norm : norm;
  const scale = 1 / (first - beta);
  for (let i = 1; i < n; i++) {
    const at = x + (<usize>i << 3);
    store<f64>(at, load<f64>(at) * scale);
  }
  return (beta - first) / beta;
}

/**
 * QR factorisation of a panel that is stored transposed: `count` rows of m numbers at `panel` are its columns, and their
 * numbers from `first` on are factorised. Afterwards a row holds its v, with zeros before it; `r` has R (count × count,
 * row i is column i of R), `t` has −T of the product I − V·T·Vᵀ of the reflections (upper triangular, row-major).
 */
export function factorPanel(panel: usize, count: i32, m: i32, first: i32, r: usize, t: usize): void {
  const stride = <usize>m << 3;
  for (let i = 0; i < count; i++) {
    const row = panel + <usize>i * stride;
    const start = first + i;
    const x = row + (<usize>start << 3);
    const length = m - start;
    const tau = finishReflection(x, length, dot(x + 8, x + 8, length - 1));
    for (let k = 0; k < i; k++) store<f64>(r + (<usize>(i * count + k) << 3), load<f64>(row + (<usize>(first + k) << 3)));
    store<f64>(r + (<usize>(i * count + i) << 3), beta);
    memory.fill(row, 0, <usize>start << 3);
    if (tau != 0) {
      for (let k = i + 1; k < count; k++) {
        const other = panel + <usize>k * stride + (<usize>start << 3);
        subtract(other, x, length, tau * dot(other, x, length));
      }
    }
    // The next column of −T: −τ in the corner, above it −τ·T·(Vᵀv).
    for (let k = 0; k < i; k++) {
      const product = dot(panel + <usize>k * stride + (<usize>start << 3), x, length);
      store<f64>(t + (<usize>(k * count + i) << 3), product);
    }
    for (let k = 0; k < i; k++) {
      let sum: f64 = 0;
      for (let l = k; l < i; l++) {
        sum += load<f64>(t + (<usize>(k * count + l) << 3)) * load<f64>(t + (<usize>(l * count + i) << 3));
      }
      store<f64>(t + (<usize>(k * count + i) << 3), -tau * sum);
    }
    store<f64>(t + (<usize>(i * count + i) << 3), -tau);
  }
}

function dot(x: usize, y: usize, n: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  let i = 0;
  for (const end = n - 7; i < end; i += 8) {
    const at = <usize>i << 3;
    a = f64x2.add(a, f64x2.mul(v128.load(x + at), v128.load(y + at)));
    b = f64x2.add(b, f64x2.mul(v128.load(x + at, 16), v128.load(y + at, 16)));
    c = f64x2.add(c, f64x2.mul(v128.load(x + at, 32), v128.load(y + at, 32)));
    d = f64x2.add(d, f64x2.mul(v128.load(x + at, 48), v128.load(y + at, 48)));
  }
  let sum = total(f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
  for (; i < n; i++) sum += load<f64>(x + (<usize>i << 3)) * load<f64>(y + (<usize>i << 3));
  return sum;
}

/** y −= factor·x */
function subtract(y: usize, x: usize, n: i32, factor: f64): void {
  const f = f64x2.splat(factor);
  let i = 0;
  for (const end = n - 3; i < end; i += 4) {
    const at = <usize>i << 3;
    v128.store(y + at, f64x2.sub(v128.load(y + at), f64x2.mul(f, v128.load(x + at))));
    v128.store(y + at, f64x2.sub(v128.load(y + at, 16), f64x2.mul(f, v128.load(x + at, 16))), 16);
  }
  for (; i < n; i++) {
    const at = <usize>i << 3;
    store<f64>(y + at, load<f64>(y + at) - factor * load<f64>(x + at));
  }
}

/**
 * Columns [from, to) of a symmetric band matrix are made tridiagonal by chasing the bulge (Schwarz 1968; Lang 1993):
 * the reflection that clears column k below its first subdiagonal fills a b × b block one block further down, whose
 * first column the next reflection clears, and so on to the end. What stays of the bulges lies within 2b − 1
 * subdiagonals and is met by the next column's reflections.
 *
 * Entry (i, j), i ≥ j > i − 2b, is at `a` + 8·(i·stride + j). Behind the matrix lie three rows of zeros.
 * @param work four vectors of b + 4 numbers
 */
export function chase(a: usize, n: i32, b: i32, stride: i32, work: usize, from: i32, to: i32): void {
  const step = <usize>stride << 3;
  const room = <usize>(b + 4) << 3;
  let v = work;
  let next = work + room;
  const w = next + room;
  const d = w + room;
  for (let k = from; k < to; k++) {
    let start = k + 1;
    let length = min(b, n - start);
    let corner = a + <usize>start * step + (<usize>k << 3);
    for (let i = 0; i < length; i++) store<f64>(v + (<usize>i << 3), load<f64>(corner + <usize>i * step));
    let tau = reflect(v, length);
    pad(v, length);
    store<f64>(corner, beta);
    for (;;) {
      if (tau != 0) bothSides(a + <usize>start * step + (<usize>start << 3), step, length, v, tau, w);
      const below = start + length;
      const rows = min(b, n - below);
      if (rows <= 0) break;
      corner = a + <usize>below * step + (<usize>start << 3);
      times(corner, step, rows, length, v, tau, d);
      for (let i = 0; i < rows; i++) {
        const offset = <usize>i << 3;
        store<f64>(next + offset, load<f64>(corner + <usize>i * step) - load<f64>(d + offset));
      }
      const nextTau = reflect(next, rows);
      const head = beta;
      pad(next, rows);
      bothBlocks(corner, step, rows, length, v, d, next, nextTau, w);
      store<f64>(corner, head);
      for (let i = 1; i < rows; i++) store<f64>(corner + <usize>i * step, 0);
      const free = v;
      v = next;
      next = free;
      tau = nextTau;
      start = below;
      length = rows;
    }
  }
}

/** Zeros behind a vector: loops go in steps of up to four. */
// @ts-ignore: decorator
@inline
function pad(x: usize, n: i32): void {
  const end = x + (<usize>n << 3);
  store<f64>(end, 0);
  store<f64>(end, 0, 8);
  store<f64>(end, 0, 16);
}

/** H·D·H of a diagonal block, of which only the lower triangle is kept: D − v·wᵀ − w·vᵀ, w = τ·Dv − ½τ²(vᵀDv)·v. */
function bothSides(block: usize, step: usize, n: i32, v: usize, tau: f64, w: usize): void {
  for (let i = 0; i < n; i += 2) {
    const row = block + <usize>i * step;
    const offset = <usize>i << 3;
    const v0 = f64x2.splat(load<f64>(v + offset));
    const v1 = f64x2.splat(load<f64>(v + offset, 8));
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    for (let at: usize = 0; at < offset; at += 16) {
      const x = v128.load(row + at);
      const y = v128.load(row + step + at);
      const u = v128.load(v + at);
      s0 = f64x2.add(s0, f64x2.mul(x, u));
      s1 = f64x2.add(s1, f64x2.mul(y, u));
      v128.store(w + at, f64x2.add(v128.load(w + at), f64x2.add(f64x2.mul(x, v0), f64x2.mul(y, v1))));
    }
    const p = load<f64>(v + offset);
    const q = load<f64>(v + offset, 8);
    const aside = load<f64>(row + step + offset);
    store<f64>(w + offset, total(s0) + load<f64>(row + offset) * p + aside * q);
    store<f64>(w + offset, total(s1) + aside * p + load<f64>(row + step + offset, 8) * q, 8);
  }
  pad(w, n);
  const half = f64x2.splat(-0.5 * tau * tau * dot(v, w, n));
  const factor = f64x2.splat(tau);
  for (let i = 0; i < n; i += 2) {
    const at = <usize>i << 3;
    v128.store(w + at, f64x2.add(f64x2.mul(factor, v128.load(w + at)), f64x2.mul(half, v128.load(v + at))));
  }
  for (let i = 0; i < n; i += 2) {
    const row = block + <usize>i * step;
    const offset = <usize>i << 3;
    const v0 = f64x2.splat(load<f64>(v + offset));
    const v1 = f64x2.splat(load<f64>(v + offset, 8));
    const w0 = f64x2.splat(load<f64>(w + offset));
    const w1 = f64x2.splat(load<f64>(w + offset, 8));
    for (let at: usize = 0; at < offset; at += 16) {
      const u = v128.load(v + at);
      const x = v128.load(w + at);
      v128.store(row + at, f64x2.sub(v128.load(row + at), f64x2.add(f64x2.mul(v0, x), f64x2.mul(w0, u))));
      v128.store(row + step + at, f64x2.sub(v128.load(row + step + at), f64x2.add(f64x2.mul(v1, x), f64x2.mul(w1, u))));
    }
    const p = load<f64>(v + offset);
    const q = load<f64>(v + offset, 8);
    const x = load<f64>(w + offset);
    const y = load<f64>(w + offset, 8);
    store<f64>(row + offset, load<f64>(row + offset) - 2 * p * x);
    store<f64>(row + step + offset, load<f64>(row + step + offset) - p * y - q * x);
    store<f64>(row + step + offset, load<f64>(row + step + offset, 8) - 2 * q * y, 8);
  }
}

/** d = τ·B·v of a rows × n block. */
function times(block: usize, step: usize, rows: i32, n: i32, v: usize, tau: f64, d: usize): void {
  const end = <usize>n << 3;
  for (let i = 0; i < rows; i += 4) {
    const row0 = block + <usize>i * step;
    const row1 = row0 + step;
    const row2 = row1 + step;
    const row3 = row2 + step;
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    for (let at: usize = 0; at < end; at += 16) {
      const u = v128.load(v + at);
      s0 = f64x2.add(s0, f64x2.mul(v128.load(row0 + at), u));
      s1 = f64x2.add(s1, f64x2.mul(v128.load(row1 + at), u));
      s2 = f64x2.add(s2, f64x2.mul(v128.load(row2 + at), u));
      s3 = f64x2.add(s3, f64x2.mul(v128.load(row3 + at), u));
    }
    const to = d + (<usize>i << 3);
    store<f64>(to, tau * total(s0));
    store<f64>(to, tau * total(s1), 8);
    store<f64>(to, tau * total(s2), 16);
    store<f64>(to, tau * total(s3), 24);
  }
}

/** A block between two reflections, H₂·(B − d·vᵀ): B − d·vᵀ − u·wᵀ with w = τ₂·(Bᵀu − (dᵀu)·v), u the vector of H₂. */
function bothBlocks(
  block: usize, step: usize, rows: i32, n: i32, v: usize, d: usize, u: usize, tau: f64, w: usize,
): void {
  const end = <usize>n << 3;
  const shared = f64x2.splat(-dot(d, u, rows));
  for (let at: usize = 0; at < end; at += 16) v128.store(w + at, f64x2.mul(shared, v128.load(v + at)));
  for (let i = 0; i < rows; i += 4) {
    const row0 = block + <usize>i * step;
    const row1 = row0 + step;
    const row2 = row1 + step;
    const row3 = row2 + step;
    const from = u + (<usize>i << 3);
    const u0 = f64x2.splat(load<f64>(from));
    const u1 = f64x2.splat(load<f64>(from, 8));
    const u2 = f64x2.splat(load<f64>(from, 16));
    const u3 = f64x2.splat(load<f64>(from, 24));
    for (let at: usize = 0; at < end; at += 16) {
      const x = f64x2.add(f64x2.mul(u0, v128.load(row0 + at)), f64x2.mul(u1, v128.load(row1 + at)));
      const y = f64x2.add(f64x2.mul(u2, v128.load(row2 + at)), f64x2.mul(u3, v128.load(row3 + at)));
      v128.store(w + at, f64x2.add(v128.load(w + at), f64x2.add(x, y)));
    }
  }
  const factor = f64x2.splat(tau);
  for (let at: usize = 0; at < end; at += 16) v128.store(w + at, f64x2.mul(factor, v128.load(w + at)));
  for (let i = 0; i < rows; i += 2) {
    const row0 = block + <usize>i * step;
    const row1 = row0 + step;
    const offset = <usize>i << 3;
    const d0 = f64x2.splat(load<f64>(d + offset));
    const d1 = f64x2.splat(load<f64>(d + offset, 8));
    const u0 = f64x2.splat(load<f64>(u + offset));
    const u1 = f64x2.splat(load<f64>(u + offset, 8));
    for (let at: usize = 0; at < end; at += 16) {
      const x = v128.load(v + at);
      const y = v128.load(w + at);
      v128.store(row0 + at, f64x2.sub(v128.load(row0 + at), f64x2.add(f64x2.mul(d0, x), f64x2.mul(u0, y))));
      v128.store(row1 + at, f64x2.sub(v128.load(row1 + at), f64x2.add(f64x2.mul(d1, x), f64x2.mul(u1, y))));
    }
  }
}

// @ts-ignore: decorator
@inline
function total(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
