/** In how many directions each layer moved: decay of the singular values, and ranks. No DOM. */
import type { UpdatesPhase, UpdatesTensor } from '../../src/shared/protocol/updates';
import { leadingValues } from '../../src/shared/compareResults';
import { spectrumRanks } from '../../src/shared/spectrumRanks';
import { kindOf } from './tensorKinds';
import { meanOfMatrices, type View } from './view';

/** log10(σᵢ/σ₁) of one layer, by rank. */
export interface Decay {
  readonly layer: number;
  readonly points: readonly { readonly rank: number; readonly value: number }[];
  /** The update is zero: it has no directions. */
  readonly isZero: boolean;
}

export interface RankPoint {
  readonly layer: number;
  readonly value: number;
  /** One standard error, where it is made of estimates. */
  readonly error?: number;
}

type Choice = Pick<View, 'part' | 'matrix' | 'allRanks'>;
export type RankMeasure = 'stableRank' | 'effectiveRank';

/** The decay of each layer with a finished spectrum, ascending. Means are over ranks that all of a layer's matrices have. */
export function decays({ tensors }: UpdatesPhase, choice: Choice): Decay[] {
  return byLayer(
    tensors.filter(({ decay }) => decay !== undefined),
    choice,
  ).map(([layer, members]) => {
    const moved = members.filter(({ decay }) => decay!.length > 0);
    const shared = moved.reduce((least, { decay }) => Math.min(least, decay!.length), Infinity);
    // Beyond the leading ranks, matrices of different sizes are told at different ranks.
    const isOne = moved.length === 1;
    const count = Math.min(shared, choice.allRanks && isOne ? Infinity : leadingValues);
    const ranks = spectrumRanks(isOne ? moved[0]!.rank! : leadingValues).slice(0, moved.length === 0 ? 0 : count);
    const points = ranks.map((rank, i) => ({ rank, value: mean(moved.map(({ decay }) => decay![i]!)) }));
    return { layer, points, isZero: moved.length === 0 };
  });
}

/** A rank of each layer, the mean over its matrices; with an error where some of them are estimated. */
export function rankPoints({ tensors }: UpdatesPhase, choice: Choice, measure: RankMeasure): RankPoint[] {
  const known = tensors.filter((tensor) => rankOf(tensor, measure) !== undefined);
  return byLayer(known, choice).map(([layer, members]) => {
    const value = mean(members.map((tensor) => rankOf(tensor, measure)!));
    if (!members.some(isEstimated)) return { layer, value };
    const errors = members.map((tensor) => (isEstimated(tensor) ? errorOf(tensor.estimate!, measure) : 0));
    return { layer, value, error: Math.hypot(...errors) / members.length };
  });
}

/** The exact rank, else its estimate. */
export function rankOf(tensor: UpdatesTensor, measure: RankMeasure): number | undefined {
  return tensor[measure] ?? tensor.estimate?.[measure];
}

export function isEstimated({ stableRank, estimate }: UpdatesTensor): boolean {
  return stableRank === undefined && estimate !== undefined;
}

/** The stable rank rests on σ₁, which Lanczos finds to far more digits than are shown, and on ‖Δ‖, which is exact. */
function errorOf(estimate: NonNullable<UpdatesTensor['estimate']>, measure: RankMeasure): number {
  return measure === 'effectiveRank' ? estimate.effectiveRank * estimate.effectiveRankError : 0;
}

function byLayer(all: readonly UpdatesTensor[], { part, matrix }: Choice): [number, UpdatesTensor[]][] {
  const layers = new Map<number, UpdatesTensor[]>();
  for (const tensor of all) {
    const { layer } = tensor;
    if (tensor.part !== part || layer === null) continue;
    if (matrix !== meanOfMatrices && kindOf(tensor) !== matrix) continue;
    layers.set(layer, [...(layers.get(layer) ?? []), tensor]);
  }
  return [...layers].sort(([a], [b]) => a - b);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
