/**
 * The Qwen2.5-VL vision tower and merger as one ONNX graph (transformers, modeling_qwen2_5_vl.py,
 * Qwen2_5_VisionTransformerPretrainedModel). Images of one call have the same grid. Patches come in window order, so
 * that a window is a run of rows; some layers attend within windows, the others to the whole image.
 */
import type { VisionConfig } from '../checkpoint/modelConfig';
import { encodeGraph } from '../onnx/encode';
import { Graph, type Value } from '../onnx/graph';
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
import type { GraphFile } from '../ports';
import { attend } from './attention';
import { Weights, type WeightSource } from './weights';

/** Qwen2.5-VL's vision norms use this, whatever config.json says of the text's. */
const normEpsilon = 1e-6;

/**
 * Inputs: `pixels` [images·patches, channels·temporal·patch·patch] in window order; `cos`, `sin`
 * [images, patches, headSize/2]; the windows: `window_rows` int64 [windows, longest] (positions of each window's
 * patches, padded with 0), `window_mask` [images·windows, 1, 1, longest] (very negative at padding), `window_inverse`
 * int64 [patches] (where each patch stands in windows·longest); `layers_on` bool [layers].
 * Outputs: `features` [images·patches/4, outHiddenSize] in window order and, with taps, `vision_block.l`
 * [images·patches, hiddenSize].
 */
export function buildVisionTower(config: VisionConfig, source: WeightSource, taps: boolean): GraphFile {
  const graph = new Graph(taps ? 'vision tower with taps' : 'vision tower');
  const weights = new Weights(graph, source);
  const { hiddenSize, numHeads, numLayers, inChannels, temporalPatchSize, patchSize, spatialMergeSize } = config;
  const patchValues = inChannels * temporalPatchSize * patchSize * patchSize;
  const halfHead = hiddenSize / numHeads / 2;

  const pixels = graph.input('pixels', 'float32', ['images*patches', patchValues]);
  const shared: TowerInputs = {
    cos: graph.input('cos', 'float32', ['images', 'patches', halfHead]),
    sin: graph.input('sin', 'float32', ['images', 'patches', halfHead]),
    windowRows: graph.input('window_rows', 'int64', ['windows', 'longest']),
    windowMask: graph.input('window_mask', 'float32', ['images*windows', 1, 1, 'longest']),
    windowInverse: graph.input('window_inverse', 'int64', ['patches']),
  };
  const layersOn = graph.input('layers_on', 'bool', [numLayers]);

  let rows = linear(pixels, weights.get('visual.patch_embed.proj.weight', [hiddenSize, patchValues]));
  for (let l = 0; l < numLayers; l++) {
    const on = gather(layersOn, graph.constant('int64', [], [l]), 0);
    const input = rows;
    rows = graph.within(`blocks.${l}`, () =>
      graph.branch(
        on,
        () => [visionLayer(l, input, shared, config, weights)],
        () => [input],
      ),
    )[0]!;
    if (taps) graph.output(`vision_block.${l}`, rows);
  }

  const unit = spatialMergeSize * spatialMergeSize * hiddenSize;
  const w = (name: string, ...shape: number[]) => weights.get(`visual.merger.${name}`, shape);
  const cells = reshape(rmsNorm(rows, w('ln_q.weight', hiddenSize), normEpsilon), ['cells', unit]);
  const merged = gelu(linear(cells, w('mlp.0.weight', unit, unit), w('mlp.0.bias', unit)));
  const { outHiddenSize } = config;
  graph.output('features', linear(merged, w('mlp.2.weight', outHiddenSize, unit), w('mlp.2.bias', outHiddenSize)));
  return encodeGraph(graph);
}

interface TowerInputs {
  readonly cos: Value;
  readonly sin: Value;
  readonly windowRows: Value;
  readonly windowMask: Value;
  readonly windowInverse: Value;
}

function visionLayer(l: number, rows: Value, inputs: TowerInputs, config: VisionConfig, weights: Weights): Value {
  const { hiddenSize, numHeads, intermediateSize } = config;
  const w = (name: string, ...shape: number[]) => weights.get(`visual.blocks.${l}.${name}`, shape);
  const dense = (x: Value, name: string, out: number, inner: number) =>
    linear(x, w(`${name}.weight`, out, inner), w(`${name}.bias`, out));

  const normed = rmsNorm(rows, w('norm1.weight', hiddenSize), normEpsilon);
  const headShape = ['images', 'patches', numHeads, hiddenSize / numHeads];
  const [q, k, v] = split(dense(normed, 'attn.qkv', 3 * hiddenSize, hiddenSize), 1, [
    hiddenSize,
    hiddenSize,
    hiddenSize,
  ]).map((x) => transpose(reshape(x, headShape), [0, 2, 1, 3])) as [Value, Value, Value];
  const attention = config.fullAttentionLayers.includes(l) ? attendWholeImage : attendWindows;
  const mixed = attention(rotary(q, inputs.cos, inputs.sin), rotary(k, inputs.cos, inputs.sin), v, inputs);
  const joined = reshape(transpose(mixed, [0, 2, 1, 3]), ['images*patches', hiddenSize]);
  const h = add(rows, dense(joined, 'attn.proj', hiddenSize, hiddenSize));

  const middle = rmsNorm(h, w('norm2.weight', hiddenSize), normEpsilon);
  const gate = silu(dense(middle, 'mlp.gate_proj', intermediateSize, hiddenSize));
  const up = dense(middle, 'mlp.up_proj', intermediateSize, hiddenSize);
  return add(h, dense(multiply(gate, up), 'mlp.down_proj', hiddenSize, intermediateSize));
}

/** q, k, v [images, heads, patches, size] → the same. */
function attendWholeImage(q: Value, k: Value, v: Value): Value {
  return attend(q, k, v).mixed;
}

/** As {@link attendWholeImage}, each patch seeing its window only: windows join the batch, padded to the longest. */
function attendWindows(q: Value, k: Value, v: Value, { windowRows, windowMask, windowInverse }: TowerInputs): Value {
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
