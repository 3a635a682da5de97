/** Means of directions of any number of models; the length is the mean of their lengths. */
import { InputError } from '../../../shared/errors';
import { weightSum } from './linear';
import type { MergeMethod } from './method';
import { weight } from './parameterSpecs';

/**
 * mergekit projects uᵢ = θᵢ/‖θᵢ‖ to the tangent space at m, the direction of M = Σ wᵢuᵢ, adds T = Σ wᵢ(uᵢ - (uᵢ·m)m) and
 * goes back to the sphere. T = M - (M·m)m = 0 whatever the models: what is left is m·Σ wᵢ‖θᵢ‖, and that is computed.
 */
export const multislerp: MergeMethod = {
  name: 'multislerp',
  title: 'Multi-SLERP',
  description:
    'The direction of the weighted mean of directions, with the weighted mean of lengths; with a base, of updates.',
  source: 'https://goddard.blog/posts/multislerp-wow-what-a-cool-idea',
  differences: null,
  mergekitDifferences: 'The step in the tangent space, which is zero, is left out.',
  base: 'optional',
  models: { min: 1, max: null },
  perModel: [weight],
  parameters: [
    {
      name: 'normalize_weights',
      title: 'Normalise weights',
      kind: 'boolean',
      default: true,
      description: 'Divide the weights by their sum.',
    },
    { name: 'eps', title: 'Epsilon', kind: 'number', default: 1e-8, min: 0, description: 'Lengths below it are zero.' },
  ],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors, base, perModel, parameters }) {
    if (tensors.length === 1) return tensors[0]!.slice();
    const given = perModel.map((own) => own['weight']!);
    const sum = parameters['normalize_weights'] ? weightSum(given, 'normalize_weights: false') : 1;
    const weights = given.map((own) => own / sum);
    const eps = Number(parameters['eps']);
    const norms = tensors.map((tensor) => normOf(tensor, base));
    const merged = new Float64Array(tensors[0]!.length);
    tensors.forEach((tensor, model) => addUpdate(merged, tensor, base, weights[model]! / (norms[model]! + eps)));
    const length = normOf(merged, null);
    if (length < eps) {
      if (tensors.length > 2) {
        throw new InputError(
          'the weighted directions of the models cancel out: they have no mean',
          'Change the weights.',
        );
      }
      merged.fill(0);
      tensors.forEach((tensor, model) => addUpdate(merged, tensor, base, weights[model]!));
    } else {
      const scale = norms.reduce((total, norm, model) => total + norm * weights[model]!, 0) / length;
      for (let i = 0; i < merged.length; i++) merged[i]! *= scale;
    }
    if (base) for (let i = 0; i < merged.length; i++) merged[i]! += base[i]!;
    return merged;
  },
};

/** The point u of the sphere with Σ log_u(uᵢ) = 0, times the mean length: u ← exp_u(mean log_u(uᵢ)) until it stands. */
export const karcher: MergeMethod = {
  name: 'karcher',
  title: 'Karcher mean',
  description: 'The Riemannian mean of the directions, all models alike, with the mean of their lengths.',
  source: 'Karcher 1977, Riemannian center of mass and mollifier smoothing',
  differences: null,
  mergekitDifferences: 'A model opposite to the mean, to which no shortest way leads, does not pull.',
  base: 'none',
  models: { min: 1, max: null },
  perModel: [],
  parameters: [
    { name: 'max_iter', title: 'Iterations', kind: 'integer', default: 10, min: 0, description: 'At most so many.' },
    {
      name: 'tol',
      title: 'Tolerance',
      kind: 'number',
      default: 1e-5,
      min: 0,
      description: 'Steps below it are the last.',
    },
  ],
  seeded: false,
  scratchBytes: () => 8,
  merge({ tensors, parameters }) {
    if (tensors.length === 1) return tensors[0]!.slice();
    const [maxIterations, tolerance] = [Number(parameters['max_iter']), Number(parameters['tol'])];
    const norms = tensors.map((tensor) => normOf(tensor, null));
    const valid = tensors.flatMap((tensor, i) => (norms[i]! > tolerance ? [{ tensor, norm: norms[i]! }] : []));
    const mean = new Float64Array(tensors[0]!.length);
    if (valid.length === 0) return mean;
    for (const { tensor, norm } of valid) addUpdate(mean, tensor, null, 1 / (valid.length * norm));
    const start = normOf(mean, null);
    if (start >= tolerance) scale(mean, 1 / start);
    else mean.set(valid[0]!.tensor.map((value) => value / valid[0]!.norm));

    const step = new Float64Array(mean.length);
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      step.fill(0);
      for (const { tensor, norm } of valid) addLogarithm(step, mean, tensor, norm, valid.length, tolerance);
      const length = normOf(step, null);
      if (length < tolerance) break;
      const [cosine, sine] = [Math.cos(length), Math.sin(length) / length];
      for (let i = 0; i < mean.length; i++) mean[i] = cosine * mean[i]! + sine * step[i]!;
      scale(mean, 1 / normOf(mean, null));
    }
    scale(mean, norms.reduce((total, norm) => total + norm, 0) / tensors.length);
    return mean;
  },
};

/** Adds log_mean(tensor/norm)/count to the step. */
function addLogarithm(
  step: Float64Array,
  mean: Float64Array,
  tensor: Float64Array,
  norm: number,
  count: number,
  tolerance: number,
): void {
  let product = 0;
  for (let i = 0; i < mean.length; i++) product += mean[i]! * tensor[i]!;
  const cosine = Math.min(1, Math.max(-1, product / norm));
  const angle = Math.acos(cosine);
  if (angle < tolerance || Math.PI - angle < tolerance) return;
  const factor = angle / Math.sin(angle) / count;
  for (let i = 0; i < mean.length; i++) step[i]! += factor * (tensor[i]! / norm - cosine * mean[i]!);
}

function normOf(tensor: Float64Array, base: Float64Array | null): number {
  let sum = 0;
  for (let i = 0; i < tensor.length; i++) {
    const value = tensor[i]! - (base ? base[i]! : 0);
    sum += value * value;
  }
  return Math.sqrt(sum);
}

function addUpdate(sum: Float64Array, tensor: Float64Array, base: Float64Array | null, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * (tensor[i]! - (base ? base[i]! : 0));
}

function scale(tensor: Float64Array, factor: number): void {
  for (let i = 0; i < tensor.length; i++) tensor[i]! *= factor;
}
