/** One model's weights as they are, and the weighted sum of several. */
import { InputError } from '../../../shared/errors';
import type { MergeMethod } from './method';
import { normalize, weight } from './parameterSpecs';

/** Weights whose sum is nearer to 0 than this cannot be divided by it. */
export const leastWeightSum = 1e-8;

export const passthrough: MergeMethod = {
  name: 'passthrough',
  title: 'Passthrough',
  description: "One model's weights as they are, or scaled.",
  source: 'mergekit',
  differences: null,
  mergekitDifferences: null,
  base: 'none',
  models: { min: 1, max: 1 },
  perModel: [{ name: 'scale', title: 'Scale', kind: 'number', default: 1, description: 'Factor of the weights.' }],
  parameters: [],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors, perModel }) {
    const { scale } = perModel[0]!;
    return tensors[0]!.map((value) => scale! * value);
  },
};

/** Σ wᵢθᵢ / Σ wᵢ. */
export const linear: MergeMethod = {
  name: 'linear',
  title: 'Linear',
  description: 'The weighted mean of the weights (a model soup).',
  source: 'arXiv:2203.05482',
  differences: 'The weights are given; the paper tries models one by one and keeps those that help.',
  mergekitDifferences: 'Weights that add up to 0 are an error where they are normalised; mergekit writes infinities.',
  base: 'none',
  models: { min: 1, max: null },
  perModel: [weight],
  parameters: [normalize(true)],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors, perModel, parameters }) {
    const weights = perModel.map((own) => own['weight']!);
    const merged = weightedSum(tensors, weights);
    if (parameters['normalize']) {
      const sum = weightSum(weights, 'normalize: false');
      for (let i = 0; i < merged.length; i++) merged[i]! /= sum;
    }
    return merged;
  },
};

/** Σ wᵢθᵢ. */
export function weightedSum(tensors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(tensors[0]!.length);
  tensors.forEach((tensor, model) => {
    const factor = weights[model]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += factor * tensor[i]!;
  });
  return sum;
}

/**
 * What the weights are divided by.
 * @param option how not to divide
 * @throws InputError when they add up to 0
 */
export function weightSum(weights: readonly number[], option: string): number {
  const sum = weights.reduce((total, own) => total + own, 0);
  if (Math.abs(sum) >= leastWeightSum) return sum;
  throw new InputError(
    `the weights ${weights.join(', ')} add up to 0 and cannot be normalised`,
    `Give other weights, or ${option}.`,
  );
}
