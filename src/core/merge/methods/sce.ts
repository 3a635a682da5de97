/** SCE: select the entries in which models differ, calculate the weights, erase the minority's sign. */
import { keepLargest } from './largest';
import type { MergeMethod } from './method';
import { share } from './parameterSpecs';
import { hasPosition } from './positions';

/** b + Σ c m d / Σ c m, with c the mean squares of the updates, m the vote on the sign, d 0 where not selected. */
export const sce: MergeMethod = {
  name: 'sce',
  title: 'SCE',
  description: 'The entries in which the updates differ most, weighted by the size of the updates, where signs agree.',
  source: 'arXiv:2408.07990',
  differences: 'Entries are selected and weights calculated tensor by tensor; the share is of the entries that differ.',
  mergekitDifferences:
    'Weights are calculated however small the updates are: mergekit takes equal ones where the mean squares add up to ' +
    'less than 1e-6, as those of a fine-tuning mostly do.',
  base: 'required',
  models: { min: 1, max: null },
  perModel: [],
  parameters: [share('select_topk', 'Select', 1, 'Share of the entries in which the updates differ that is kept.')],
  seeded: false,
  scratchBytes: () => 1 / 8,
  merge({ tensors, base, parameters }) {
    const origin = base!;
    const merged = new Float64Array(origin.length); // holds the variances first
    const kept = select(tensors, origin, Number(parameters['select_topk']), merged);
    const isKept = (i: number): boolean => kept === null || hasPosition(kept, i);
    const weights = tensors.map((tensor) => {
      let sum = 0;
      for (let i = 0; i < origin.length; i++) if (isKept(i)) sum += (tensor[i]! - origin[i]!) ** 2;
      return sum;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < merged.length; i++) {
      merged[i] = origin[i]!;
      if (!isKept(i)) continue;
      let vote = 0;
      for (const tensor of tensors) vote += tensor[i]! - origin[i]!;
      const sign = vote >= 0 ? 1 : -1;
      let [sum, divisor] = [0, 0];
      for (let model = 0; model < tensors.length; model++) {
        const update = tensors[model]![i]! - origin[i]!;
        if (Math.sign(update) !== sign) continue;
        const weight = weights[model]! / total;
        sum += weight * update;
        divisor += weight;
      }
      if (divisor > 0) merged[i]! += sum / divisor;
    }
    return merged;
  },
};

/** The share of the entries that vary over the models, those with the largest variance; null: all. */
function select(
  tensors: readonly Float64Array[],
  base: Float64Array,
  topK: number,
  variances: Float64Array,
): Uint8Array | null {
  if (topK >= 1) return null;
  let varying = 0;
  for (let i = 0; i < base.length; i++) {
    let mean = 0;
    for (const tensor of tensors) mean += (tensor[i]! - base[i]!) / tensors.length;
    let variance = 0;
    for (const tensor of tensors) variance += (tensor[i]! - base[i]! - mean) ** 2 / tensors.length;
    variances[i] = variance;
    if (variance !== 0) varying++;
  }
  return keepLargest(variances, Math.trunc(varying * topK));
}
