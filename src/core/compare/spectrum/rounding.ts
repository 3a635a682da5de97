/**
 * How far computed eigenvalues of an n × n Gram matrix are from the squares of the singular values, as a share of the
 * largest; what is smaller is taken for zero.
 *
 * All stages are float64 and backward stable: they give the exact eigenvalues of a matrix that is off by E, and by Weyl
 * none is off by more than ‖E‖. Exactly low-rank matrices of up to 3584 columns show ‖E‖ ≤ 0.5·√n·2⁻⁵³·σ₁²; this is
 * eight times as much, 2.7e-14 at n = 3584. So σ is off by at most ‖E‖/2σ: relative, 1.3e-8 at σ = 1e-3·σ₁, and no
 * digit is left below 1.6e-7·σ₁. Squaring costs the lower half of the range that float64 has, not the precision above;
 * updates of bfloat16 weights, with the noise of rounding in them, end far above it.
 */
export function roundingShare(n: number): number {
  return 4 * Math.sqrt(Math.max(n, 16)) * 2 ** -53;
}
