import type { Value } from '../onnx/graph';
import { add, matmul, mean, multiply, reshape, softmax, transpose } from '../onnx/operators';

/**
 * Scaled dot-product attention with grouped queries: softmax(q·kᵀ/√size + mask)·v, softmax in float32.
 * Query heads that share a key head are stacked into one matrix, so that keys and values are never repeated.
 * @param q [batch, heads, positions, size]
 * @param k [batch, keyHeads, keys, size] @param v likewise
 * @param mask [batch, 1, positions, keys] or broadcast to it, 0 where a key is seen and very negative where it is not
 * @returns `mixed` [batch, heads, positions, size] and the attention `weights` [batch, heads, positions, keys]
 */
export function attend(q: Value, k: Value, v: Value, mask?: Value): { mixed: Value; weights: Value } {
  const [batch, heads, positions, size] = q.shape as [string, number, string, number];
  const keyHeads = k.shape[1] as number;
  const keys = k.shape[2]!;
  const stacked = `${heads / keyHeads}*${positions}`;

  const scaled = multiply(q, q.graph.constant('float32', [], [1 / Math.sqrt(size)]));
  const grouped = reshape(scaled, [batch, keyHeads, stacked, size]);
  const scores = reshape(matmul(grouped, transpose(k, [0, 1, 3, 2])), [batch, heads, positions, keys]);
  const weights = softmax(mask ? add(scores, mask) : scores);
  const mixed = matmul(reshape(weights, [batch, keyHeads, stacked, keys]), v);
  return { mixed: reshape(mixed, [batch, heads, positions, size]), weights };
}

/**
 * How much each query attends to some of the keys together, mean over heads.
 * @param weights [batch, heads, positions, keys], as {@link attend} returns them
 * @param chosen [batch, 1, keys, 1], 1 where a key counts
 * @returns [batch, positions]
 */
export function attentionTo(weights: Value, chosen: Value): Value {
  const [batch, heads, positions] = weights.shape as [string, number, string];
  return mean(reshape(matmul(weights, chosen), [batch, heads, positions]), 1);
}

/**
 * How much attention each key receives from some of the queries together, mean over heads.
 * @param weights [batch, heads, positions, keys]
 * @param queries [batch, 1, 1, positions], by how much each query counts
 * @returns [batch, keys]
 */
export function attentionReceived(weights: Value, queries: Value): Value {
  const [batch, heads, , keys] = weights.shape as [string, number, string, string];
  return mean(reshape(matmul(queries, weights), [batch, heads, keys]), 1);
}
