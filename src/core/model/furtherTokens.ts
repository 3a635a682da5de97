/**
 * Answers that grow by several tokens in one run of the decoder. After the tokens at hand a `Loop` goes on by itself:
 * it takes the best token, looks its embedding up and reads it as any other. Its keys and values have their room from
 * the beginning, so that no shape changes from round to round.
 */
import type { TextConfig } from '../checkpoint/modelConfig';
import type { Graph, Value } from '../onnx/graph';
import { cast, concat, gather, reshape, where } from '../onnx/operators';
import type { Weights } from './weights';

/** What all layers are given beside the hidden rows; decoder.ts says the shapes. */
export interface LayerInputs {
  readonly cos: Value;
  readonly sin: Value;
  readonly masks: Value;
  readonly imageKeys?: Value | undefined;
  readonly queryWeights?: Value | undefined;
}

type Kind = 'keys' | 'values';

/** What becomes of the keys or values of the tokens at hand: what is kept of them, and all that attention sees. */
export type Remember = (kind: Kind, fresh: Value) => { readonly kept: Value; readonly seen: Value };

/**
 * Layer `l` over `rows`, or `otherwise` where it is off.
 * @param remember given the rows of the prefix table that the batch continues
 * @returns the next rows, what is kept of keys and of values, and with taps what was read off
 */
export type RunLayer = (
  l: number,
  rows: Value,
  given: LayerInputs,
  remember: (prefixRows: Value) => Remember,
  otherwise: () => Value[],
) => Value[];

/** A layer's keys and values of the prefix table, of the rows' own past, and of the tokens at hand. */
export type LayerMemory = Readonly<
  Record<Kind, { readonly prefix: Value; readonly past: Value; readonly fresh: Value }>
>;

export interface DecoderParts {
  readonly memory: readonly LayerMemory[];
  readonly layer: RunLayer;
  /** Logits of hidden rows, and the two best tokens. */
  readonly answer: (rows: Value) => { readonly top: { readonly values: Value; readonly indices: Value } };
  readonly always: Value;
  /** The best tokens after those at hand, int64 [batch, 2]. */
  readonly bestTokens: Value;
  readonly weights: Weights;
}

/**
 * Inputs: `further` int64, how many tokens more, 0 for none; else one token of each row is at hand, and wanted.
 * `further_cos`, `further_sin` [batch, further, headSize/2]; `further_mask` [masks, 1, further,
 * prefix+past+positions+further]; `further_room` [batch, keyHeads, further, headSize], zeros; `further_others` bool
 * [further, 1, 1, further, 1], false where both are the same.
 * @returns `topValues` and `topTokens` [further, batch, 2], the candidates for what follows each of the further tokens,
 * and per layer the `keys` and `values` of those tokens, [batch, keyHeads, further, headSize]
 */
export function furtherTokens(
  graph: Graph,
  { hiddenSize, headSize, numKeyValueHeads, vocabularySize }: TextConfig,
  { memory, layer, answer, always, bestTokens, weights }: DecoderParts,
) {
  const table = weights.get('model.embed_tokens.weight', [vocabularySize, hiddenSize]);
  const seenKeys = 'prefix+past+positions+further';
  const rounds = graph.input('further', 'int64', []);
  const angles = ['further_cos', 'further_sin'].map((name) =>
    graph.input(name, 'float32', ['batch', 'further', headSize / 2]),
  );
  const masks = graph.input('further_mask', 'float32', ['masks', 1, 'further', seenKeys]);
  const room = graph.input('further_room', 'float32', ['batch', numKeyValueHeads, 'further', headSize]);
  const others = graph.input('further_others', 'bool', ['further', 1, 1, 'further', 1]);
  const best = (tokens: Value) => gather(tokens, graph.constant('int64', [], [0]), 1);

  const rooms = memory.flatMap(() => [room, room]);
  const { carried, collected } = graph.within('further', () =>
    graph.loop(rounds, always, 'further', [best(bestTokens), ...rooms], (round, [token, ...own]) => {
      const now = reshape(round, [1]);
      // One token a row: what is called positions outside is 1 here.
      const [cos, sin] = angles.map((all) => reshape(gather(all, now, 1), ['batch', 'positions', headSize / 2])) as [
        Value,
        Value,
      ];
      const given = { cos, sin, masks: gather(masks, now, 2) };
      const elsewhere = gather(others, round, 0);
      let rows = reshape(cast(gather(table, token!, 0), 'float32'), ['batch*positions', hiddenSize]);
      const kept = memory.flatMap((layerMemory, l) => {
        const before = { keys: own[2 * l]!, values: own[2 * l + 1]! };
        const remember = (prefixRows: Value) => (kind: Kind, fresh: Value) => {
          const { prefix, past, fresh: first } = layerMemory[kind];
          const grown = where(elsewhere, before[kind], fresh);
          return { kept: grown, seen: concat([gather(prefix, prefixRows, 0), past, first, grown], 2) };
        };
        const off = () => [rows, before.keys, before.values];
        const [next, keys, values] = layer(l, rows, given, remember, off) as [Value, Value, Value];
        rows = next;
        return [keys, values];
      });
      const { top } = answer(reshape(rows, ['wanted', hiddenSize]));
      return { carried: [best(top.indices), ...kept], collected: [top.values, top.indices] };
    }),
  );
  const ofKind = (offset: number) => memory.map((_, l) => carried[1 + 2 * l + offset]!);
  return { topValues: collected[0]!, topTokens: collected[1]!, keys: ofKind(0), values: ofKind(1) };
}
