import type { TextConfig } from '../checkpoint/modelConfig';
import { encodeGraph } from '../onnx/encode';
import { Graph } from '../onnx/graph';
import { cast, gather } from '../onnx/operators';
import type { GraphFile } from '../ports';
import { Weights, type WeightSource } from './weights';

/** The table of token embeddings: `tokens` int64 [tokens] → `embedded` [tokens, hiddenSize]. Reads those rows only. */
export function buildEmbedding({ vocabularySize, hiddenSize }: TextConfig, source: WeightSource): GraphFile {
  const graph = new Graph('embedding');
  const table = new Weights(graph, source).get('model.embed_tokens.weight', [vocabularySize, hiddenSize]);
  const tokens = graph.input('tokens', 'int64', ['tokens']);
  graph.output('embedded', cast(gather(table, tokens, 0), 'float32'));
  return encodeGraph(graph);
}
