const epsilon = 2 ** -52;
/** QL needs fewer than two steps for an eigenvalue on average. */
const mostSteps = 100;

/**
 * Eigenvalues of a symmetric tridiagonal matrix by implicit QL (EISPACK's tql1, in the form of JAMA's tql2 without the
 * vectors). Each is right to a few roundings of the largest; an off-diagonal entry counts as zero below one of them.
 * @param diagonal n numbers @param offDiagonal n − 1 numbers
 * @returns descending
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length;
  let largest = 0;
  for (const value of diagonal) largest = Math.max(largest, Math.abs(value));
  for (const value of offDiagonal) largest = Math.max(largest, Math.abs(value));
  if (largest === 0) return new Float64Array(n);
  // Scaled by a power of two, so that squares neither overflow nor underflow.
  const scale = 2 ** Math.max(-1000, Math.floor(Math.log2(largest)));
  const d = diagonal.map((value) => value / scale);
  const e = new Float64Array(n + 1);
  for (let i = 0; i < n - 1; i++) e[i] = offDiagonal[i]! / scale;
  implicitQl(d, e);
  return d
    .map((value) => value * scale)
    .sort()
    .reverse();
}

/**
 * Turns d into the eigenvalues of the matrix (d, e), in no order; its norm is near 1.
 * @param e n + 1 numbers, the last two zero @param vectors n rows, which take part in the rotations
 */
export function implicitQl(d: Float64Array, e: Float64Array, vectors?: Float64Array): void {
  const n = d.length;
  let norm = 0;
  for (let i = 0; i < n; i++) norm = Math.max(norm, Math.abs(d[i]!) + Math.abs(e[i]!));
  const negligible = epsilon * norm;
  let shift = 0;
  for (let l = 0; l < n; l++) {
    let end = l;
    while (Math.abs(e[end]!) > negligible) end++;
    for (let step = 0; end > l && Math.abs(e[l]!) > negligible; step++) {
      if (step === mostSteps) throw new Error(`QL does not converge at ${l} of ${n}`);
      // The shift: the nearer eigenvalue of the leading 2 × 2 block.
      const head = d[l]!;
      const ratio = (d[l + 1]! - head) / (2 * e[l]!);
      const root = Math.sign(ratio || 1) * Math.hypot(ratio, 1);
      d[l] = e[l]! / (ratio + root);
      d[l + 1] = e[l]! * (ratio + root);
      const second = d[l + 1]!;
      const h = head - d[l]!;
      for (let i = l + 2; i < n; i++) d[i] = d[i]! - h;
      shift += h;
      sweep(d, e, l, end, second, vectors);
      // An entry that has become negligible splits the matrix.
      for (end = l; Math.abs(e[end]!) > negligible;) end++;
    }
    d[l] = d[l]! + shift;
    e[l] = 0;
  }
}

/** One implicit QL sweep over the block [l, end]. */
function sweep(
  d: Float64Array,
  e: Float64Array,
  l: number,
  end: number,
  second: number,
  vectors: Float64Array | undefined,
): void {
  const below = e[l + 1]!;
  let p = d[end]!;
  let c = 1;
  let c2 = 1;
  let c3 = 1;
  let s = 0;
  let s2 = 0;
  for (let i = end - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const off = e[i]!;
    const g = c * off;
    const h = c * p;
    const r = Math.sqrt(p * p + off * off);
    e[i + 1] = s * r;
    s = off / r;
    c = p / r;
    p = c * d[i]! - s * g;
    d[i + 1] = h + s * (c * g + s * d[i]!);
    if (vectors) rotateRows(vectors, d.length, i, c, s);
  }
  p = (-s * s2 * c3 * below * e[l]!) / second;
  e[l] = s * p;
  d[l] = c * p;
}

/** Rotates rows i and i + 1. */
function rotateRows(vectors: Float64Array, n: number, i: number, c: number, s: number): void {
  for (let p = i * n, q = p + n, end = q; p < end; p++, q++) {
    const x = vectors[p]!;
    const y = vectors[q]!;
    vectors[q] = s * x + c * y;
    vectors[p] = c * x - s * y;
  }
}
