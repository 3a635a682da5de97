/** Reinforced Agent Merging: what one model alone has changed is kept whole, what several have is averaged. */
import type { MergeMethod, MethodInputs, ParameterSpec } from './method';

const source = 'arXiv:2601.13572';
const epsilon: ParameterSpec = {
  name: 'epsilon',
  title: 'Epsilon',
  kind: 'number',
  default: 1e-5,
  min: 0,
  description: 'An entry has changed where it differs from the base by more than this.',
};

/** b where no model has changed, b + d where one has, b + mean d where several have. */
export const ram: MergeMethod = {
  name: 'ram',
  title: 'RAM',
  description: 'Changes of one model whole, changes of several averaged: made for updates of reinforcement learning.',
  source,
  differences: null,
  mergekitDifferences: null,
  base: 'required',
  models: { min: 1, max: null },
  perModel: [],
  parameters: [epsilon],
  seeded: false,
  scratchBytes: () => 0,
  merge: (inputs) => mergeChanges(inputs, new Float64Array(inputs.tensors.length).fill(1)),
};

/** The same with changes of one model alone times 1 + r·min(shared/unique, alpha), counted in this tensor. */
export const ramPlus: MergeMethod = {
  name: 'ramplus_tl',
  title: 'RAM+ (tensor-local)',
  description: 'RAM, with what one model alone has changed strengthened where it shares much with the others.',
  source,
  differences: 'Shared and unique entries are counted tensor by tensor, not over the whole model.',
  mergekitDifferences: null,
  base: 'required',
  models: { min: 1, max: null },
  perModel: [],
  parameters: [
    { name: 'r', title: 'r', kind: 'number', default: 0.1, description: 'How much is made of the ratio.' },
    { name: 'alpha', title: 'Alpha', kind: 'number', default: 0.2, min: 0, description: 'The largest ratio.' },
    epsilon,
  ],
  seeded: false,
  scratchBytes: () => 0,
  merge(inputs) {
    const { r, alpha } = inputs.parameters;
    const factors = countChanges(inputs).map(({ shared, unique }) => {
      const ratio = unique > 0 ? shared / unique : shared > 0 ? Infinity : 0;
      return 1 + Number(r) * Math.min(ratio, Number(alpha));
    });
    return mergeChanges(inputs, Float64Array.from(factors));
  },
};

/** @param factors of each model's own changes */
function mergeChanges({ tensors, base, parameters }: MethodInputs, factors: Float64Array): Float64Array {
  const origin = base!;
  const threshold = Number(parameters['epsilon']);
  const merged = new Float64Array(origin.length);
  for (let i = 0; i < merged.length; i++) {
    let [count, sum, last] = [0, 0, 0];
    for (let model = 0; model < tensors.length; model++) {
      const update = tensors[model]![i]! - origin[i]!;
      if (!(Math.abs(update) > threshold)) continue;
      count++;
      sum += update;
      last = model;
    }
    merged[i] = origin[i]! + (count === 0 ? 0 : count === 1 ? factors[last]! * sum : sum / count);
  }
  return merged;
}

/** Of each model the entries that it alone, and that others too have changed. */
function countChanges({ tensors, base, parameters }: MethodInputs): { shared: number; unique: number }[] {
  const origin = base!;
  const threshold = Number(parameters['epsilon']);
  const counts = tensors.map(() => ({ shared: 0, unique: 0 }));
  const changed: number[] = [];
  for (let i = 0; i < origin.length; i++) {
    changed.length = 0;
    for (let model = 0; model < tensors.length; model++) {
      if (Math.abs(tensors[model]![i]! - origin[i]!) > threshold) changed.push(model);
    }
    for (const model of changed) counts[model]![changed.length === 1 ? 'unique' : 'shared']++;
  }
  return counts;
}
