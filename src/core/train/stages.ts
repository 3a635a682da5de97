/** The pieces that a Qwen2.5-VL model is trained in; all are written with what answers are computed with. */
import type { TextConfig, VisionConfig } from '../checkpoint/modelConfig';
import { attend } from '../model/attention';
import { decoderLayer } from '../model/decoderLayer';
import { layoutInputs, merger, patchEmbedding, patchValues, visionLayer } from '../model/visionLayer';
import { linear, logSumExp, pick, rmsNorm, subtract } from '../onnx/operators';
import type { Stage } from './stage';

/**
 * A layer of the language model. Reads `rows` [batch·positions, hiddenSize], `cos`, `sin` [batch, positions, headSize/2]
 * and `mask` [1, 1, positions, positions]. Sequences are padded at their end, where nothing before sees the padding.
 */
export function decoderStage(config: TextConfig): Stage {
  const { hiddenSize, headSize } = config;
  return {
    name: 'decoder layer',
    build(graph, weight) {
      const input = graph.input('rows', 'float32', ['batch*positions', hiddenSize]);
      const cos = graph.input('cos', 'float32', ['batch', 'positions', headSize / 2]);
      const sin = graph.input('sin', 'float32', ['batch', 'positions', headSize / 2]);
      const mask = graph.input('mask', 'float32', [1, 1, 'positions', 'positions']);
      const causal = (q: typeof input, k: typeof input, v: typeof input) => attend(q, k, v, mask);
      return { input, output: decoderLayer(input, cos, sin, config, weight, causal).hidden };
    },
  };
}

/**
 * The final norm and the head: of `rows` [wanted, hiddenSize] and the tokens that follow them, `targets` int64
 * [wanted, 1], the log-probability of each [wanted, 1]. Weights: `norm`, `head`.
 */
export function headStage({ hiddenSize, vocabularySize, rmsNormEpsilon }: TextConfig): Stage {
  return {
    name: 'head',
    build(graph, weight) {
      const input = graph.input('rows', 'float32', ['wanted', hiddenSize]);
      const targets = graph.input('targets', 'int64', ['wanted', 1]);
      const normed = rmsNorm(input, weight('norm', hiddenSize), rmsNormEpsilon);
      const logits = linear(normed, weight('head', vocabularySize, hiddenSize));
      return { input, output: subtract(pick(logits, targets), logSumExp(logits, 1)) };
    },
  };
}

/** `pixels` [images·patches, values] → [images·patches, hiddenSize]. */
export function patchStage(config: VisionConfig): Stage {
  return {
    name: 'patch embedding',
    build(graph, weight) {
      const pixels = graph.input('pixels', 'float32', ['images*patches', patchValues(config)]);
      return { input: null, output: patchEmbedding(pixels, config, weight) };
    },
  };
}

/** A layer of the vision tower. Reads `rows` [images·patches, hiddenSize] and `layoutInputs`. */
export function visionStage(config: VisionConfig, whole: boolean): Stage {
  return {
    name: whole ? 'vision layer' : 'vision layer with windows',
    build(graph, weight) {
      const input = graph.input('rows', 'float32', ['images*patches', config.hiddenSize]);
      const layout = layoutInputs(graph, config);
      const inverses = new Map([[layout.windowRows.name, layout.windowInverse]]);
      return { input, output: visionLayer(input, layout, whole, config, weight), inverses };
    },
  };
}

/** `rows` [images·patches, hiddenSize] → [cells, outHiddenSize]. */
export function mergerStage(config: VisionConfig): Stage {
  return {
    name: 'merger',
    build(graph, weight) {
      const input = graph.input('rows', 'float32', ['images*patches', config.hiddenSize]);
      return { input, output: merger(input, config, weight) };
    },
  };
}
