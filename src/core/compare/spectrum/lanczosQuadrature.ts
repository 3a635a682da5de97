/**
 * Quick estimates of sums over a spectrum, by deflated stochastic Lanczos quadrature (Ubaru, Chen and Saad 2017; the
 * deflation as in Hutch++, Meyer et al. 2021), without the Gram matrix.
 */
import type { SpectrumPreview } from '../../../shared/compareResults';
import { leadingEigenpairs, type Eigenpairs } from './leadingEigenpairs';
import { matrix, rowsOf, type Matrix } from './matrix';
import type { Operator } from './operator';
import { dotRows, project } from './orthogonal';
import type { Products } from './products';
import { normalNumbers } from './random';
import { symmetricEigen } from './symmetricEigen';

/** Random vectors; the error is what they scatter. */
const probes = 16;
/** Lanczos steps of each. */
const steps = 10;
const leading = { block: 24, depth: 4, restarts: 0, enough: () => true };
/** Pairs whose residual is a smaller share of their value are taken as they are: its square is what they are off by. */
const converged = 0.05;
const seed = 2;
/** Matrices with a smaller side below it have no use for estimates. */
export const smallestPreview = 4 * leading.block * leading.depth;

export type Preview = Omit<SpectrumPreview, 'key'>;

/** Σσ and Σσ·ln σ of a part of the spectrum, σ in units of σ₁. */
interface Sums {
  readonly nuclear: number;
  readonly logs: number;
}

/** Sums as seen by one probe: Gauss's rule is above the true Σσ and below Σσ ln σ, Radau's with a node at 0 the reverse. */
interface Probe {
  readonly gauss: Sums;
  readonly radau: Sums;
}

/** @param operator n ≥ `smallestPreview` and not zero */
export async function previewSpectrum(operator: Operator, products: Products, signal: AbortSignal): Promise<Preview> {
  const pairs = await leadingEigenpairs(operator, leading, products, signal);
  const largest = pairs.values[0]!;
  const taken = countConverged(pairs);
  const exact = addSums(Array.from(pairs.values.subarray(0, taken), (value) => sumsAt(value / largest, 1)));
  const start = matrix(probes, operator.n, normalNumbers(probes * operator.n, seed));
  await project(start, rowsOf(pairs.vectors, 0, taken), products, signal);
  const seen = await lanczos(operator, start, largest, signal);
  return { ...combine(exact, seen, Math.sqrt(largest)), stableRank: operator.trace / largest };
}

/** Means over the probes; errors from their scatter, and from how far the two rules are apart. */
function combine(exact: Sums, seen: readonly Probe[], spectral: number) {
  const mean = (pick: (probe: Probe) => Sums) => {
    const { nuclear, logs } = addSums(seen.map(pick));
    return addSums([exact, { nuclear: nuclear / seen.length, logs: logs / seen.length }]);
  };
  const middle = ({ gauss, radau }: Probe): Sums => ({
    nuclear: (gauss.nuclear + radau.nuclear) / 2,
    logs: (gauss.logs + radau.logs) / 2,
  });
  const sums = mean(middle);
  const [above, below] = [mean(({ gauss }) => gauss), mean(({ radau }) => radau)];
  const entropy = ({ nuclear, logs }: Sums) => Math.log(nuclear) - logs / nuclear;
  const scatter = (of: (sums: Sums) => number) => standardError(seen.map((probe) => of(middle(probe))));
  // To first order, a probe that sees (n, l) moves ln(effective rank) by n·(1/Σσ + Σσlnσ/(Σσ)²) − l/Σσ.
  const moves = ({ nuclear, logs }: Sums) =>
    nuclear * (1 / sums.nuclear + sums.logs / sums.nuclear ** 2) - logs / sums.nuclear;
  return {
    spectral,
    nuclear: spectral * sums.nuclear,
    effectiveRank: Math.exp(entropy(sums)),
    nuclearError:
      scatter(({ nuclear }) => nuclear) / sums.nuclear + (above.nuclear - below.nuclear) / (2 * sums.nuclear),
    effectiveRankError: scatter(moves) + Math.abs(entropy(above) - entropy(below)) / 2,
  };
}

/** Of the mean of independent values. */
function standardError(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n * (n - 1)));
}

function countConverged({ values, residuals }: Eigenpairs): number {
  const first = values.findIndex((value, i) => !(residuals[i]! <= converged * value));
  return first < 0 ? values.length : first;
}

/** Three-term recurrences of all probes side by side. */
async function lanczos(operator: Operator, start: Matrix, unit: number, signal: AbortSignal): Promise<Probe[]> {
  const { n } = operator;
  const weights = Array.from({ length: start.rows }, (_, i) => dotRows(start.data, i, start.data, i, n));
  const diagonals = weights.map(() => new Float64Array(steps));
  const offDiagonals = weights.map(() => new Float64Array(steps));
  let x = matrix(
    start.rows,
    n,
    start.data.map((value, at) => value / Math.sqrt(weights[Math.floor(at / n)]!)),
  );
  let before = matrix(start.rows, n);
  for (let step = 0; step < steps; step++) {
    const next = await operator.apply(x, signal);
    for (let i = 0; i < x.rows; i++) {
      const alpha = dotRows(next.data, i, x.data, i, n);
      const beta = step === 0 ? 0 : offDiagonals[i]![step - 1]!;
      for (let p = i * n, end = p + n; p < end; p++) next.data[p]! -= alpha * x.data[p]! + beta * before.data[p]!;
      const norm = Math.sqrt(dotRows(next.data, i, next.data, i, n));
      diagonals[i]![step] = alpha;
      // A vector that has run out of new directions stays zero.
      const kept = norm > 2 ** -40 * unit;
      offDiagonals[i]![step] = kept ? norm : 0;
      for (let p = i * n, end = p + n; p < end; p++) next.data[p] = kept ? next.data[p]! / norm : 0;
    }
    before = x;
    x = next;
  }
  return weights.map((weight, i) => quadrature(diagonals[i]!, offDiagonals[i]!, weight, unit));
}

function quadrature(diagonal: Float64Array, offDiagonal: Float64Array, weight: number, unit: number): Probe {
  // The last entry that gives the matrix the eigenvalue 0 (Golub 1973).
  let pivot = diagonal[0]!;
  for (let i = 1; i < steps; i++)
    pivot = diagonal[i]! - (offDiagonal[i - 1]! > 0 ? offDiagonal[i - 1]! ** 2 / pivot : 0);
  const last = offDiagonal[steps - 1]!;
  const corner = last > 0 ? last ** 2 / pivot : 0;
  return {
    gauss: rule(Array.from(diagonal), offDiagonal, weight, unit),
    radau: rule([...diagonal, corner], offDiagonal, weight, unit),
  };
}

/** Σ w·f(θ) over the nodes of a tridiagonal matrix. */
function rule(diagonal: readonly number[], offDiagonal: Float64Array, weight: number, unit: number): Sums {
  const n = diagonal.length;
  const tridiagonal = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    tridiagonal[i * n + i] = diagonal[i]! / unit;
    if (i > 0) tridiagonal[i * n + i - 1] = tridiagonal[(i - 1) * n + i] = offDiagonal[i - 1]! / unit;
  }
  const { values, vectors } = symmetricEigen(tridiagonal, n);
  return addSums(Array.from(values, (value, i) => sumsAt(value, weight * vectors[i * n]! ** 2)));
}

function sumsAt(eigenvalue: number, weight: number): Sums {
  if (!(eigenvalue > 0)) return { nuclear: 0, logs: 0 };
  const sigma = Math.sqrt(eigenvalue);
  return { nuclear: weight * sigma, logs: weight * sigma * Math.log(sigma) };
}

function addSums(all: readonly Sums[]): Sums {
  return all.reduce((a, b) => ({ nuclear: a.nuclear + b.nuclear, logs: a.logs + b.logs }), { nuclear: 0, logs: 0 });
}
