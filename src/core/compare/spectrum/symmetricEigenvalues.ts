import { BandMatrix } from './bandMatrix';
import { BandReduction, paddedSize } from './bandReduction';
import { rowsOf, type Matrix } from './matrix';
import type { Products } from './products';
import { tridiagonalEigenvalues } from './tridiagonalEigenvalues';

/** Up to it, the second stage alone is as fast: a dense matrix is a band that is as wide as it can be. */
const directSize = 256;

/** Rows and columns that the memory of an n × n matrix must have. */
export function workingSize(n: number): number {
  return n <= directSize ? n : paddedSize(n);
}

/** Eigenvalues of large symmetric matrices in two stages: dense to band by products, band to tridiagonal; then QL. */
export class SymmetricEigenvalues {
  private readonly reduction: BandReduction;

  constructor(products: Products) {
    this.reduction = new BandReduction(products);
  }

  /**
   * @param a [m, m], m the `workingSize` of n; overwritten
   * @returns n eigenvalues, descending
   */
  async of(a: Matrix, n: number, signal: AbortSignal): Promise<Float64Array> {
    const band = n <= directSize ? asBand(a) : await this.reduction.reduce(a, n, signal);
    const { diagonal, offDiagonal } = await band.tridiagonalise(signal);
    return tridiagonalEigenvalues(diagonal, offDiagonal);
  }
}

function asBand(a: Matrix): BandMatrix {
  const band = new BandMatrix(a.rows, Math.max(1, a.rows - 1));
  for (let i = 0; i < a.rows; i++)
    rowsOf(a, i, i + 1)
      .data.subarray(0, i + 1)
      .forEach((value, j) => band.set(i, j, value));
  return band;
}
