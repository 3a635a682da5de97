/** What a decoder graph is fed beside keys and values, as tensors in memory; decoder.ts says what each of them is. */
import type { Tensor } from '../ports';
import { blankMask, writeMask, type MaskRow } from './attentionMask';
import type { DecoderTaps } from './decoder';
import type { Positions, RotaryTables } from './positions';

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

/** Room of the keys that a batch sees, and how much of its own past each row has used. */
export interface KeyRoom {
  readonly prefix: number;
  readonly past: number;
  readonly pastLengths: readonly number[];
}

/** What the rows are given, [rows, positions, hiddenSize]; zeros behind those that are shorter. */
export function hiddenRows(inputs: readonly RowInput[], positions: number, hiddenSize: number): Tensor {
  const hidden = new Float32Array(inputs.length * positions * hiddenSize);
  inputs.forEach(({ embedded }, row) => hidden.set(embedded, row * positions * hiddenSize));
  return float32(hidden, [inputs.length, positions, hiddenSize]);
}

/** @param off for each row the layer that is identity for it, or null */
export function tokensOn(
  layers: number,
  rows: number,
  positions: number,
  off: readonly (number | null)[] = [],
): Tensor {
  const on = new Uint8Array(layers * rows * positions).fill(1);
  off.forEach((layer, row) => {
    if (layer !== null) on.fill(0, (layer * rows + row) * positions, (layer * rows + row + 1) * positions);
  });
  return { type: 'bool', shape: [layers, rows * positions, 1], data: on };
}

/** @param before keys of prefix and past, which come before those of the tokens at hand */
export function tapFeeds(
  taps: DecoderTaps,
  inputs: readonly RowInput[],
  positions: number,
  before: number,
): Record<string, Tensor> {
  const rows = inputs.length;
  if (taps === 'inner') {
    const columns = before + positions;
    const imageKeys = new Float32Array(rows * columns);
    inputs.forEach(({ imageTokens }, row) => imageKeys.set(imageTokens ?? [], row * columns + before));
    return { image_keys: float32(imageKeys, [rows, 1, columns, 1]) };
  }
  if (taps === 'received') {
    const weights = new Float32Array(rows * positions);
    inputs.forEach(({ queryWeights }, row) => weights.set(queryWeights ?? [], row * positions));
    return { query_weights: float32(weights, [rows, 1, 1, positions]) };
  }
  return {};
}

/**
 * Cosine and sine of the angles of tokens `[from, from + counts[row])` of every row.
 * @returns [rows, positions, headSize/2] each
 */
export function angleTensors(
  rows: readonly Positions[],
  rotary: RotaryTables,
  from: number,
  counts: readonly number[],
): { cos: Tensor; sin: Tensor } {
  const positions = Math.max(...counts);
  const { half } = rotary;
  const cos = new Float32Array(rows.length * positions * half);
  const sin = new Float32Array(cos.length);
  rows.forEach((tokens, row) => {
    for (let i = 0; i < counts[row]!; i++) rotary.write(tokens, from + i, cos, sin, (row * positions + i) * half);
  });
  const shape = [rows.length, positions, half];
  return { cos: float32(cos, shape), sin: float32(sin, shape) };
}

/**
 * The mask table over the keys of prefix, past and `counts` tokens at hand.
 * @param table its rows, of which number i is what row `i % counts.length` of the batch sees
 * @param from the first of the tokens at hand whose line is wanted
 * @returns [table, 1, positions - from, prefix + past + positions]
 */
export function maskTensor(
  table: readonly MaskRow[],
  counts: readonly number[],
  { prefix, past, pastLengths }: KeyRoom,
  from = 0,
): Tensor {
  const positions = Math.max(...counts);
  const columns = prefix + past + positions;
  const lines = positions - from;
  const mask = blankMask(table.length * lines * columns);
  table.forEach((maskRow, i) => {
    const row = i % counts.length;
    const at = i * lines * columns;
    writeMask(mask, at, maskRow, counts[row]!, pastLengths[row]!, { prefix, past, positions }, from);
  });
  return float32(mask, [table.length, 1, lines, columns]);
}

/** The room that the keys and values of `further` tokens are written to, and where each of them goes. */
export function furtherRoom(rows: number, further: number, heads: number, size: number): Record<string, Tensor> {
  const others = Uint8Array.from({ length: further * further }, (_, i) => Number(i % (further + 1) !== 0));
  return {
    further: { type: 'int64', shape: [], data: BigInt64Array.of(BigInt(further)) },
    further_room: float32(new Float32Array(rows * heads * further * size), [rows, heads, further, size]),
    further_others: { type: 'bool', shape: [further, 1, 1, further, 1], data: others },
  };
}

function float32(data: Float32Array, shape: readonly number[]): Tensor<'float32'> {
  return { type: 'float32', shape, data };
}

export function bool(value: boolean): Tensor<'bool'> {
  return { type: 'bool', shape: [], data: Uint8Array.of(Number(value)) };
}

export function int32(numbers: readonly number[], shape: readonly number[]): Tensor<'int32'> {
  return { type: 'int32', shape, data: Int32Array.from(numbers) };
}

export function int64(numbers: readonly number[]): Tensor<'int64'> {
  return { type: 'int64', shape: [numbers.length], data: BigInt64Array.from(numbers, BigInt) };
}
