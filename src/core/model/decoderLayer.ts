import type { TextConfig } from '../checkpoint/modelConfig';
import type { Value } from '../onnx/graph';
import { add, linear, multiply, reshape, rmsNorm, rotary, silu, transpose } from '../onnx/operators';

/** A layer's weight by its name within the layer, `self_attn.q_proj.bias`. */
export type LayerWeights = (name: string, ...shape: number[]) => Value;

/**
 * A layer of Qwen2.5-VL's language model. It reads top to bottom as the paper's formulas do:
 *
 *   h ← h + Wo · attention(rotary(Wq·n), rotary(Wk·n), Wv·n),   n = rmsNorm(h)
 *   h ← h + Wdown · (silu(Wgate·n) ∘ Wup·n),                    n = rmsNorm(h)
 *
 * (transformers, modeling_qwen2_5_vl.py, Qwen2_5_VLDecoderLayer).
 * @param rows [batch·positions, hiddenSize]
 * @param cos [batch, positions, headSize/2] @param sin likewise
 * @param attend given q [batch, heads, positions, headSize] and k and v [batch, keyHeads, positions, headSize] of these
 * positions, returns `mixed` [batch, heads, positions, headSize], and what else the caller wants of it
 * @returns with `hidden` [batch·positions, hiddenSize]
 */
export function decoderLayer<Attended extends { readonly mixed: Value }>(
  rows: Value,
  cos: Value,
  sin: Value,
  config: TextConfig,
  w: LayerWeights,
  attend: (q: Value, k: Value, v: Value) => Attended,
): Attended & { readonly hidden: Value } {
  const { hiddenSize, headSize, numHeads, numKeyValueHeads, intermediateSize, rmsNormEpsilon } = config;
  const project = (x: Value, name: string, heads: number) => {
    const projected = linear(x, w(`${name}.weight`, heads * headSize, hiddenSize), w(`${name}.bias`, heads * headSize));
    return transpose(reshape(projected, ['batch', 'positions', heads, headSize]), [0, 2, 1, 3]);
  };

  const normed = rmsNorm(rows, w('input_layernorm.weight', hiddenSize), rmsNormEpsilon);
  const q = rotary(project(normed, 'self_attn.q_proj', numHeads), cos, sin);
  const k = rotary(project(normed, 'self_attn.k_proj', numKeyValueHeads), cos, sin);
  const v = project(normed, 'self_attn.v_proj', numKeyValueHeads);
  const attended = attend(q, k, v);
  const joined = reshape(transpose(attended.mixed, [0, 2, 1, 3]), ['batch*positions', numHeads * headSize]);
  const h = add(rows, linear(joined, w('self_attn.o_proj.weight', hiddenSize, numHeads * headSize)));

  const middle = rmsNorm(h, w('post_attention_layernorm.weight', hiddenSize), rmsNormEpsilon);
  const gate = silu(linear(middle, w('mlp.gate_proj.weight', intermediateSize, hiddenSize)));
  const up = linear(middle, w('mlp.up_proj.weight', intermediateSize, hiddenSize));
  const hidden = add(h, linear(multiply(gate, up), w('mlp.down_proj.weight', hiddenSize, intermediateSize)));
  return { ...attended, hidden };
}
