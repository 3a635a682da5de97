/** Arcee Fusion: only the changes that stand out, by size and by what they do to the row's softmax. */
import { smallest } from './largest';
import type { MergeMethod } from './method';

/** Added to every probability, so that none is 0. */
const leastProbability = 1e-8;

/** θ where |θ - b|·KL(softmax θ ‖ softmax b) of the row is at least median + 1.5 IQR of the tensor, else b. */
export const arceeFusion: MergeMethod = {
  name: 'arcee_fusion',
  title: 'Arcee Fusion',
  description: 'The base with those entries of the model that have changed by far the most.',
  source: 'mergekit',
  differences: null,
  mergekitDifferences:
    'The quantiles are of all entries: mergekit takes those of a random million, so that its runs differ.',
  base: 'required',
  models: { min: 1, max: 1 },
  perModel: [],
  parameters: [],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors: [other], base, shape }) {
    const scores = new Float64Array(base!.length);
    const width = shape.at(-1) ?? 1;
    for (let start = 0; start < scores.length; start += width) {
      const divergence = rowDivergence(other!.subarray(start, start + width), base!.subarray(start, start + width));
      for (let i = start; i < start + width; i++) scores[i] = Math.abs(other![i]! - base![i]!) * divergence;
    }
    if (scores.length === 0) return scores;
    const quantile = (share: number): number => smallest(scores, Math.trunc(share * (scores.length - 1)));
    const threshold = quantile(0.5) + 1.5 * (quantile(0.75) - quantile(0.25));
    for (let i = 0; i < scores.length; i++) scores[i] = scores[i]! >= threshold ? other![i]! : base![i]!;
    return scores;
  },
};

/** KL(softmax of the one ‖ softmax of the other). Rounding may leave it a little below 0: then it is 0. */
function rowDivergence(row: Float64Array, baseRow: Float64Array): number {
  const [p, q] = [softmax(row), softmax(baseRow)];
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const [a, b] = [p[i]! + leastProbability, q[i]! + leastProbability];
    sum += a * Math.log(a / b);
  }
  return Math.max(0, sum);
}

function softmax(row: Float64Array): Float64Array {
  const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = row.map((value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
