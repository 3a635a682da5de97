import { addSums, noEnergy, productCarefully, sumCarefully, type EnergySums } from './energySums';
import { decodeFloats, floatFormats, type FloatDtype } from './floats';
import { instantiateKernel } from './instantiateKernel';
import wasm from './kernel/update.as';

/** Entries of a block: all of it stays in a core's own cache. */
export const blockEntries = 65536;

/** The kernel takes multiples of it; what is left over is summed carefully. */
const stride = 32;
const sumBytes = 64;
const rawBytes = 8 * blockEntries;
const slotBytes = rawBytes + 4 * blockEntries;

interface Exports {
  decodeBf16(source: number, target: number, n: number): void;
  decodeF16(source: number, target: number, n: number): number;
  energies(a: number, b: number, n: number, least: number, sums: number): number;
  product(a: number, b: number, c: number, d: number, n: number): number;
}

/**
 * Blocks of the same entries of several checkpoints, and sums over their differences. A block's bytes are read straight
 * into the kernel's memory (`bytes`), then `load`ed.
 */
export class UpdateKernel {
  private readonly memory: ArrayBuffer;
  private readonly kernel: Exports;
  private readonly loaded: { dtype: FloatDtype; n: number; fast: boolean }[] = [];

  /** @param slots checkpoints at a time */
  constructor(slots: number) {
    const { memory, exports } = instantiateKernel<Exports>(wasm, rawAt(slots));
    this.memory = memory;
    this.kernel = exports;
  }

  /** Where the bytes of `n` entries of a slot belong. */
  bytes(slot: number, dtype: FloatDtype, n: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory, rawAt(slot), n * floatFormats[dtype].bytes);
  }

  /** Takes a slot's bytes as `n` entries. */
  load(slot: number, dtype: FloatDtype, n: number): void {
    const padded = Math.ceil(n / stride) * stride;
    this.bytes(slot, dtype, padded).fill(0, n * floatFormats[dtype].bytes);
    let fast = dtype !== 'F64';
    if (dtype === 'BF16') this.kernel.decodeBf16(rawAt(slot), floatsAt(slot), padded);
    if (dtype === 'F16') fast = this.kernel.decodeF16(rawAt(slot), floatsAt(slot), padded) !== 0;
    this.loaded[slot] = { dtype, n, fast };
  }

  /** Sums over the update from one slot to another. */
  energies(from: number, to: number): EnergySums {
    const { dtype, n, fast } = this.loaded[to]!;
    const whole = n - (n % stride);
    const careful = (first: number) =>
      sumCarefully(this.values(from).subarray(first), this.values(to).subarray(first), dtype);
    if (!fast || !this.loaded[from]!.fast || whole === 0) return careful(0);
    const sums = new Float64Array(this.memory, 0, 6).fill(0);
    const { least } = floatFormats[dtype];
    if (!this.kernel.energies(this.entries(from), this.entries(to), whole, least, 0)) return careful(0);
    const [update, ofFrom, ofTo, unit, changed, largest] = sums as unknown as number[];
    const quick = { ...noEnergy, update, from: ofFrom, to: ofTo, unit, changed, largest } as EnergySums;
    return whole === n ? quick : addSums(quick, careful(whole));
  }

  /** Inner product of two updates; entries that are not finite are left out. */
  product([a, b]: readonly [number, number], [c, d]: readonly [number, number]): number {
    const slots = [a, b, c, d] as const;
    if (slots.every((slot) => this.loaded[slot]!.fast)) {
      const [p, q, r, s] = slots.map((slot) => this.entries(slot)) as [number, number, number, number];
      const sum = this.kernel.product(p, q, r, s, this.loaded[a]!.n);
      if (Number.isFinite(sum)) return sum;
    }
    const [p, q, r, s] = slots.map((slot) => this.values(slot)) as [Float64Array, ...Float64Array[]];
    return productCarefully(p, q!, r!, s!);
  }

  /** The update itself, float64 and exact; zero where an entry is not finite. */
  difference(from: number, to: number, into: Float64Array): void {
    const [a, b] = [this.numbers(from), this.numbers(to)];
    for (let i = 0; i < into.length; i++) into[i] = finite(b[i]! - a[i]!);
  }

  /** A slot's weights, float64 and exact; zero where an entry is not finite. */
  weights(slot: number, into: Float64Array): void {
    const own = this.numbers(slot);
    for (let i = 0; i < into.length; i++) into[i] = finite(own[i]!);
  }

  private numbers(slot: number): Float32Array | Float64Array {
    const { n, fast } = this.loaded[slot]!;
    return fast ? new Float32Array(this.memory, this.entries(slot), n) : this.values(slot);
  }

  private entries(slot: number): number {
    return this.loaded[slot]!.dtype === 'F32' ? rawAt(slot) : floatsAt(slot);
  }

  private values(slot: number): Float64Array {
    const { dtype, n } = this.loaded[slot]!;
    return decodeFloats(dtype, this.bytes(slot, dtype, n));
  }
}

function finite(x: number): number {
  return Number.isFinite(x) ? x : 0;
}

function rawAt(slot: number): number {
  return sumBytes + slot * slotBytes;
}

function floatsAt(slot: number): number {
  return rawAt(slot) + rawBytes;
}
