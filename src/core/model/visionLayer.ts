/**
 * The pieces of Qwen2.5-VL's vision tower (transformers, modeling_qwen2_5_vl.py): patch embedding, layer, merger.
 * Patches come in window order, so that a window is a run of rows.
 */
import type { VisionConfig } from '../checkpoint/modelConfig';
import type { Graph, Value } from '../onnx/graph';
import {
  add,
  gather,
  gelu,
  linear,
  multiply,
  reshape,
  rmsNorm,
  rotary,
  silu,
  split,
  transpose,
} from '../onnx/operators';
import { attend } from './attention';
import type { LayerWeights } from './decoderLayer';

/** Qwen2.5-VL's vision norms use this, whatever config.json says of the text's. */
const normEpsilon = 1e-6;

/** Numbers of one patch: channels · frames · side². */
export function patchValues({ inChannels, temporalPatchSize, patchSize }: VisionConfig): number {
  return inChannels * temporalPatchSize * patchSize * patchSize;
}

/** What every layer of the tower reads beside its rows. */
export interface LayoutInputs {
  readonly cos: Value;
  readonly sin: Value;
  readonly windowRows: Value;
  readonly windowMask: Value;
  readonly windowInverse: Value;
}

/**
 * Declares `cos`, `sin` [images, patches, headSize/2] and the windows: `window_rows` int64 [windows, longest] (positions
 * of each window's patches, padded with 0), `window_mask` [images·windows, 1, 1, longest] (very negative at padding),
 * `window_inverse` int64 [patches] (where each patch stands in windows·longest).
 */
export function layoutInputs(graph: Graph, { hiddenSize, numHeads }: VisionConfig): LayoutInputs {
  const halfHead = hiddenSize / numHeads / 2;
  return {
    cos: graph.input('cos', 'float32', ['images', 'patches', halfHead]),
    sin: graph.input('sin', 'float32', ['images', 'patches', halfHead]),
    windowRows: graph.input('window_rows', 'int64', ['windows', 'longest']),
    windowMask: graph.input('window_mask', 'float32', ['images*windows', 1, 1, 'longest']),
    windowInverse: graph.input('window_inverse', 'int64', ['patches']),
  };
}

/** @param pixels [images·patches, {@link patchValues}] @returns [images·patches, hiddenSize] */
export function patchEmbedding(pixels: Value, config: VisionConfig, w: LayerWeights): Value {
  return linear(pixels, w('proj.weight', config.hiddenSize, patchValues(config)));
}

/**
 * @param rows [images·patches, hiddenSize]
 * @param whole whether a patch sees its whole image; else only its window
 * @returns as `rows`
 */
export function visionLayer(
  rows: Value,
  inputs: LayoutInputs,
  whole: boolean,
  { hiddenSize, numHeads, intermediateSize }: VisionConfig,
  w: LayerWeights,
): Value {
  const dense = (x: Value, name: string, out: number, inner: number) =>
    linear(x, w(`${name}.weight`, out, inner), w(`${name}.bias`, out));

  const normed = rmsNorm(rows, w('norm1.weight', hiddenSize), normEpsilon);
  const headShape = ['images', 'patches', numHeads, hiddenSize / numHeads];
  const [q, k, v] = split(dense(normed, 'attn.qkv', 3 * hiddenSize, hiddenSize), 1, [
    hiddenSize,
    hiddenSize,
    hiddenSize,
  ]).map((x) => transpose(reshape(x, headShape), [0, 2, 1, 3])) as [Value, Value, Value];
  const attention = whole ? attendWholeImage : attendWindows;
  const mixed = attention(rotary(q, inputs.cos, inputs.sin), rotary(k, inputs.cos, inputs.sin), v, inputs);
  const joined = reshape(transpose(mixed, [0, 2, 1, 3]), ['images*patches', hiddenSize]);
  const h = add(rows, dense(joined, 'attn.proj', hiddenSize, hiddenSize));

  const middle = rmsNorm(h, w('norm2.weight', hiddenSize), normEpsilon);
  const gate = silu(dense(middle, 'mlp.gate_proj', intermediateSize, hiddenSize));
  const up = dense(middle, 'mlp.up_proj', intermediateSize, hiddenSize);
  return add(h, dense(multiply(gate, up), 'mlp.down_proj', hiddenSize, intermediateSize));
}

/** Joins the patches of a cell: [images·patches, hiddenSize] → [cells, outHiddenSize]. */
export function merger(
  rows: Value,
  { hiddenSize, outHiddenSize, spatialMergeSize }: VisionConfig,
  w: LayerWeights,
): Value {
  const unit = spatialMergeSize * spatialMergeSize * hiddenSize;
  const cells = reshape(rmsNorm(rows, w('ln_q.weight', hiddenSize), normEpsilon), ['cells', unit]);
  const merged = gelu(linear(cells, w('mlp.0.weight', unit, unit), w('mlp.0.bias', unit)));
  return linear(merged, w('mlp.2.weight', outHiddenSize, unit), w('mlp.2.bias', outHiddenSize));
}

/** q, k, v [images, heads, patches, size] → the same. */
function attendWholeImage(q: Value, k: Value, v: Value): Value {
  return attend(q, k, v).mixed;
}

/** As {@link attendWholeImage}, each patch seeing its window only: windows join the batch, padded to the longest. */
function attendWindows(q: Value, k: Value, v: Value, { windowRows, windowMask, windowInverse }: LayoutInputs): Value {
  const [images, heads, , size] = q.shape as [string, number, string, number];
  const cut = (x: Value) => {
    const windows = transpose(gather(x, windowRows, 2), [0, 2, 1, 3, 4]);
    return reshape(windows, ['images*windows', heads, 'longest', size]);
  };
  const { mixed } = attend(cut(q), cut(k), cut(v), windowMask);
  const windows = transpose(reshape(mixed, [images, 'windows', heads, 'longest', size]), [0, 2, 1, 3, 4]);
  const joined = reshape(windows, [images, heads, 'windows*longest', size]);
  return gather(joined, windowInverse, 2);
}
