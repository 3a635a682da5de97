/** The float formats that updates are measured in. */
import type { Dtype } from '../checkpoint/safetensorsHeader';

export interface FloatFormat {
  readonly bytes: number;
  /** The smallest normal number: below it, the steps between numbers stay the same. */
  readonly least: number;
  /** Step between neighbours in [1, 2). */
  readonly step: number;
}

export const floatFormats = {
  BF16: { bytes: 2, least: 2 ** -126, step: 2 ** -7 },
  F16: { bytes: 2, least: 2 ** -14, step: 2 ** -10 },
  F32: { bytes: 4, least: 2 ** -126, step: 2 ** -23 },
  F64: { bytes: 8, least: 2 ** -1022, step: 2 ** -52 },
} as const satisfies Partial<Record<Dtype, FloatFormat>>;

export type FloatDtype = keyof typeof floatFormats;

/** Integers are no weights, and eight bits or fewer have scales of their own that a file does not tell. */
export function isFloat(dtype: Dtype): dtype is FloatDtype {
  return Object.hasOwn(floatFormats, dtype);
}

/** Little-endian numbers of any float format as float64, exactly. */
export function decodeFloats(dtype: FloatDtype, bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(bytes.byteLength / floatFormats[dtype].bytes);
  const read = readers[dtype];
  for (let i = 0; i < values.length; i++) values[i] = read(view, i);
  return values;
}

const word = new DataView(new ArrayBuffer(4));

const readers: Readonly<Record<FloatDtype, (view: DataView, i: number) => number>> = {
  F64: (view, i) => view.getFloat64(8 * i, true),
  F32: (view, i) => view.getFloat32(4 * i, true),
  BF16: (view, i) => {
    word.setUint32(0, view.getUint16(2 * i, true) << 16);
    return word.getFloat32(0);
  },
  F16: (view, i) => {
    const bits = view.getUint16(2 * i, true);
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  },
};

/** 2^e for the largest power of two up to |x|; at least `least`. */
export function binade(x: number, least: number): number {
  double.setFloat64(0, x);
  double.setUint32(0, double.getUint32(0) & 0x7ff00000);
  double.setUint32(4, 0);
  return Math.max(double.getFloat64(0), least);
}

const double = new DataView(new ArrayBuffer(8));
