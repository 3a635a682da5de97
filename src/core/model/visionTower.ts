/**
 * The Qwen2.5-VL vision tower and merger as one ONNX graph (transformers, modeling_qwen2_5_vl.py,
 * Qwen2_5_VisionTransformerPretrainedModel). Images of one call have the same grid. Patches come in window order; some
 * layers attend within windows, the others to the whole image.
 */
import type { VisionConfig } from '../checkpoint/modelConfig';
import { encodeGraph } from '../onnx/encode';
import { Graph } from '../onnx/graph';
import { gather } from '../onnx/operators';
import type { GraphFile } from '../ports';
import type { LayerWeights } from './decoderLayer';
import { layoutInputs, merger, patchEmbedding, patchValues, visionLayer } from './visionLayer';
import { Weights, type WeightSource } from './weights';

/**
 * Inputs: `pixels` [images·patches, channels·temporal·patch·patch] in window order; those of {@link layoutInputs};
 * `layers_on` bool [layers].
 * Outputs: `features` [images·patches/4, outHiddenSize] in window order and, with taps, `vision_block.l`
 * [images·patches, hiddenSize].
 */
export function buildVisionTower(config: VisionConfig, source: WeightSource, taps: boolean): GraphFile {
  const graph = new Graph(taps ? 'vision tower with taps' : 'vision tower');
  const weights = new Weights(graph, source);
  const weightsOf =
    (module: string): LayerWeights =>
    (name, ...shape) =>
      weights.get(`visual.${module}.${name}`, shape);

  const pixels = graph.input('pixels', 'float32', ['images*patches', patchValues(config)]);
  const inputs = layoutInputs(graph, config);
  const layersOn = graph.input('layers_on', 'bool', [config.numLayers]);

  let rows = patchEmbedding(pixels, config, weightsOf('patch_embed'));
  for (let l = 0; l < config.numLayers; l++) {
    const on = gather(layersOn, graph.constant('int64', [], [l]), 0);
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
