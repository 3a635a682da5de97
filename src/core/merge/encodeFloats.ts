import type { FloatDtype } from '../compare/floats';

/** Numbers in a file's format, little-endian, each rounded once to the nearest, ties to even. */
export function encodeFloats(dtype: FloatDtype, values: Float64Array): Uint8Array {
  switch (dtype) {
    case 'F64':
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case 'F32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'BF16':
      return new Uint8Array(Uint16Array.from(values, bfloat16Bits).buffer);
    case 'F16':
      return new Uint8Array(Uint16Array.from(values, float16Bits).buffer);
  }
}

const single = new Float32Array(1);
const word = new Uint32Array(single.buffer);

function bfloat16Bits(value: number): number {
  single[0] = value;
  const bits = word[0]!;
  if (Number.isNaN(value)) return 0x7fc0;
  const low = bits & 0xffff;
  const high = bits >>> 16;
  if (low !== 0x8000) return low > 0x8000 ? high + 1 : high;
  // Half way as a float32: which side the number itself lies on decides, and only a true tie goes to even.
  const [size, rounded] = [Math.abs(value), Math.abs(single[0])];
  if (size === rounded) return high + (high & 1);
  return size > rounded ? high + 1 : high;
}

function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  // Exact: a division by a power of two. Of 1024 to 2048 steps per binade; 2048 is the next one's first.
  const steps = toEven(size / 2 ** (exponent - 10));
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
}

function toEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor + (floor & 1);
}
