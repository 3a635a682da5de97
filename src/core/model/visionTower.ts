/**
 * The Qwen2.5-VL vision tower and merger as one ONNX graph (transformers, modeling_qwen2_5_vl.py,
 * Qwen2_5_VisionTransformerPretrainedModel). Images of one call have the same grid. Patches come in window order; some
 * layers attend within windows, the others to the whole image.
 */
import type { VisionConfig } from '../checkpoint/modelConfig';
import { encodeGraph } from '../onnx/encode';
import { Graph } from '../onnx/graph';
import type { Target } from '../onnx/target';
import type { GraphFile } from '../ports';
import type { LayerWeights } from './decoderLayer';
import { layoutInputs, merger, patchEmbedding, patchValues, visionLayer } from './visionLayer';
import { Weights, type WeightSource } from './weights';

/**
 * Inputs: `pixels` [images·patches, channels·temporal·patch·patch] in window order; those of {@link layoutInputs};
 * `layer_on.l` bool, a layer that is off hands its input on.
 * Outputs: `features` [images·patches/4, outHiddenSize] in window order and, with taps, `vision_block.l`
 * [images·patches, hiddenSize].
 */
export function buildVisionTower(
  config: VisionConfig,
  source: WeightSource,
  taps: boolean,
  target?: Target,
): GraphFile {
  const graph = new Graph(taps ? 'vision tower with taps' : 'vision tower', target);
  const weights = new Weights(graph, source);
  const weightsOf =
    (module: string): LayerWeights =>
    (name, ...shape) =>
      weights.get(`visual.${module}.${name}`, shape);

  const pixels = graph.input('pixels', 'float32', ['images*patches', patchValues(config)]);
  const inputs = layoutInputs(graph, config);

  let rows = patchEmbedding(pixels, config, weightsOf('patch_embed'));
  for (let l = 0; l < config.numLayers; l++) {
    const on = graph.input(`layer_on.${l}`, 'bool', []);
    const input = rows;
    const whole = config.fullAttentionLayers.includes(l);
    rows = graph.within(`blocks.${l}`, () =>
      graph.branch(
        on,
        () => [visionLayer(input, inputs, whole, config, weightsOf(`blocks.${l}`))],
        () => [input],
      ),
    )[0]!;
    if (taps) graph.output(`vision_block.${l}`, rows);
  }

  graph.output('features', merger(rows, config, weightsOf('merger')));
  return encodeGraph(graph);
}
