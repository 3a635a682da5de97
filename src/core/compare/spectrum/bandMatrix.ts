import { setImmediate } from 'node:timers/promises';
import { instantiateKernel } from '../instantiateKernel';
import wasm from './kernel/band.as';

interface Exports {
  chase(a: number, n: number, b: number, stride: number, work: number, from: number, to: number): void;
}

/** Floating-point operations between two looks at the signal. */
const slice = 3e8;

/**
 * A symmetric band matrix, float64, in the memory of a kernel that makes it tridiagonal. A dense matrix is one whose
 * bandwidth is n − 1.
 */
export class BandMatrix {
  private readonly entries: Float64Array;
  private readonly kernel: Exports;
  private readonly stride: number;
  private readonly start: number;
  private readonly workAt: number;

  /** @param bandwidth subdiagonals; a multiple of 4, or n − 1 */
  constructor(
    readonly n: number,
    readonly bandwidth: number,
  ) {
    // 2b subdiagonals hold the bulges; two entries more keep the rows out of each other's way in a core's cache.
    this.stride = Math.min(2 * bandwidth, n) + 2 + (n % 2);
    this.start = this.stride;
    const room = this.start + (n + 3) * (this.stride + 1) + 4;
    const { memory, exports } = instantiateKernel<Exports>(wasm, 8 * (room + 4 * (bandwidth + 4)));
    this.workAt = room;
    this.entries = new Float64Array(memory);
    this.kernel = exports;
  }

  /** Sets the entry of row i and column j, j ≤ i ≤ j + bandwidth. */
  set(i: number, j: number, value: number): void {
    this.entries[this.start + i * this.stride + j] = value;
  }

  /** Orthogonal similarity to a tridiagonal matrix, 6·n²·bandwidth operations; the band is lost. */
  async tridiagonalise(signal: AbortSignal): Promise<{ diagonal: Float64Array; offDiagonal: Float64Array }> {
    const { n, bandwidth, stride, start } = this;
    const columns = Math.max(1, Math.floor(slice / (12 * bandwidth * n)));
    for (let from = 0; from < n - 2; from += columns) {
      signal.throwIfAborted();
      this.kernel.chase(8 * start, n, bandwidth, stride, 8 * this.workAt, from, Math.min(from + columns, n - 2));
      await setImmediate();
    }
    const at = (i: number, j: number) => this.entries[start + i * stride + j]!;
    return {
      diagonal: Float64Array.from({ length: n }, (_, i) => at(i, i)),
      offDiagonal: Float64Array.from({ length: Math.max(0, n - 1) }, (_, i) => at(i + 1, i)),
    };
  }
}
