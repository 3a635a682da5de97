import type { TextConfig } from '../checkpoint/modelConfig';
import type { Session, Tensor } from '../ports';
import { blankMask, ownSpanMask, plainMask, replacedSpanMask, writeMask, type Fork, type Span } from './attentionMask';
import { decoderNames, type DecoderTaps } from './decoder';
import { bringHere } from './bringHere';
import { KeyValueCache, type CacheShape } from './keyValueCache';
import type { Positions } from './positions';
import { RotaryTables } from './positions';

/** What one row of a batch is given next. */
export interface RowInput {
  /** [tokens, hiddenSize]. */
  readonly embedded: Float32Array;
  readonly positions: Positions;
  /** With inner taps: 1 for the tokens of images, per token. */
  readonly imageTokens?: Uint8Array;
  /** Where received attention is tapped: by how much each token's own attention counts; 0 where it is not given. */
  readonly queryWeights?: Float32Array;
}

export interface Top2 {
  /** The best token and the runner-up. */
  readonly tokens: readonly [number, number];
  readonly values: readonly [number, number];
}

/** A decoder graph's session with what is needed to feed it. */
export interface DecoderSession {
  readonly session: Session;
  readonly config: TextConfig;
  /** All layers on; a probe may switch some off. */
  readonly layersOn: readonly boolean[];
  /** What the graph was built with. */
  readonly taps: DecoderTaps;
}

/** Keys and values of a span that come, in some layers, from the prefix in place of the row's own tokens. */
export interface Replacement {
  /** Per row: the span that ends its prefix and begins its own tokens. */
  readonly spans: readonly Span[];
  /** [layers][rows]: whether the prefix's keys and values count. */
  readonly on: readonly (readonly boolean[])[];
}

/** What rows of a batch have of their own; each list has an entry per row. */
export interface RowSettings {
  /** Where a row's own tokens fork. */
  readonly forks?: readonly Fork[];
  /** A layer that is identity for the row. */
  readonly off?: readonly (number | null)[];
}

export function cacheShape(config: TextConfig): CacheShape {
  return { layers: config.numLayers, heads: config.numKeyValueHeads, size: config.headSize };
}

/**
 * A batch of sequences in the decoder. Row r continues, in layer l, the sequence `prefixRows[l][r]` of `prefix`, and
 * has a past of its own that grows with every call of {@link extend}.
 */
export class DecoderRun {
  private past: KeyValueCache;
  private readonly rotary: RotaryTables;

  constructor(
    private readonly decoder: DecoderSession,
    private readonly prefix: KeyValueCache,
    private prefixRows: readonly (readonly number[])[],
    private replacement?: Replacement,
    private settings: RowSettings = {},
  ) {
    const rows = prefixRows[0]!.length;
    this.past = new KeyValueCache(cacheShape(decoder.config), new Array<number>(rows).fill(0));
    this.rotary = new RotaryTables(decoder.config);
  }

  /** A batch of `rows` sequences that share nothing. */
  static fresh(decoder: DecoderSession, rows: number): DecoderRun {
    return DecoderRun.sharing(
      decoder,
      KeyValueCache.empty(cacheShape(decoder.config)),
      new Array<number>(rows).fill(0),
    );
  }

  /** A batch in which row r continues the sequence `prefixRows[r]` of `prefix`, in all layers. */
  static sharing(
    decoder: DecoderSession,
    prefix: KeyValueCache,
    prefixRows: readonly number[],
    settings?: RowSettings,
  ): DecoderRun {
    const inAll = Array.from({ length: decoder.config.numLayers }, () => prefixRows);
    return new DecoderRun(decoder, prefix, inAll, undefined, settings);
  }

  /** As {@link sharing}, each row with what it has read already. `past` becomes the batch's own and grows. */
  static continuing(
    decoder: DecoderSession,
    prefix: KeyValueCache,
    prefixRows: readonly number[],
    past: KeyValueCache,
    settings?: RowSettings,
  ): DecoderRun {
    const run = DecoderRun.sharing(decoder, prefix, prefixRows, settings);
    run.past = past;
    return run;
  }

  /** Keys and values seen so far, for other runs to continue. This run must not be extended afterwards. */
  freeze(): KeyValueCache {
    return this.past;
  }

  /** Gives back what the run itself keeps on a device. It must not be extended afterwards. */
  free(): void {
    this.past.free();
  }

  /** Goes on with the given rows only. */
  async keep(rows: readonly number[]): Promise<void> {
    await this.past.keep(rows);
    const kept = <T>(all: readonly T[]) => rows.map((row) => all[row]!);
    this.prefixRows = this.prefixRows.map(kept);
    if (this.replacement) {
      this.replacement = { spans: kept(this.replacement.spans), on: this.replacement.on.map(kept) };
    }
    const { forks, off } = this.settings;
    this.settings = { ...(forks ? { forks: kept(forks) } : {}), ...(off ? { off: kept(off) } : {}) };
  }

  /**
   * Feeds each row its next tokens (rows may differ in length) and appends them to its
   * past.
   * @param wanted for each row, which of the tokens it is given it wants logits for
   * @param fetches further outputs of the graph
   * @returns `top` for the wanted tokens, row after row, and the outputs in `fetches`
   */
  async extend(
    inputs: readonly RowInput[],
    wanted: readonly (readonly number[])[],
    fetches: readonly string[] = [],
  ): Promise<{ top: Top2[]; outputs: Record<string, Tensor> }> {
    const { config, session, layersOn } = this.decoder;
    const layers = Array.from({ length: config.numLayers }, (_, l) => l);
    const counts = inputs.map(({ embedded }) => embedded.length / config.hiddenSize);
    const positions = Math.max(...counts);
    const places = wanted.flatMap((tokens, row) => tokens.map((token) => row * positions + token));
    const feeds: Record<string, Tensor> = {
      ...this.tokenFeeds(inputs, positions),
      ...this.maskFeeds(inputs, counts),
      // Where nothing is wanted one token is asked for all the same: TopK over no rows ends the process (SIGFPE).
      wanted: int64(places.length > 0 ? places : [0]),
      prefix_rows: int32(this.prefixRows.flat(), [config.numLayers, inputs.length]),
      tokens_on: this.tokensOn(inputs.length, positions),
      always: bool(true),
    };
    for (const l of layers) {
      feeds[decoderNames.layerOn(l)] = bool(layersOn[l]!);
      feeds[decoderNames.prefixKey(l)] = this.prefix.keys[l]!;
      feeds[decoderNames.prefixValue(l)] = this.prefix.values[l]!;
      feeds[decoderNames.pastKey(l)] = this.past.keys[l]!;
      feeds[decoderNames.pastValue(l)] = this.past.values[l]!;
    }
    const keyNames = layers.map(decoderNames.key);
    const valueNames = layers.map(decoderNames.value);
    const topNames = places.length > 0 ? ['top_values', 'top_tokens'] : [];
    const outputs = await session.run(feeds, [...keyNames, ...valueNames, ...topNames, ...fetches]);
    const pick = (names: string[]) => names.map((name) => outputs[name]!);
    await this.past.append(pick(keyNames), pick(valueNames), counts);
    for (const name of fetches) outputs[name] = await bringHere(outputs[name]!);
    return { top: topNames.length > 0 ? readTop(outputs) : [], outputs };
  }

  private tokensOn(rows: number, positions: number): Tensor {
    const { numLayers } = this.decoder.config;
    const on = new Uint8Array(numLayers * rows * positions).fill(1);
    this.settings.off?.forEach((layer, row) => {
      if (layer !== null) on.fill(0, (layer * rows + row) * positions, (layer * rows + row + 1) * positions);
    });
    return { type: 'bool', shape: [numLayers, rows * positions, 1], data: on };
  }

  private tokenFeeds(inputs: readonly RowInput[], positions: number): Record<string, Tensor> {
    const { hiddenSize, headSize } = this.decoder.config;
    const half = headSize / 2;
    const hidden = new Float32Array(inputs.length * positions * hiddenSize);
    const cos = new Float32Array(inputs.length * positions * half);
    const sin = new Float32Array(cos.length);
    inputs.forEach((input, row) => {
      hidden.set(input.embedded, row * positions * hiddenSize);
      const count = input.embedded.length / hiddenSize;
      for (let i = 0; i < count; i++) this.rotary.write(input.positions, i, cos, sin, (row * positions + i) * half);
    });
    return {
      hidden: float32(hidden, [inputs.length, positions, hiddenSize]),
      cos: float32(cos, [inputs.length, positions, half]),
      sin: float32(sin, [inputs.length, positions, half]),
    };
  }

  /** The mask table has a row per row of the batch, and where spans are replaced a second one for those layers. */
  private maskFeeds(inputs: readonly RowInput[], counts: readonly number[]): Record<string, Tensor> {
    const positions = Math.max(...counts);
    const table = { prefix: this.prefix.capacity, past: this.past.capacity, positions };
    const columns = table.prefix + table.past + positions;
    const rows = inputs.length;
    const seen = this.replacement
      ? [...this.replacement.spans.map(ownSpanMask), ...this.replacement.spans.map(replacedSpanMask)]
      : counts.map((_, row) => plainMask(this.prefix.lengths[this.prefixRows[0]![row]!]!, this.settings.forks?.[row]));
    const mask = blankMask(seen.length * positions * columns);
    seen.forEach((maskRow, i) => {
      const row = i % rows;
      writeMask(mask, i * positions * columns, maskRow, counts[row]!, this.past.lengths[row]!, table);
    });
    const maskRows = this.prefixRows.flatMap((_, layer) =>
      counts.map((__, row) => (this.replacement?.on[layer]![row] ? rows + row : row)),
    );
    const feeds: Record<string, Tensor> = {
      mask: float32(mask, [seen.length, 1, positions, columns]),
      mask_rows: int32(maskRows, [this.decoder.config.numLayers, rows]),
    };
    if (this.decoder.taps === 'inner') {
      const imageKeys = new Float32Array(inputs.length * columns);
      inputs.forEach(({ imageTokens }, row) => {
        imageKeys.set(imageTokens ?? [], row * columns + table.prefix + table.past);
      });
      feeds.image_keys = float32(imageKeys, [inputs.length, 1, columns, 1]);
    }
    if (this.decoder.taps === 'received') {
      const weights = new Float32Array(rows * positions);
      inputs.forEach(({ queryWeights }, row) => weights.set(queryWeights ?? [], row * positions));
      feeds.query_weights = float32(weights, [rows, 1, 1, positions]);
    }
    return feeds;
  }
}

function readTop(outputs: Record<string, Tensor>): Top2[] {
  const values = outputs.top_values!.data as Float32Array;
  const tokens = outputs.top_tokens!.data as BigInt64Array;
  return Array.from({ length: values.length / 2 }, (_, i) => ({
    tokens: [Number(tokens[2 * i]), Number(tokens[2 * i + 1])],
    values: [values[2 * i]!, values[2 * i + 1]!],
  }));
}

function float32(data: Float32Array, shape: readonly number[]): Tensor<'float32'> {
  return { type: 'float32', shape, data };
}

function bool(value: boolean): Tensor<'bool'> {
  return { type: 'bool', shape: [], data: Uint8Array.of(Number(value)) };
}

function int32(numbers: readonly number[], shape: readonly number[]): Tensor<'int32'> {
  return { type: 'int32', shape, data: Int32Array.from(numbers) };
}

function int64(numbers: readonly number[]): Tensor<'int64'> {
  return { type: 'int64', shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) };
}
