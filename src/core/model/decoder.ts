/**
 * The Qwen2.5-VL language model as one ONNX graph, with its keys and values in three pieces: those of a shared
 * *prefix* table, those of the row's own *past*, and those of the positions at hand. Every row of the batch
 * says, layer by layer, which row of the prefix table it continues (`prefix_rows`) and which row of the mask table says
 * what it sees (`mask_rows`): that is how one batch can hold all variants of a swap and how many samples can share one
 * prompt.
 */
import { encodeGraph } from '../onnx/encode';
import { Graph, type Value } from '../onnx/graph';
import { concat, gather, linear, reshape, rmsNorm, topK, where, zeros } from '../onnx/operators';
import { processor, type Target } from '../onnx/target';
import type { TextConfig } from '../checkpoint/modelConfig';
import type { GraphFile } from '../ports';
import { attend, attentionReceived, attentionTo } from './attention';
import { decoderLayer } from './decoderLayer';
import { furtherTokens, type LayerInputs, type LayerMemory, type Remember, type RunLayer } from './furtherTokens';
import { Weights, type WeightSource } from './weights';

/** Names of the graph's inputs and outputs; `l` is the layer. */
export const decoderNames = {
  pastKey: (l: number) => `past_key.${l}`,
  pastValue: (l: number) => `past_value.${l}`,
  prefixKey: (l: number) => `prefix_key.${l}`,
  prefixValue: (l: number) => `prefix_value.${l}`,
  layerOn: (l: number) => `layer_on.${l}`,
  key: (l: number) => `key.${l}`,
  value: (l: number) => `value.${l}`,
  layerInput: (l: number) => `layer_input.${l}`,
  attentionToImage: (l: number) => `attention_to_image.${l}`,
  attentionReceived: (l: number) => `attention_received.${l}`,
  furtherKey: (l: number) => `further_key.${l}`,
  furtherValue: (l: number) => `further_value.${l}`,
};

/**
 * What a decoder gives away beside its answers. `inner`: the outputs `layer_input.l` and `attention_to_image.l`, with
 * the input `image_keys`; `received`: the outputs `attention_received.l`, with the input `query_weights`.
 */
export type DecoderTaps = 'none' | 'inner' | 'received';

export interface DecoderOptions {
  readonly taps: DecoderTaps;
  /** What the graph is built for; the CPU where it is not given. */
  readonly target?: Target;
}

/** Tokens by which answers grow in one run. What is tapped is read one token at a time. */
export function tokensPerStep({ taps, target = processor }: DecoderOptions): number {
  return taps === 'none' ? target.tokensPerStep : 1;
}

/**
 * Inputs: `hidden` [batch, positions, hiddenSize]; `cos`, `sin` [batch, positions, headSize/2];
 * `mask` [masks, 1, positions, prefix+past+positions]; `mask_rows` and `prefix_rows` int32 [layers, batch];
 * `prefix_key.l`, `prefix_value.l` [prefixes, keyHeads, prefix, headSize];
 * `past_key.l`, `past_value.l` [batch, keyHeads, past, headSize];
 * `layer_on.l` bool, a layer that is off hands its input on; `tokens_on` bool [layers, batch·positions, 1], the same for
 * single tokens, which costs them the layer all the same; `always` bool, true;
 * `wanted` int64 [wanted], rows of batch·positions for which logits are wanted;
 * with inner taps `image_keys` [batch, 1, prefix+past+positions, 1], 1 where a key is an image token's; with received
 * attention `query_weights` [batch, 1, 1, positions], by how much each token's attention counts.
 * Outputs: `logits` [wanted, vocabulary], `top_values` and `top_tokens` [wanted, 2], `last_hidden` [batch·positions,
 * hiddenSize] (what the last layer hands on), `key.l` and `value.l` [batch, keyHeads, positions, headSize], and the taps
 * `layer_input.l` [batch·positions, hiddenSize], `attention_to_image.l` [batch, positions] (attention mass on image
 * tokens, mean over heads) and `attention_received.l` [batch, prefix+past+positions] (what each key gets from the
 * queries, each by its weight, mean over heads). Where answers grow by several tokens in a run also what
 * {@link furtherTokens} says.
 */
export function buildDecoder(config: TextConfig, source: WeightSource, options: DecoderOptions): GraphFile {
  const graph = new Graph(options.taps === 'none' ? 'decoder' : `decoder with ${options.taps} taps`, options.target);
  const weights = new Weights(graph, source);
  const { hiddenSize, headSize, numKeyValueHeads, numLayers } = config;
  const keys = 'prefix+past+positions';

  const hidden = graph.input('hidden', 'float32', ['batch', 'positions', hiddenSize]);
  const shared: LayerInputs = {
    cos: graph.input('cos', 'float32', ['batch', 'positions', headSize / 2]),
    sin: graph.input('sin', 'float32', ['batch', 'positions', headSize / 2]),
    masks: graph.input('mask', 'float32', ['masks', 1, 'positions', keys]),
    imageKeys: options.taps === 'inner' ? graph.input('image_keys', 'float32', ['batch', 1, keys, 1]) : undefined,
    queryWeights:
      options.taps === 'received' ? graph.input('query_weights', 'float32', ['batch', 1, 1, 'positions']) : undefined,
  };
  const prefixRows = graph.input('prefix_rows', 'int32', [numLayers, 'batch']);
  const maskRows = graph.input('mask_rows', 'int32', [numLayers, 'batch']);
  const tokensOn = graph.input('tokens_on', 'bool', [numLayers, 'tokens', 1]);
  const always = graph.input('always', 'bool', []);
  const wanted = graph.input('wanted', 'int64', ['wanted']);

  const layerOn = Array.from({ length: numLayers }, (_, l) => graph.input(decoderNames.layerOn(l), 'bool', []));
  /** Layer `l`, or where it is off `otherwise`. */
  const layer: RunLayer = (l, rows, given, remember, otherwise) =>
    graph.within(`layers.${l}`, () => {
      const at = (vector: Value) => gather(vector, graph.constant('int64', [], [l]), 0);
      const on = () => {
        const chosen = { prefix: at(prefixRows), mask: at(maskRows) };
        const [own, ...read] = cachedLayer(l, rows, given, remember(chosen.prefix), chosen.mask, config, weights);
        return [where(at(tokensOn), own!, rows), ...read];
      };
      return graph.branch(layerOn[l]!, on, otherwise);
    });

  let rows = reshape(hidden, ['batch*positions', hiddenSize]);
  const memory: LayerMemory[] = [];
  for (let l = 0; l < numLayers; l++) {
    const cache = (kind: 'Key' | 'Value') => {
      const shape = (rows: string, positions: string) => [rows, numKeyValueHeads, positions, headSize];
      return {
        prefix: graph.input(decoderNames[`prefix${kind}`](l), 'float32', shape('prefixes', 'prefix')),
        past: graph.input(decoderNames[`past${kind}`](l), 'float32', shape('batch', 'past')),
      };
    };
    const cached = { keys: cache('Key'), values: cache('Value') };
    const remember =
      (rowsOfPrefix: Value): Remember =>
      (kind, fresh) => {
        const { prefix, past } = cached[kind];
        return { kept: fresh, seen: concat([gather(prefix, rowsOfPrefix, 0), past, fresh], 2) };
      };
    if (options.taps === 'inner') graph.output(decoderNames.layerInput(l), rows);
    const off = () => identityLayer(graph, rows, shared, config);
    const [next, keys, values, tapped] = layer(l, rows, shared, remember, off) as [Value, Value, Value, Value?];
    rows = next;
    memory.push({ keys: { ...cached.keys, fresh: keys }, values: { ...cached.values, fresh: values } });
    graph.output(decoderNames.key(l), keys);
    graph.output(decoderNames.value(l), values);
    const tapName = shared.imageKeys ? decoderNames.attentionToImage : decoderNames.attentionReceived;
    if (tapped) graph.output(tapName(l), tapped);
  }

  graph.output('last_hidden', rows);
  const answer = (rows: Value) => {
    const normed = rmsNorm(rows, weights.get('model.norm.weight', [hiddenSize]), config.rmsNormEpsilon);
    const logits = graph.within('head', () => head(graph, normed, always, config, weights));
    return { logits, top: topK(logits, 2) };
  };
  const { logits, top } = answer(gather(rows, wanted, 0));
  graph.output('logits', logits);
  graph.output('top_values', top.values);
  graph.output('top_tokens', top.indices);
  if (tokensPerStep(options) > 1) {
    const further = furtherTokens(graph, config, { memory, layer, answer, always, bestTokens: top.indices, weights });
    graph.output('further_values', further.topValues);
    graph.output('further_tokens', further.topTokens);
    further.keys.forEach((keys, l) => graph.output(decoderNames.furtherKey(l), keys));
    further.values.forEach((values, l) => graph.output(decoderNames.furtherValue(l), values));
  }
  const layers = Array.from({ length: numLayers }, (_, l) => [decoderNames.key(l), decoderNames.value(l)]);
  // Of the large ones only what is asked for is brought from the device.
  return encodeGraph(graph, graph.target.keepsOutputs ? ['logits', 'last_hidden', ...layers.flat()] : []);
}

/** One layer: the new hidden rows, this call's keys and values, and with taps what is read off the attention. */
function cachedLayer(
  l: number,
  rows: Value,
  { cos, sin, masks, imageKeys, queryWeights }: LayerInputs,
  remember: Remember,
  maskRow: Value,
  config: TextConfig,
  weights: Weights,
): Value[] {
  const w = (name: string, ...shape: number[]) => weights.get(`model.layers.${l}.${name}`, shape);
  const attention = (q: Value, key: Value, value: Value) => {
    const [k, v] = [remember('keys', key), remember('values', value)];
    return { ...attend(q, k.seen, v.seen, gather(masks, maskRow, 0)), key: k.kept, value: v.kept };
  };
  const { hidden, key, value, weights: paid } = decoderLayer(rows, cos, sin, config, w, attention);
  if (imageKeys) return [hidden, key, value, attentionTo(paid, imageKeys)];
  if (queryWeights) return [hidden, key, value, attentionReceived(paid, queryWeights)];
  return [hidden, key, value];
}

/** What a layer that is switched off returns: its input, keys and values that nothing reads, and no attention. */
function identityLayer(graph: Graph, rows: Value, shared: LayerInputs, config: TextConfig): Value[] {
  const none = zeros(graph, ['batch', config.numKeyValueHeads, 'positions', config.headSize]);
  if (shared.imageKeys) return [rows, none, none, zeros(graph, ['batch', 'positions'])];
  if (shared.queryWeights) return [rows, none, none, zeros(graph, ['batch', shared.masks.shape[3]!])];
  return [rows, none, none];
}

/** At most this many float32 bytes of the vocabulary matrix are alive at once. */
const headChunkBytes = 64 << 20;

/**
 * Logits, a slice of the vocabulary after the other: each slice is cast to float32 only when its branch is reached.
 * Where nothing is cast the matrix stays whole, so that a tied one is on the device once.
 */
function head(graph: Graph, x: Value, always: Value, config: TextConfig, weights: Weights): Value {
  const { hiddenSize, vocabularySize, tiedHead } = config;
  const name = tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight';
  if (graph.target.products === 'own') return linear(x, weights.get(name, [vocabularySize, hiddenSize]));
  const step = Math.max(1, Math.floor(headChunkBytes / (4 * hiddenSize)));
  const slices: Value[] = [];
  for (let from = 0; from < vocabularySize; from += step) {
    const to = Math.min(from + step, vocabularySize);
    const logits = () => [linear(x, weights.rows(name, from, to, hiddenSize))];
    slices.push(graph.branch(always, logits, () => [zeros(graph, ['wanted', to - from])])[0]!);
  }
  return slices.length === 1 ? slices[0]! : concat(slices, 1);
}
