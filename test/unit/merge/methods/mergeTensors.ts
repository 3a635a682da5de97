/** One tensor through a method of the registry, and numbers to merge. */
import assert from 'node:assert/strict';
import { methodByName } from '../../../../src/core/merge/methods/methods';
import { parametersFor } from '../../../../src/core/merge/methods/parameters';
import type { ParameterSettings } from '../../../../src/core/merge/methods/settings';
import { namedRandom } from '../../../../src/core/statistics/namedRandom';

export interface Case {
  readonly tensors: readonly (readonly number[])[];
  readonly base?: readonly number[];
  readonly shape?: readonly number[];
  readonly models?: readonly ParameterSettings[];
  readonly parameters?: ParameterSettings;
  readonly random?: () => number;
}

export function merge(name: string, { tensors, base, shape, models, parameters, random }: Case): number[] {
  const method = methodByName(name);
  const place = { name: 'a.weight', layer: null, numLayers: 1 };
  const settings = { models: models ?? tensors.map(() => ({})), shared: [parameters ?? {}] };
  const inputs = {
    tensors: tensors.map((tensor) => Float64Array.from(tensor)),
    base: base ? Float64Array.from(base) : null,
  };
  const merged = method.merge({
    ...inputs,
    shape: shape ?? [tensors[0]!.length],
    ...parametersFor(method, settings, place),
    random: random ?? namedRandom(1, 'a.weight'),
  });
  inputs.tensors.forEach((tensor, i) => assert.deepEqual([...tensor], tensors[i], `${name} wrote into model ${i}`));
  if (base) assert.deepEqual([...inputs.base!], base, `${name} wrote into the base`);
  assert.ok(![...inputs.tensors, inputs.base].some((input) => input === merged), `${name} returned an input`);
  return [...merged];
}

/** Numbers around 0 that are not special, always the same for a seed. */
export function numbers(count: number, seed: number, scale = 1): number[] {
  let state = seed * 7919 + 17;
  return Array.from({ length: count }, () => {
    state = (state * 16807) % 2147483647;
    return scale * (state / 2147483647 - 0.5);
  });
}

/** A base and models near it. */
export function family(count: number, models: number, seed = 1): { base: number[]; tensors: number[][] } {
  const base = numbers(count, seed);
  const tensors = Array.from({ length: models }, (_, i) => {
    const update = numbers(count, seed + 10 + i, 0.3);
    return base.map((value, j) => value + update[j]!);
  });
  return { base, tensors };
}

export function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `entry ${i}: ${value} is not ${expected[i]}`);
  });
}

export const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, x, i) => s + x * b[i]!, 0);
export const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
export const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((x, i) => x - b[i]!);
