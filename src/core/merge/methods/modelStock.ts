/** Model Stock: the mean of fine-tuned models, drawn towards the base the more their updates disagree. */
import type { MergeMethod } from './method';

/** The formula has a pole where this is 0: updates that cancel out. */
const leastDenominator = 1e-8;

/** t·mean(θᵢ) + (1-t)·b with t = N c/(1 + (N-1) c), c the mean cosine of two updates. */
export const modelStock: MergeMethod = {
  name: 'model_stock',
  title: 'Model Stock',
  description: 'Between the base and the mean of the models, nearer to the mean the better their updates agree.',
  source: 'arXiv:2403.19522',
  differences: 'The paper has one angle; with more than two models it is the mean of the cosines of all pairs.',
  mergekitDifferences:
    'An update that is zero has cosine 0 with every other. mergekit takes products of two norms below 1e-6 for 1e-6, ' +
    'which holds small updates at the base. Where updates cancel out, the base.',
  base: 'required',
  models: { min: 2, max: null },
  perModel: [],
  parameters: [
    {
      name: 'filter_wise',
      title: 'Filter-wise',
      kind: 'boolean',
      default: false,
      description: 'A ratio for each row (the last axis) in place of one for the tensor.',
    },
  ],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors, base, shape, parameters }) {
    const origin = base!;
    const merged = new Float64Array(origin.length);
    const width = parameters['filter_wise'] ? (shape.at(-1) ?? 1) : origin.length;
    for (let start = 0; start < merged.length; start += width) {
      const t = ratio(tensors, origin, start, start + width);
      for (let i = start; i < start + width; i++) {
        let sum = 0;
        for (const tensor of tensors) sum += tensor[i]!;
        merged[i] = t * (sum / tensors.length) + (1 - t) * origin[i]!;
      }
    }
    return merged;
  },
};

function ratio(tensors: readonly Float64Array[], base: Float64Array, from: number, to: number): number {
  const inner = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let i = from; i < to; i++) sum += (a[i]! - base[i]!) * (b[i]! - base[i]!);
    return sum;
  };
  const norms = tensors.map((tensor) => Math.sqrt(inner(tensor, tensor)));
  const count = tensors.length;
  let cosines = 0;
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      const product = norms[a]! * norms[b]!;
      if (product > 0) cosines += Math.min(1, Math.max(-1, inner(tensors[a]!, tensors[b]!) / product));
    }
  }
  const cosine = cosines / ((count * (count - 1)) / 2);
  const denominator = 1 + (count - 1) * cosine;
  return Math.abs(denominator) < leastDenominator ? 0 : (count * cosine) / denominator;
}
