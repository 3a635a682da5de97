/**
 * What a comparison of checkpoints comes to: the rows of a `compare` run, and its summary. Δ is the update of one
 * tensor, `to` less `from`; norms are Frobenius norms.
 */
import type { Component, Part, RegionName } from './vocabulary';

/** How much one tensor moved. Numbers are null for a tensor that is skipped. */
export interface UpdateEnergy {
  /** ‖Δ‖. */
  readonly energy: number | null;
  /** ‖Δ‖ / ‖W_from‖; 0 for a zero update, null where W_from is zero and Δ is not. */
  readonly relativeEnergy: number | null;
  /** Entries whose value differs, as a fraction. */
  readonly changedFraction: number | null;
  /** max |Δ|. */
  readonly largest: number | null;
  /** √Σ(ulp²/12): the norm that rounding to the dtype of `to` alone would give. */
  readonly roundingFloor: number | null;
  /** ‖W_from‖ and ‖W_to‖. */
  readonly fromNorm: number | null;
  readonly toNorm: number | null;
}

/** In how many directions one matrix moved, σ the singular values of Δ. Ranks of a zero update are 0. */
export interface UpdateSpectrum {
  /** σ₁. */
  readonly spectral: number;
  /** Σσ. */
  readonly nuclear: number;
  /** ‖Δ‖² / σ₁². */
  readonly stableRank: number;
  /** exp(−Σ p ln p), p = σ/Σσ (Roy and Vetterli 2007). */
  readonly effectiveRank: number;
  /** Σ ln σ over the first 50; null where one of them is zero. */
  readonly logVolume: number | null;
  /** Descending, all of them. */
  readonly singularValues: readonly number[];
}

/** Shared directions of two subspaces of equal dimension k: ‖UᵀV‖²/k of their left singular vectors, in [0, 1]. */
export interface SubspaceOverlap {
  readonly dimension: number;
  /** Of this update and the previous phase's of the same tensor; null without one, or where one is zero. */
  readonly previous: number | null;
  /** Of this update and W_from; null where one is zero. */
  readonly weights: number | null;
}

/** A line of rows.jsonl: one tensor in one phase. */
export interface CompareRow extends UpdateEnergy, Partial<UpdateSpectrum> {
  /** `from→to/name`. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  /** As the file of `to` has it. */
  readonly name: string;
  readonly part: Part | null;
  readonly layer: number | null;
  readonly component: Component | null;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Cosine of this update and the previous phase's of the same tensor; null without one, or where one is zero. */
  readonly cosine: number | null;
  /** What that cosine is made of: the previous update's norm, and the inner product of the two. */
  readonly previous?: { readonly energy: number; readonly product: number };
  /** Shape of `from`, where it differs; then `comparedShape` is what both have. */
  readonly fromShape?: readonly number[];
  readonly comparedShape?: readonly number[];
  /** Entries that are NaN or infinite in either; they are left out of all numbers. */
  readonly notFinite?: { readonly nan: number; readonly infinite: number };
  /** Why there are no numbers. */
  readonly skipped?: string;
  readonly overlap?: SubspaceOverlap;
}

/** Root sums of squares over tensors; ranks are means over the 2-D ones, absent where there are none. */
export interface CompareGroup {
  readonly energy: number;
  readonly relativeEnergy: number | null;
  readonly changedFraction: number;
  readonly largest: number;
  readonly roundingFloor: number;
  /** Of the groups' whole updates, this phase's and the previous one's. */
  readonly cosine: number | null;
  readonly stableRank?: number;
  readonly effectiveRank?: number;
  readonly logVolume?: number;
  /** Tensors that count. */
  readonly tensors: number;
  /**
   * As the authors' code aggregates (paper D24, D25): means and sums of norms over weights that are no norms, relative
   * to the middle checkpoint of the chain. Absent where no weight counts.
   */
  readonly authors?: {
    readonly froNormMean: number;
    readonly froNormSum: number;
    readonly relativeNormMean: number;
  };
}

export interface CompareLayer extends CompareGroup {
  readonly part: Part | null;
  readonly layer: number | null;
}

export interface CompareComponent extends CompareLayer {
  readonly component: Component | null;
}

export interface ComparePart extends CompareGroup {
  readonly part: Part | null;
}

export interface CompareRegion extends CompareGroup {
  readonly region: RegionName;
}

/** A tensor in a summary: its row without what the phase says. */
export type CompareTensor = Omit<CompareRow, 'key' | 'from' | 'to'>;

export interface ComparePhase {
  readonly from: string;
  readonly to: string;
  readonly tensors: readonly CompareTensor[];
  readonly layers: readonly CompareLayer[];
  readonly components: readonly CompareComponent[];
  readonly parts: readonly ComparePart[];
  /** Of the language model's layers; empty where the phase has none. */
  readonly regions: readonly CompareRegion[];
  /** Names of tensors that only one of the two has. */
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
}

export interface CompareSummary {
  readonly phases: readonly ComparePhase[];
}

/** Facts of a compare run, in its manifest: for readers of the run folder. */
export interface CompareFacts {
  readonly phases: readonly {
    readonly from: string;
    readonly to: string;
    readonly onlyFrom: readonly string[];
    readonly onlyTo: readonly string[];
  }[];
  readonly spectrum: boolean;
  readonly numLayers: number;
  readonly regions: Readonly<Record<RegionName, readonly [number, number]>> | null;
  /** Rows to come. */
  readonly rows: number;
}

/** Quick estimates of a matrix whose exact spectrum is not there yet (Lanczos quadrature). */
export interface SpectrumPreview {
  /** The row's key. */
  readonly key: string;
  readonly spectral: number;
  readonly nuclear: number;
  readonly stableRank: number;
  readonly effectiveRank: number;
  /** One standard error, relative. */
  readonly nuclearError: number;
  readonly effectiveRankError: number;
}

/** What is known of tensors before their turn: their rows without spectra, and estimates of those worth it. */
export interface ComparePreview {
  readonly rows: readonly CompareRow[];
  readonly estimates: readonly SpectrumPreview[];
}

/** Singular values that the authors' `log_volume` and files take. */
export const leadingValues = 50;
/** Dimension of the subspaces whose overlap is told, at most. */
export const overlapDimension = 16;
