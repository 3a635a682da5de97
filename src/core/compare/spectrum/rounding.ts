/**
 * How far eigenvalues of an n × n Gram matrix may be from the squares of the singular values, as a share of the largest:
 * below it they are taken for zero.
 */
export function roundingShare(n: number): number {
  return 1e-13 * Math.max(1, n / 1000);
}
