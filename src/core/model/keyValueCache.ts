import type { Tensor } from '../ports';
import { joinOnDevice, type VectorSpan } from './deviceVectors';

/** Positions by which a cache grows: room that is not used yet is masked, which costs little and saves copies. */
const growth = 32;

export interface CacheShape {
  readonly layers: number;
  /** Key heads. */
  readonly heads: number;
  /** Head size. */
  readonly size: number;
}

/** The first `length` positions of row `row` of a cache, which may be another one in every layer. */
export interface CacheRow {
  from(layer: number): KeyValueCache;
  readonly row: number;
  readonly length: number;
}

/** Keys or values of one layer, [rows, heads, capacity, size]: in this process's memory, or where they were computed. */
type Stored = Tensor;

/**
 * Keys and values of a batch of sequences, one pair of tensors [rows, heads, capacity, size] per layer. Row r holds
 * `lengths[r]` positions; what lies behind them is unused room. Tensors that lie on a device stay there: the cache owns
 * them until it is freed.
 */
export class KeyValueCache {
  keys: Stored[];
  values: Stored[];

  constructor(
    readonly shape: CacheShape,
    public lengths: number[],
  ) {
    const { layers, heads, size } = shape;
    const nothing = () => float32(new Float32Array(0), [lengths.length, heads, 0, size]);
    this.keys = Array.from({ length: layers }, nothing);
    this.values = this.keys.map(nothing);
  }

  /** A table with one empty sequence: what a run continues that shares no prefix. */
  static empty(shape: CacheShape): KeyValueCache {
    return new KeyValueCache(shape, [0]);
  }

  /** Rows of several caches as one, each cut to its length. The caches stay as they are. */
  static async assemble(shape: CacheShape, rows: readonly CacheRow[]): Promise<KeyValueCache> {
    const result = new KeyValueCache(
      shape,
      rows.map(({ length }) => length),
    );
    const capacity = Math.max(0, ...result.lengths);
    for (let l = 0; l < shape.layers; l++) {
      const pieces = rows.map(({ from, row, length }) => ({ from: from(l), row, length }));
      const spans = pieces.map(({ row, length }, source) => [{ source, row, length }]);
      for (const kind of ['keys', 'values'] as const) {
        const sources = pieces.map(({ from }) => from[kind][l]!);
        if (rows.length > 0) result[kind][l] = await joined(sources, spans, capacity);
      }
    }
    return result;
  }

  get rows(): number {
    return this.lengths.length;
  }

  /** Positions there is room for in every row. */
  get capacity(): number {
    return this.keys[0]!.shape[2]!;
  }

  /**
   * Adds the first `counts[r]` positions of row r; what lies on a device becomes the cache's own.
   * @param keys per layer [rows, heads, positions, size] @param values likewise
   */
  async append(keys: readonly Tensor[], values: readonly Tensor[], counts: readonly number[]): Promise<void> {
    const needed = Math.max(...this.lengths.map((length, row) => length + counts[row]!));
    const room = this.capacity === 0 ? needed : Math.ceil(needed / growth) * growth;
    const capacity = Math.max(this.capacity, room);
    for (let l = 0; l < this.shape.layers; l++) {
      this.keys[l] = await this.appended(this.keys[l]!, keys[l]!, counts, capacity);
      this.values[l] = await this.appended(this.values[l]!, values[l]!, counts, capacity);
    }
    this.lengths = this.lengths.map((length, row) => length + counts[row]!);
  }

  /** Keeps the given rows, in this order, and forgets the others. */
  async keep(rows: readonly number[]): Promise<void> {
    const { capacity } = this;
    const spans = rows.map((row) => [{ source: 0, row, length: this.lengths[row]! }]);
    const kept = async (stored: Stored) => {
      const result = await joined([stored], spans, capacity);
      stored.resident?.free();
      return result;
    };
    for (let l = 0; l < this.shape.layers; l++) {
      this.keys[l] = await kept(this.keys[l]!);
      this.values[l] = await kept(this.values[l]!);
    }
    this.lengths = rows.map((row) => this.lengths[row]!);
  }

  /** Takes a layer's keys and values over from another cache of the same rows, which has none there afterwards. */
  takeLayer(from: KeyValueCache, layer: number): void {
    this.freeLayer(layer);
    const { heads, size } = this.shape;
    const nothing = float32(new Float32Array(0), [from.rows, heads, 0, size]);
    [this.keys[layer], this.values[layer]] = [from.keys[layer]!, from.values[layer]!];
    from.keys[layer] = from.values[layer] = nothing;
  }

  /** Gives back what lies on a device; the cache must not be used afterwards. */
  free(): void {
    for (let l = 0; l < this.shape.layers; l++) this.freeLayer(l);
  }

  private freeLayer(layer: number): void {
    this.keys[layer]!.resident?.free();
    this.values[layer]!.resident?.free();
  }

  private async appended(stored: Stored, added: Tensor, counts: readonly number[], capacity: number): Promise<Stored> {
    const fits = capacity === stored.shape[2];
    if (!added.resident) {
      const grown = fits ? stored : await joined([stored], this.wholeRows(0), capacity);
      this.write(grown, added, counts);
      return grown;
    }
    const spans = this.wholeRows(0).map((own, row) => [...own, { source: 1, row, length: counts[row]! }]);
    const result = await joined([stored, added], spans, capacity);
    stored.resident?.free();
    added.resident.free();
    return result;
  }

  private wholeRows(source: number): VectorSpan[][] {
    return this.lengths.map((length, row) => [{ source, row, length }]);
  }

  private write(stored: Stored, source: Tensor, counts: readonly number[]): void {
    const { heads, size } = this.shape;
    const [positions, capacity] = [source.shape[2]!, stored.shape[2]!];
    const [from, to] = [source.data as Float32Array, stored.data as Float32Array];
    this.lengths.forEach((length, row) => {
      for (let head = 0; head < heads; head++) {
        const start = (row * heads + head) * positions * size;
        to.set(from.subarray(start, start + counts[row]! * size), ((row * heads + head) * capacity + length) * size);
      }
    });
  }
}

/**
 * A tensor of rows that are each put together from spans of others, with room for `capacity` positions.
 * @param sources [rows, heads, positions, size] each, all here or all on one device, unless they are empty
 */
async function joined(
  sources: readonly Stored[],
  rows: readonly (readonly VectorSpan[])[],
  capacity: number,
): Promise<Stored> {
  if (sources.some(({ resident }) => resident)) return joinOnDevice(sources, rows, capacity);
  const [, heads, , size] = sources[0]!.shape as [number, number, number, number];
  const result = new Float32Array(rows.length * heads * capacity * size);
  rows.forEach((spans, to) => {
    let at = 0;
    for (const { source, row, length } of spans) {
      const { data, shape } = sources[source]!;
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * shape[2]! * size;
        const place = ((to * heads + head) * capacity + at) * size;
        result.set((data as Float32Array).subarray(from, from + length * size), place);
      }
      at += length;
    }
  });
  return float32(result, [rows.length, heads, capacity, size]);
}

function float32(data: Float32Array, shape: readonly number[]): Tensor<'float32'> {
  return { type: 'float32', shape, data };
}
