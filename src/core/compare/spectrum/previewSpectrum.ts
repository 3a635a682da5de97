/**
 * Quick estimates of an update's nuclear norm and effective rank, by deflated stochastic Lanczos quadrature (Ubaru, Chen
 * and Saad 2017; the deflation as in Hutch++, Meyer et al. 2021), without the Gram matrix.
 */
import type { SpectrumPreview } from '../../../shared/compareResults';
import { addSums, Recurrences, sumsAt, type Bounds, type Sums } from './lanczosQuadrature';
import { leadingEigenpairs, type Eigenpairs } from './leadingEigenpairs';
import { matrix, rowsOf } from './matrix';
import { canHold, type Operator } from './operator';
import { project } from './orthogonal';
import type { Products } from './products';
import { normalNumbers } from './random';

export type Preview = Omit<SpectrumPreview, 'key'>;

const leading = { block: 32, depth: 5, restarts: 0, enough: () => true };
/** A pair whose residual is a smaller share of its value is taken as it is: what it is off by is the square of that. */
const converged = 0.05;
/** Random vectors. */
const probes = 16;
const seed = 2;
/** Lanczos steps, at most, and after how many the bounds are looked at. */
const mostSteps = 24;
const stepsBetween = 6;
/** Bounds of Σσ that are as near to its estimate, relative, are near enough. */
const narrow = 0.005;
/** Smaller sides below it are quick enough as they are. */
export const smallestPreview = 4 * leading.block * leading.depth;

/** Whether estimates come sooner than the exact values: not of small matrices, nor of those too large to be held. */
export function isWorthPreviewing(rows: number, columns: number): boolean {
  return Math.min(rows, columns) >= smallestPreview && canHold(rows, columns, true);
}

/** @param operator n ≥ `smallestPreview` and not zero */
export async function previewSpectrum(operator: Operator, products: Products, signal: AbortSignal): Promise<Preview> {
  const pairs = await leadingEigenpairs(operator, leading, products, signal);
  const largest = pairs.values[0]!;
  const taken = countConverged(pairs);
  const exact = addSums(Array.from(pairs.values.subarray(0, taken), (value) => sumsAt(value / largest, 1)));
  const deflated = rowsOf(pairs.vectors, 0, taken);
  const start = matrix(probes, operator.n, normalNumbers(probes * operator.n, seed));
  await project(start, deflated, products, signal);
  const recurrences = new Recurrences(operator, start, deflated, largest);
  for (let steps = stepsBetween; ; steps += stepsBetween) {
    await recurrences.advance(stepsBetween, products, signal);
    const { nuclear, distance, ...estimate } = combine(exact, recurrences.bounds(), Math.sqrt(operator.rounding));
    if (steps < mostSteps && distance > narrow) continue;
    const spectral = Math.sqrt(largest);
    return { spectral, nuclear: spectral * nuclear, stableRank: operator.trace / largest, ...estimate };
  }
}

function countConverged({ values, residuals }: Eigenpairs): number {
  const first = values.findIndex((value, i) => !(residuals[i]! <= converged * value));
  return first < 0 ? values.length : first;
}

/**
 * The middle of the bounds, and errors: how the probes scatter, how far the bounds are from the middle (`distance`), and
 * what is lost in rounding if all of it were as large as that.
 */
function combine(exact: Sums, seen: readonly Bounds[], rounding: number) {
  const whole = (pick: (bounds: Bounds) => Sums) => addSums([exact, meanOf(seen.map(pick))]);
  const sums = whole(middle);
  const [gauss, radau] = [whole((bounds) => bounds.gauss), whole((bounds) => bounds.radau)];
  const distance = Math.abs(gauss.nuclear - radau.nuclear) / (2 * sums.nuclear);
  // To first order, what a probe sees moves ln(effective rank) by n·(1/Σσ + Σσ·lnσ/(Σσ)²) − l/Σσ.
  const moved = ({ nuclear, logs }: Sums) =>
    nuclear * (1 / sums.nuclear + sums.logs / sums.nuclear ** 2) - logs / sums.nuclear;
  const lost = seen.reduce((sum, bounds) => sum + bounds.lost, 0) / seen.length;
  const atMost = lost > 0 ? sumsAt(rounding ** 2, lost) : { nuclear: 0, logs: 0 };
  return {
    nuclear: sums.nuclear,
    effectiveRank: Math.exp(entropy(sums)),
    nuclearError:
      standardError(seen.map((bounds) => middle(bounds).nuclear)) / sums.nuclear +
      distance +
      atMost.nuclear / sums.nuclear,
    effectiveRankError:
      standardError(seen.map((bounds) => moved(middle(bounds)))) +
      Math.abs(entropy(gauss) - entropy(radau)) / 2 +
      moved(atMost),
    distance,
  };
}

function middle({ gauss, radau }: Bounds): Sums {
  return meanOf([gauss, radau]);
}

/** ln of the effective rank: −Σ p ln p with p = σ/Σσ. */
function entropy({ nuclear, logs }: Sums): number {
  return Math.log(nuclear) - logs / nuclear;
}

function meanOf(all: readonly Sums[]): Sums {
  const { nuclear, logs } = addSums(all);
  return { nuclear: nuclear / all.length, logs: logs / all.length };
}

/** Of the mean of independent values. */
function standardError(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n * (n - 1)));
}
