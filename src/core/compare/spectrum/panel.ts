import { instantiateKernel } from '../instantiateKernel';
import wasm from './kernel/band.as';
import { matrix, type Matrix } from './matrix';

interface Exports {
  factorPanel(panel: number, count: number, m: number, first: number, r: number, t: number): void;
}

/** A panel of `count` columns, transposed, in the memory of a kernel that factorises it. */
export class Panel {
  private readonly entries: Float64Array;
  private readonly kernel: Exports;
  private readonly triangle: number;

  /** @param longest column, at most */
  constructor(
    private readonly count: number,
    longest: number,
  ) {
    this.triangle = count * count;
    const { memory, exports } = instantiateKernel<Exports>(wasm, 8 * (2 * this.triangle + count * longest));
    this.entries = new Float64Array(memory);
    this.kernel = exports;
  }

  /** The panel itself [count, m], a view. */
  columns(m: number): Matrix {
    return matrix(this.count, m, this.entries.subarray(2 * this.triangle, 2 * this.triangle + this.count * m));
  }

  /**
   * QR of the columns from `first` on, in place: they become the vectors of the reflections I − V·T·Vᵀ.
   * @returns R, transposed, and −T, views [count, count]
   */
  factor(m: number, first: number): { r: Matrix; t: Matrix } {
    const { count, triangle } = this;
    this.kernel.factorPanel(16 * triangle, count, m, first, 0, 8 * triangle);
    const r = matrix(count, count, this.entries.subarray(0, triangle));
    return { r, t: matrix(count, count, this.entries.subarray(triangle, 2 * triangle)) };
  }
}
