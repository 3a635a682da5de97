import { InputError } from '../../../shared/errors';
import { sampleWithoutReplacement } from '../../statistics/mersenneTwister';
import type { DatasetQuery } from '../dataset';

/**
 * Which of `count` rows are asked for, in order: all, the first `limit`, or with a seed a sample of `limit`, drawn as
 * the authors do (`RandomState(seed).choice` without replacement, sorted; scripts/transferability_test.py).
 * @throws InputError for a seed that NumPy does not take
 */
export function selectRows(count: number, { limit = count, seed }: DatasetQuery): number[] {
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)) {
    throw new InputError(`the seed ${seed} cannot be used`, 'Give a whole number from 0 to 4294967295.');
  }
  const sample = Math.min(limit, count);
  if (seed !== undefined && sample < count) return sampleWithoutReplacement(count, sample, seed);
  return Array.from({ length: sample }, (_, i) => i);
}
