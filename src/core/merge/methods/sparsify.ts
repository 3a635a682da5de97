/** Which entries of an update are kept: four rules, all of them told how many or how likely. */
import { InputError } from '../../../shared/errors';
import { keepLargest } from './largest';
import { addPosition, hasPosition, noPositions, removePositions } from './positions';

export interface SparsifyInputs {
  /** |θ - b|, row-major. */
  readonly magnitudes: Float64Array;
  readonly shape: readonly number[];
  /** Of one model, complete. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly random: () => number;
}

/** The positions that are kept; null: all. */
export type Sparsify = (inputs: SparsifyInputs) => Uint8Array | null;

/** TIES: the largest `density` of the tensor. */
export const byMagnitude: Sparsify = ({ magnitudes, parameters }) => {
  const density = parameters['density']!;
  return density >= 1 ? null : keepLargest(magnitudes, Math.trunc(density * magnitudes.length));
};

/** DARE: each entry with probability `density`. */
export const atRandom: Sparsify = ({ magnitudes, parameters, random }) => {
  const density = parameters['density']!;
  if (density >= 1) return null;
  const kept = noPositions(magnitudes.length);
  for (let i = 0; i < magnitudes.length; i++) if (random() < density) addPosition(kept, i);
  return kept;
};

/** Breadcrumbs: without the largest `gamma`, and of the others the largest, `density` in all. */
export const withoutOutliers: Sparsify = ({ magnitudes, parameters }) => {
  const density = parameters['density']!;
  if (density >= 1) return null;
  const { length } = magnitudes;
  const target = Math.trunc(density * length);
  const outliers = Math.min(Math.trunc(parameters['gamma']! * length), length - target);
  const kept = keepLargest(magnitudes, outliers + target);
  removePositions(kept, keepLargest(magnitudes, outliers));
  return kept;
};

/**
 * DELLA: each entry with a probability that grows from `density - epsilon` to `density + epsilon` with the rank of its
 * magnitude in its row (of equal ones the later ranks higher). A row of one entry has the middle.
 */
export const byRank: Sparsify = ({ magnitudes, shape, parameters, random }) => {
  const density = parameters['density']!;
  const epsilon = parameters['epsilon']!;
  if (density >= 1) return null;
  const kept = noPositions(magnitudes.length);
  if (density <= 0) return kept;
  if (density + epsilon >= 1 || density - epsilon <= 0) {
    throw new InputError(
      `density ${density} and epsilon ${epsilon}: density - epsilon and density + epsilon must lie between 0 and 1`,
      `Take an epsilon below ${Math.min(density, 1 - density)}.`,
    );
  }
  const width = shape.length < 2 ? magnitudes.length : magnitudes.length / shape[0]!;
  for (let start = 0; start < magnitudes.length; start += width) {
    const row = magnitudes.subarray(start, start + width);
    const ranks = ranksOf(row);
    for (let i = 0; i < width; i++) {
      const share = width === 1 ? 0.5 : ranks[i]! / (width - 1);
      if (random() < density - epsilon + 2 * epsilon * share) addPosition(kept, start + i);
    }
  }
  return kept;
};

/** The place of each number, from 0, if they were sorted upwards; equal ones in their order. */
function ranksOf(numbers: Float64Array): Uint32Array {
  const sorted = numbers.slice().sort();
  const taken = new Uint32Array(numbers.length);
  const ranks = new Uint32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const first = lowerBound(sorted, numbers[i]!);
    ranks[i] = first + taken[first]!++;
  }
  return ranks;
}

/** Where a number that is among the sorted ones is found first. */
function lowerBound(sorted: Float64Array, number: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The factor that gives what is kept the L1 norm of the whole (mergekit's `rescale`; DARE's paper divides by the density
 * instead). 1 where either is nearly nothing.
 */
export function rescaleFactor(magnitudes: Float64Array, kept: Uint8Array): number {
  let [before, after] = [0, 0];
  for (let i = 0; i < magnitudes.length; i++) {
    before += magnitudes[i]!;
    if (hasPosition(kept, i)) after += magnitudes[i]!;
  }
  return after > 0 ? before / after : 1;
}
