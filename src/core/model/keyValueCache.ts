import type { Tensor } from '../ports';

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

/**
 * Keys and values of a batch of sequences, one pair of arrays [rows, heads, capacity, size] per layer. Row r holds
 * `lengths[r]` positions; what lies behind them is unused room.
 */
export class KeyValueCache {
  keys: Float32Array[];
  values: Float32Array[];
  capacity = 0;

  constructor(
    readonly shape: CacheShape,
    public lengths: number[],
  ) {
    this.keys = Array.from({ length: shape.layers }, () => new Float32Array(0));
    this.values = this.keys.map(() => new Float32Array(0));
  }

  /** A table with one empty sequence: what a run continues that shares no prefix. */
  static empty(shape: CacheShape): KeyValueCache {
    return new KeyValueCache(shape, [0]);
  }

  /** Rows of several caches as one, each cut to its length. The caches stay as they are. */
  static assemble(shape: CacheShape, rows: readonly CacheRow[]): KeyValueCache {
    const result = new KeyValueCache(
      shape,
      rows.map(({ length }) => length),
    );
    result.capacity = Math.max(0, ...result.lengths);
    const floats = rows.length * shape.heads * result.capacity * shape.size;
    const collect = (kind: 'keys' | 'values') =>
      Array.from({ length: shape.layers }, (_, l) => {
        const array = new Float32Array(floats);
        rows.forEach(({ from, row, length }, to) => {
          const cache = from(l);
          for (let head = 0; head < shape.heads; head++) {
            const start = (row * shape.heads + head) * cache.capacity * shape.size;
            const place = (to * shape.heads + head) * result.capacity * shape.size;
            array.set(cache[kind][l]!.subarray(start, start + length * shape.size), place);
          }
        });
        return array;
      });
    result.keys = collect('keys');
    result.values = collect('values');
    return result;
  }

  get rows(): number {
    return this.lengths.length;
  }

  tensor(array: Float32Array): Tensor<'float32'> {
    const { heads, size } = this.shape;
    return { type: 'float32', shape: [this.rows, heads, this.capacity, size], data: array };
  }

  /**
   * Adds the first `counts[r]` positions of row r.
   * @param keys per layer [rows, heads, positions, size] @param values likewise
   */
  append(keys: readonly Tensor[], values: readonly Tensor[], counts: readonly number[]): void {
    const needed = Math.max(...this.lengths.map((length, row) => length + counts[row]!));
    if (needed > this.capacity) {
      const capacity = this.capacity === 0 ? needed : Math.ceil(needed / growth) * growth;
      const every = this.lengths.map((_, row) => row);
      this.keys = this.keys.map((array) => this.rearrange(array, every, capacity));
      this.values = this.values.map((array) => this.rearrange(array, every, capacity));
      this.capacity = capacity;
    }
    for (let l = 0; l < this.shape.layers; l++) {
      this.write(this.keys[l]!, keys[l]!, counts);
      this.write(this.values[l]!, values[l]!, counts);
    }
    this.lengths = this.lengths.map((length, row) => length + counts[row]!);
  }

  /** Keeps the given rows, in this order, and forgets the others. */
  keep(rows: readonly number[]): void {
    this.keys = this.keys.map((array) => this.rearrange(array, rows, this.capacity));
    this.values = this.values.map((array) => this.rearrange(array, rows, this.capacity));
    this.lengths = rows.map((row) => this.lengths[row]!);
  }

  private rearrange(array: Float32Array, rows: readonly number[], capacity: number): Float32Array {
    const { heads, size } = this.shape;
    const result = new Float32Array(rows.length * heads * capacity * size);
    rows.forEach((row, to) => {
      const filled = this.lengths[row]! * size;
      for (let head = 0; head < heads; head++) {
        const start = (row * heads + head) * this.capacity * size;
        result.set(array.subarray(start, start + filled), (to * heads + head) * capacity * size);
      }
    });
    return result;
  }

  private write(array: Float32Array, source: Tensor, counts: readonly number[]): void {
    const { heads, size } = this.shape;
    const positions = source.shape[2]!;
    const data = source.data as Float32Array;
    this.lengths.forEach((length, row) => {
      for (let head = 0; head < heads; head++) {
        const from = (row * heads + head) * positions * size;
        const to = ((row * heads + head) * this.capacity + length) * size;
        array.set(data.subarray(from, from + counts[row]! * size), to);
      }
    });
  }
}
