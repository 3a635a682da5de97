/**
 * Singular values of updates, from the eigenvalues of the Gram matrix of their smaller side. Everything is float64: the
 * Gram matrix (products by the runtime), its reduction to a band (likewise), to a tridiagonal matrix (WebAssembly), and
 * the implicit QL. What small singular values keep of their digits: rounding.ts. Entries of float32's range, or zero,
 * neither overflow nor underflow.
 */
import { leadingValues, type UpdateSpectrum } from '../../../shared/compareResults';
import type { Runtime } from '../../ports';
import { directionsOf, type Directions } from './directions';
import { gramBytes, gramMatrix } from './gram';
import { isWorthPreviewing, previewSpectrum, type Preview } from './previewSpectrum';
import type { MatrixSource } from './matrixSource';
import { gramOperator, updateOperator } from './operator';
import { Products } from './products';
import { roundingShare } from './rounding';
import { SymmetricEigenvalues, workingSize } from './symmetricEigenvalues';

export interface Analysis {
  readonly spectrum: UpdateSpectrum;
  /** The leading ones, at most 16. */
  readonly directions: Directions;
}

/** Restarts of the search for directions: with a Gram matrix at hand they cost little. */
const restarts = { gram: 5, update: 3 };

/** Spectra of large matrices. Its sessions are made on first use and serve all of them. */
export class SpectrumAnalyser {
  private readonly products: Products;
  private readonly eigenvalues: SymmetricEigenvalues;

  constructor(runtime: Runtime) {
    this.products = new Products(runtime);
    this.eigenvalues = new SymmetricEigenvalues(this.products);
  }

  /** All singular values, and the leading directions. */
  async analyse(update: MatrixSource, signal: AbortSignal): Promise<Analysis> {
    const n = Math.min(update.rows, update.columns);
    const gram = await gramMatrix(update, workingSize(n), this.products, signal);
    const operator = gramOperator(gram, n, this.products);
    const directions = await directionsOf(update, operator, restarts.gram, this.products, signal);
    const eigenvalues = await this.eigenvalues.of(gram, n, signal);
    return { spectrum: describeSpectrum(eigenvalues, operator.trace), directions };
  }

  /** Estimates in a fraction of the time; where they would not come sooner the exact values, with no error. */
  async preview(update: MatrixSource, signal: AbortSignal): Promise<Preview> {
    if (isWorthPreviewing(update.rows, update.columns)) {
      const operator = await updateOperator(update, true, this.products, signal);
      if (operator.trace > 0) return previewSpectrum(operator, this.products, signal);
    }
    const { spectral, nuclear, stableRank, effectiveRank } = (await this.analyse(update, signal)).spectrum;
    return { spectral, nuclear, stableRank, effectiveRank, nuclearError: 0, effectiveRankError: 0 };
  }

  /** Leading left singular vectors of any matrix. */
  async leadingDirections(source: MatrixSource, signal: AbortSignal): Promise<Directions> {
    const operator = await updateOperator(source, false, this.products, signal);
    return directionsOf(source, operator, restarts.update, this.products, signal);
  }
}

/** @param eigenvalues of the Gram matrix, descending @param trace ‖Δ‖² */
export function describeSpectrum(eigenvalues: Float64Array, trace: number): UpdateSpectrum {
  const largest = eigenvalues[0] ?? 0;
  const least = roundingShare(eigenvalues.length) * largest;
  const singularValues = Array.from(eigenvalues, (value) => (value > least ? Math.sqrt(value) : 0));
  const nuclear = singularValues.reduce((sum, value) => sum + value, 0);
  const leading = singularValues.slice(0, leadingValues);
  const entropy = singularValues.reduce((sum, value) => sum - plogp(value / nuclear), 0);
  return {
    spectral: singularValues[0] ?? 0,
    nuclear,
    stableRank: largest > 0 ? trace / largest : 0,
    effectiveRank: nuclear > 0 ? Math.exp(entropy) : 0,
    logVolume: leading.every((value) => value > 0) ? leading.reduce((sum, value) => sum + Math.log(value), 0) : null,
    singularValues,
  };
}

/** Working memory in bytes for a matrix of this shape, whichever of the analyser's methods. */
export function spectrumBytes(rows: number, columns: number): number {
  return gramBytes(rows, columns, workingSize(Math.min(rows, columns)));
}

function plogp(p: number): number {
  return p > 0 ? p * Math.log(p) : 0;
}
