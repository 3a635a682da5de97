/** Sums of functions over a spectrum as random vectors see them: vᵀf(A)v by Lanczos's recurrence and Gauss's rules. */
import { matrix, type Matrix } from './matrix';
import type { Operator } from './operator';
import { dotRows, project } from './orthogonal';
import type { Products } from './products';
import { symmetricEigen } from './symmetricEigen';

/** Σσ and Σσ·ln σ of a part of the spectrum, σ in units of σ₁. */
export interface Sums {
  readonly nuclear: number;
  readonly logs: number;
}

/**
 * The sums that one vector sees. Derivatives of √λ and of √λ·ln λ, λ ≤ 1, do not change sign: Gauss's rule is above the
 * true Σσ and below Σσ·ln σ, Radau's with a node at 0 the reverse (Golub and Meurant 1994).
 */
export interface Bounds {
  readonly gauss: Sums;
  readonly radau: Sums;
  /** Eigenvalues, by number, that are too small for the operator's precision; they count as zero. */
  readonly lost: number;
}

/** The recurrences of several vectors, side by side, on what an operator leaves outside of some deflated directions. */
export class Recurrences {
  /** What a vector stands for: all dimensions but the deflated ones. */
  private readonly weight: number;
  private readonly diagonals: number[][];
  private readonly offDiagonals: number[][];
  private vectors: Matrix;
  private before: Matrix;

  /**
   * @param start as rows, of random directions, orthogonal to those of `deflated`
   * @param unit the operator's largest eigenvalue
   */
  constructor(
    private readonly operator: Operator,
    start: Matrix,
    private readonly deflated: Matrix,
    private readonly unit: number,
  ) {
    const n = start.columns;
    this.weight = n - deflated.rows;
    this.diagonals = Array.from({ length: start.rows }, () => []);
    this.offDiagonals = Array.from({ length: start.rows }, () => []);
    this.vectors = matrix(start.rows, n, start.data.slice());
    for (let i = 0; i < start.rows; i++) {
      const norm = Math.sqrt(dotRows(start.data, i, start.data, i, n));
      for (let p = i * n, end = p + n; p < end; p++) this.vectors.data[p] = this.vectors.data[p]! / norm;
    }
    this.before = matrix(start.rows, n);
  }

  /** So many steps further, a product of the operator for each. */
  async advance(steps: number, products: Products, signal: AbortSignal): Promise<void> {
    for (let step = 0; step < steps; step++) {
      const next = await this.operator.apply(this.vectors, signal);
      await project(next, this.deflated, products, signal);
      for (let i = 0; i < next.rows; i++) this.recur(i, next);
      this.before = this.vectors;
      this.vectors = next;
    }
  }

  /** What each vector sees after the steps so far. */
  bounds(): Bounds[] {
    return this.diagonals.map((diagonal, i) => {
      const offDiagonal = this.offDiagonals[i]!;
      const { sums: gauss, lost } = this.rule(diagonal, offDiagonal);
      const corner = cornerForZero(diagonal, offDiagonal);
      return { gauss, radau: corner === null ? gauss : this.rule([...diagonal, corner], offDiagonal).sums, lost };
    });
  }

  private recur(i: number, next: Matrix): void {
    const n = next.columns;
    const alpha = dotRows(next.data, i, this.vectors.data, i, n);
    const beta = this.offDiagonals[i]!.at(-1) ?? 0;
    for (let p = i * n, end = p + n; p < end; p++) {
      next.data[p] = next.data[p]! - alpha * this.vectors.data[p]! - beta * this.before.data[p]!;
    }
    const norm = Math.sqrt(dotRows(next.data, i, next.data, i, n));
    // A vector that has run out of new directions stays zero: it sees no more.
    const kept = norm > 2 ** -40 * this.unit;
    for (let p = i * n, end = p + n; p < end; p++) next.data[p] = kept ? next.data[p]! / norm : 0;
    this.diagonals[i]!.push(alpha);
    this.offDiagonals[i]!.push(kept ? norm : 0);
  }

  /** Σ w·f(θ) over the eigenvalues of a tridiagonal matrix. */
  private rule(diagonal: readonly number[], offDiagonal: readonly number[]): { sums: Sums; lost: number } {
    const n = diagonal.length;
    const tridiagonal = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      tridiagonal[i * n + i] = diagonal[i]! / this.unit;
      if (i > 0) tridiagonal[i * n + i - 1] = tridiagonal[(i - 1) * n + i] = offDiagonal[i - 1]! / this.unit;
    }
    const { values, vectors } = symmetricEigen(tridiagonal, n);
    const nodes = Array.from(values, (value, i) => ({ value, weight: this.weight * vectors[i * n]! ** 2 }));
    const seen = nodes.filter(({ value }) => value > this.operator.rounding);
    const lost = nodes.filter(({ value }) => value <= this.operator.rounding);
    return {
      sums: addSums(seen.map(({ value, weight }) => sumsAt(value, weight))),
      lost: lost.reduce((sum, { weight }) => sum + weight, 0),
    };
  }
}

/** The entry that, put behind the diagonal, gives the matrix the eigenvalue 0 (Golub 1973); null where it has one. */
function cornerForZero(diagonal: readonly number[], offDiagonal: readonly number[]): number | null {
  let pivot = diagonal[0]!;
  for (let i = 1; i < diagonal.length && pivot > 0; i++) pivot = diagonal[i]! - offDiagonal[i - 1]! ** 2 / pivot;
  const last = offDiagonal.at(-1)!;
  return pivot > 0 && last > 0 ? last ** 2 / pivot : null;
}

/** Of one eigenvalue of the Gram matrix, in units of the largest. */
export function sumsAt(eigenvalue: number, weight: number): Sums {
  const sigma = Math.sqrt(eigenvalue);
  return { nuclear: weight * sigma, logs: weight * sigma * Math.log(sigma) };
}

export function addSums(all: readonly Sums[]): Sums {
  return all.reduce((a, b) => ({ nuclear: a.nuclear + b.nuclear, logs: a.logs + b.logs }), { nuclear: 0, logs: 0 });
}
