/**
 * The largest of many numbers without sorting them. The bits of a float64 that is not negative order as its value does:
 * counting one 16-bit digit after the other, from the top, finds the n-th largest in four passes and 256 kB.
 */
import { addPosition, noPositions } from './positions';

const digits = 4;
const buckets = 1 << 16;

/**
 * The positions of the `count` largest of numbers that are not negative; of equal ones the first.
 * @param count 0 to all of them
 */
export function keepLargest(magnitudes: Float64Array, count: number): Uint8Array {
  const kept = noPositions(magnitudes.length);
  if (count <= 0) return kept;
  const { value, equal } = select(magnitudes, count);
  let left = equal;
  for (let i = 0; i < magnitudes.length; i++) {
    const magnitude = magnitudes[i]!;
    if (magnitude > value || (magnitude === value && left-- > 0)) addPosition(kept, i);
  }
  return kept;
}

/** The number at `index` if numbers that are not negative were sorted upwards. */
export function smallest(magnitudes: Float64Array, index: number): number {
  return select(magnitudes, magnitudes.length - index).value;
}

/** The `rank`-th largest, from 1, and how many of its equals are among the `rank` largest. */
function select(magnitudes: Float64Array, rank: number): { value: number; equal: number } {
  const words = new Uint32Array(magnitudes.buffer, magnitudes.byteOffset, 2 * magnitudes.length);
  const counts = new Uint32Array(buckets);
  const found = new Uint32Array(2); // low word, high word: little-endian, as every processor that Node runs on
  let left = rank;
  for (let digit = 0; digit < digits; digit++) {
    counts.fill(0);
    count(words, counts, digit, found[1]!, found[0]!);
    let bucket = buckets - 1;
    while (counts[bucket]! < left) left -= counts[bucket--]!;
    found[digit < 2 ? 1 : 0]! |= bucket << (digit % 2 === 0 ? 16 : 0);
  }
  return { value: new Float64Array(found.buffer)[0]!, equal: left };
}

/** Counts a digit's values among the numbers that agree with what is found of the digits above it. */
function count(words: Uint32Array, counts: Uint32Array, digit: number, high: number, low: number): void {
  const { length } = words;
  if (digit === 0) for (let i = 1; i < length; i += 2) counts[words[i]! >>> 16]!++;
  else if (digit === 1) {
    for (let i = 1; i < length; i += 2) {
      const word = words[i]!;
      if (word >>> 16 === high >>> 16) counts[word & 0xffff]!++;
    }
  } else {
    for (let i = 1; i < length; i += 2) {
      if (words[i]! !== high) continue;
      const word = words[i - 1]!;
      if (digit === 2) counts[word >>> 16]!++;
      else if (word >>> 16 === low >>> 16) counts[word & 0xffff]!++;
    }
  }
}
