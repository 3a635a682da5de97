import type { MergeMethod } from './method';

/** w·θ + (1-w)·b with w = min(1, t/|θ - b|): moves every entry by at most t. */
export const nearswap: MergeMethod = {
  name: 'nearswap',
  title: 'NearSwap',
  description: 'From the base towards the model, each entry by at most t: where both are near, the model.',
  source: 'https://huggingface.co/alchemonaut/QuartetAnemoi-70B-t0.0001',
  differences: null,
  mergekitDifferences: null,
  base: 'required',
  models: { min: 1, max: 1 },
  perModel: [],
  parameters: [
    { name: 't', title: 't', kind: 'number', default: null, min: 0, description: 'The largest change of an entry.' },
  ],
  seeded: false,
  scratchBytes: () => 0,
  merge({ tensors: [other], base, parameters }) {
    const t = Number(parameters['t']);
    return base!.map((from, i) => {
      const update = other![i]! - from;
      const distance = Math.abs(update);
      return distance <= t ? other![i]! : from + (t / distance) * update;
    });
  },
};
