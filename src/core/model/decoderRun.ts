import type { TextConfig } from '../checkpoint/modelConfig';
import type { Session, Tensor } from '../ports';
import { ownSpanMask, plainMask, replacedSpanMask, type Fork, type MaskRow, type Span } from './attentionMask';
import { bringHere } from './bringHere';
import { decoderNames, type DecoderTaps } from './decoder';
import {
  angleTensors,
  bool,
  furtherRoom,
  hiddenRows,
  int32,
  int64,
  maskTensor,
  tapFeeds,
  tokensOn,
  type KeyRoom,
  type RowInput,
} from './decoderFeeds';
import { KeyValueCache, type CacheShape } from './keyValueCache';
import { RotaryTables, type Positions } from './positions';

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
  /** By how many tokens answers grow in one run. */
  readonly tokensPerStep: number;
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

const topNames = ['top_values', 'top_tokens'];

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

  /** By how many tokens answers grow in one run. */
  get tokensPerStep(): number {
    return this.decoder.tokensPerStep;
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
    const counts = inputs.map(({ embedded }) => embedded.length / this.decoder.config.hiddenSize);
    const positions = Math.max(...counts);
    const places = wanted.flatMap((tokens, row) => tokens.map((token) => row * positions + token));
    const outputs = await this.run(inputs, counts, places, 0, [...(places.length > 0 ? topNames : []), ...fetches]);
    for (const name of fetches) outputs[name] = await bringHere(outputs[name]!);
    return { top: places.length > 0 ? readTop(outputs.top_values!, outputs.top_tokens!) : [], outputs };
  }

  /**
   * Feeds each row one token and goes on by itself: the best token after it is read as well, `further` times.
   * @param inputs with the positions of those tokens too
   * @returns for each of the tokens, [1 + further][row], the candidates for what follows it
   */
  async extendGreedily(inputs: readonly RowInput[], further: number): Promise<Top2[][]> {
    const rows = inputs.length;
    const counts = inputs.map(() => 1);
    const furtherNames = further > 0 ? ['further_values', 'further_tokens'] : [];
    const outputs = await this.run(inputs, counts, [...counts.keys()], further, [...topNames, ...furtherNames]);
    const first = readTop(outputs.top_values!, outputs.top_tokens!);
    if (further === 0) return [first];
    const then = readTop(outputs.further_values!, outputs.further_tokens!);
    return [first, ...Array.from({ length: further }, (_, i) => then.slice(i * rows, (i + 1) * rows))];
  }

  /** One run of the graph, whose keys and values join the past. @param places of batch·positions, as `wanted` takes them */
  private async run(
    inputs: readonly RowInput[],
    counts: readonly number[],
    places: readonly number[],
    further: number,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const { config, session, layersOn } = this.decoder;
    const layers = Array.from({ length: config.numLayers }, (_, l) => l);
    const positions = Math.max(...counts);
    const masks = this.masks(counts.length);
    const tokenPositions = inputs.map((input) => input.positions);
    const feeds: Record<string, Tensor> = {
      hidden: hiddenRows(inputs, positions, config.hiddenSize),
      ...angleTensors(tokenPositions, this.rotary, 0, counts),
      ...tapFeeds(this.decoder.taps, inputs, positions, this.prefix.capacity + this.past.capacity),
      mask: maskTensor(masks.table, counts, this.room()),
      mask_rows: int32(masks.rows, [config.numLayers, inputs.length]),
      // Where nothing is wanted one token is asked for all the same: TopK over no rows ends the process (SIGFPE).
      wanted: int64(places.length > 0 ? places : [0]),
      prefix_rows: int32(this.prefixRows.flat(), [config.numLayers, inputs.length]),
      tokens_on: tokensOn(config.numLayers, inputs.length, positions, this.settings.off),
      always: bool(true),
      ...(this.decoder.tokensPerStep > 1 ? this.furtherFeeds(tokenPositions, counts, masks.table, further) : {}),
    };
    for (const l of layers) {
      feeds[decoderNames.layerOn(l)] = bool(layersOn[l]!);
      feeds[decoderNames.prefixKey(l)] = this.prefix.keys[l]!;
      feeds[decoderNames.prefixValue(l)] = this.prefix.values[l]!;
      feeds[decoderNames.pastKey(l)] = this.past.keys[l]!;
      feeds[decoderNames.pastValue(l)] = this.past.values[l]!;
    }
    const { key, value, furtherKey, furtherValue } = decoderNames;
    const grown = [
      { keys: layers.map(key), values: layers.map(value), counts },
      ...(further > 0
        ? [{ keys: layers.map(furtherKey), values: layers.map(furtherValue), counts: counts.map(() => further) }]
        : []),
    ];
    const names = grown.flatMap(({ keys, values }) => [...keys, ...values]);
    const outputs = await session.run(feeds, [...names, ...fetches]);
    const pick = (some: readonly string[]) => some.map((name) => outputs[name]!);
    for (const { keys, values, counts: added } of grown) await this.past.append(pick(keys), pick(values), added);
    return outputs;
  }

  private room(): KeyRoom {
    return { prefix: this.prefix.capacity, past: this.past.capacity, pastLengths: this.past.lengths };
  }

  /** The mask table has a row per row of the batch, and where spans are replaced a second one for those layers. */
  private masks(rows: number): { table: MaskRow[]; rows: number[] } {
    const plain = (row: number) =>
      plainMask(this.prefix.lengths[this.prefixRows[0]![row]!]!, this.settings.forks?.[row]);
    const { replacement } = this;
    return {
      table: replacement
        ? [...replacement.spans.map(ownSpanMask), ...replacement.spans.map(replacedSpanMask)]
        : Array.from({ length: rows }, (_, row) => plain(row)),
      rows: this.prefixRows.flatMap((layerRows, layer) =>
        layerRows.map((_, row) => (replacement?.on[layer]![row] ? rows + row : row)),
      ),
    };
  }

  private furtherFeeds(
    tokens: readonly Positions[],
    counts: readonly number[],
    table: readonly MaskRow[],
    further: number,
  ): Record<string, Tensor> {
    const { numKeyValueHeads, headSize } = this.decoder.config;
    const positions = Math.max(...counts);
    const { cos, sin } = angleTensors(
      tokens,
      this.rotary,
      positions,
      counts.map(() => further),
    );
    const all = counts.map((count) => count + further);
    return {
      ...furtherRoom(counts.length, further, numKeyValueHeads, headSize),
      further_cos: cos,
      further_sin: sin,
      further_mask: maskTensor(table, all, this.room(), positions),
    };
  }
}

function readTop({ data: values }: Tensor, { data: tokens }: Tensor): Top2[] {
  const [lead, best] = [values as Float32Array, tokens as BigInt64Array];
  return Array.from({ length: lead.length / 2 }, (_, i) => ({
    tokens: [Number(best[2 * i]), Number(best[2 * i + 1])],
    values: [lead[2 * i]!, lead[2 * i + 1]!],
  }));
}
