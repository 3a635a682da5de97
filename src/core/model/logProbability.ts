import { NotFiniteError } from './notFinite';

/**
 * Natural logarithm of the probability of `token` under softmax(logits).
 * @param logits [lines, vocabulary] @param line which of the lines
 */
export function logProbability(logits: Float32Array, line: number, vocabulary: number, token: number): number {
  const start = line * vocabulary;
  let largest = -Infinity;
  for (let i = start; i < start + vocabulary; i++) largest = Math.max(largest, logits[i]!);
  let sum = 0;
  for (let i = start; i < start + vocabulary; i++) sum += Math.exp(logits[i]! - largest);
  const result = logits[start + token]! - largest - Math.log(sum);
  if (!Number.isFinite(result)) throw new NotFiniteError();
  return result;
}
