import { seededUniform } from './random';
import { exactUpTo, flips, seed, signFlipTest } from './signFlip';
import { drawsAtOnce, weightedSums } from './weightedSums';

/**
 * As `signFlipTest`, of many values of the same items at once: all of an item's values flip together, so that the tests
 * of a curve belong together (and cost little). Of values that are nowhere 0 it gives just what that gives.
 * @param items per item its differences, all of one length
 * @returns per value its p; nothing of no items
 */
export function signFlipTests(items: readonly (readonly number[])[]): number[] {
  const columns = (items[0] ?? []).map((_, v) => Float64Array.from(items, (item) => item[v]!));
  const isSampled = columns.map((column) => column.filter((value) => value !== 0).length > exactUpTo);
  const sampled = sampledTests(columns.filter((_, v) => isSampled[v]));
  let place = 0;
  return columns.map((column, v) => (isSampled[v] ? sampled[place++]! : signFlipTest([...column])));
}

function sampledTests(columns: readonly Float64Array[]): number[] {
  if (columns.length === 0) return [];
  const bounds = columns.map((column) => Math.abs(column.reduce((total, value) => total + value, 0)) * (1 - 1e-12));
  const extreme = columns.map(() => 1);
  const signs = new Float64Array(drawsAtOnce * columns[0]!.length);
  const flipped = new Float64Array(drawsAtOnce * columns.length);
  const uniform = seededUniform(seed);
  for (let done = 0; done < flips; done += drawsAtOnce) {
    for (let i = 0; i < signs.length; i++) signs[i] = uniform() < 0.5 ? -1 : 1;
    weightedSums(signs, columns, flipped);
    for (let at = 0; at < flipped.length; at++) {
      const v = at % columns.length;
      if (Math.abs(flipped[at]!) >= bounds[v]!) extreme[v]!++;
    }
  }
  return extreme.map((count) => count / (flips + 1));
}
