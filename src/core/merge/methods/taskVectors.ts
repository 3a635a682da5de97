/** Updates of several models brought together on their base: sparsified, weighted, with or without a vote on the sign. */
import { leastWeightSum } from './linear';
import type { MethodInputs } from './method';
import { hasPosition } from './positions';
import { rescaleFactor, type Sparsify } from './sparsify';

export interface TaskVectorRule {
  readonly sparsify: Sparsify | null;
  /** An entry counts only where it agrees with the sign of the weighted sum (zero: plus). */
  readonly consensus: boolean;
}

/** One model's update as it goes in: θ - b where kept, times the factor. */
interface Update {
  readonly tensor: Float64Array;
  /** Null: everywhere. */
  readonly kept: Uint8Array | null;
  readonly factor: number;
  readonly weight: number;
}

/**
 * b + λ Σ m w d / Σ m w (the division with `normalize`), where d = θ - b after sparsifying and m is 1, or with consensus
 * 1 where sign(w d) = sign(Σ w d). Beside the result there is a bit per entry and model.
 */
export function mergeTaskVectors({ sparsify, consensus }: TaskVectorRule, inputs: MethodInputs): Float64Array {
  const { tensors, perModel, parameters } = inputs;
  const base = inputs.base!;
  const merged = new Float64Array(base.length); // holds the magnitudes first
  const updates = tensors.map((tensor, model): Update => {
    const own = perModel[model]!;
    const { kept, factor } = sparsify ? sparsified(sparsify, tensor, own, inputs, merged) : { kept: null, factor: 1 };
    return { tensor, kept, factor, weight: own['weight']! };
  });
  const isNormalized = Boolean(parameters['normalize']);
  const lambda = Number(parameters['lambda']);
  if (consensus) addAgreed(merged, updates, base, isNormalized, lambda);
  else addAll(merged, updates, base, isNormalized, lambda);
  return merged;
}

function sparsified(
  sparsify: Sparsify,
  tensor: Float64Array,
  own: Readonly<Record<string, number>>,
  { base, shape, parameters, random }: MethodInputs,
  magnitudes: Float64Array,
): { kept: Uint8Array | null; factor: number } {
  for (let i = 0; i < tensor.length; i++) magnitudes[i] = Math.abs(tensor[i]! - base![i]!);
  const kept = sparsify({ magnitudes, shape, parameters: own, random });
  const isRescaled = kept !== null && Boolean(parameters['rescale']);
  return { kept, factor: isRescaled ? rescaleFactor(magnitudes, kept) : 1 };
}

function addAll(
  merged: Float64Array,
  updates: readonly Update[],
  base: Float64Array,
  isNormalized: boolean,
  lambda: number,
): void {
  const sum = updates.reduce((total, { weight }) => total + weight, 0);
  const scale = lambda / (isNormalized && Math.abs(sum) >= leastWeightSum ? sum : 1);
  merged.set(base);
  for (const { tensor, kept, factor, weight } of updates) {
    const share = scale * weight * factor;
    for (let i = 0; i < merged.length; i++) {
      if (kept === null || hasPosition(kept, i)) merged[i]! += share * (tensor[i]! - base[i]!);
    }
  }
}

function addAgreed(
  merged: Float64Array,
  updates: readonly Update[],
  base: Float64Array,
  isNormalized: boolean,
  lambda: number,
): void {
  const weighted = new Float64Array(updates.length);
  for (let i = 0; i < merged.length; i++) {
    let vote = 0;
    for (let model = 0; model < updates.length; model++) {
      const { tensor, kept, factor, weight } = updates[model]!;
      const isKept = kept === null || hasPosition(kept, i);
      vote += weighted[model] = isKept ? weight * factor * (tensor[i]! - base[i]!) : 0;
    }
    const sign = vote >= 0 ? 1 : -1;
    let [sum, divisor] = [0, 0];
    for (let model = 0; model < updates.length; model++) {
      if (Math.sign(weighted[model]!) !== sign) continue;
      sum += weighted[model]!;
      divisor += updates[model]!.weight;
    }
    merged[i] = base[i]! + (lambda * sum) / (isNormalized && divisor !== 0 ? divisor : 1);
  }
}
