/**
 * The first stage of the symmetric eigensolver: dense to band by blocked Householder reflections (Bischof, Lang and Sun
 * 2000, "A framework for symmetric band reduction"), nearly all of it products that the runtime computes.
 */
import { Graph } from '../../onnx/graph';
import { encodeGraph } from '../../onnx/encode';
import { gemm, matmul, transpose } from '../../onnx/operators';
import type { Session } from '../../ports';
import { BandMatrix } from './bandMatrix';
import { matrix, rowsOf, transposeInto, type Matrix } from './matrix';
import { Panel } from './panel';
import { toTensor, type Products } from './products';

/** Subdiagonals that are left: wide enough for the products, narrow enough for the second stage. */
const bandwidth = 32;
/** Panels whose updates wait to be applied to the rest of the matrix as one product of inner dimension 2·32·8. */
const panelsPerGroup = 8;
/** Rows of the rest that are updated at a time: what they are added to stays in a core's cache. */
const updateRows = 256;

export class BandReduction {
  private session?: Promise<Session>;

  constructor(private readonly products: Products) {}

  /**
   * A symmetric matrix as a similar band matrix, about 2n³ operations.
   * @param a [n, n], n a multiple of 32 (`paddedSize`); overwritten
   * @param n the size without padding
   */
  async reduce(a: Matrix, n: number, signal: AbortSignal): Promise<BandMatrix> {
    const band = new BandMatrix(n, bandwidth);
    const panel = new Panel(bandwidth, a.rows);
    for (let done = 0, m = a.rows; m > 0;) {
      const panels = Math.min(panelsPerGroup, m / bandwidth);
      const rest = matrix(m, m, a.data.subarray(0, m * m));
      const waiting = matrix(m, 2 * bandwidth * panels);
      const mirrored = matrix(m, 2 * bandwidth * panels);
      for (let i = 0; i < panels; i++) {
        await this.reducePanel({ rest, waiting, mirrored, panel, band, done, index: i }, signal);
      }
      const taken = bandwidth * panels;
      await this.update(rest, waiting, mirrored, taken, signal);
      done += taken;
      m -= taken;
    }
    return band;
  }

  /** Factorises one panel and adds its two halves to the updates that wait: rest + waiting·mirroredᵀ is the matrix. */
  private async reducePanel(state: PanelState, signal: AbortSignal): Promise<void> {
    const { rest, waiting, mirrored, panel, band, done, index } = state;
    const m = rest.rows;
    const top = index * bandwidth;
    const below = top + bandwidth;
    const columns = panel.columns(m);
    columns.data.set(rest.data.subarray(top * m, below * m));
    if (index > 0) await this.products.add('abᵀ', columns, rowsOf(waiting, top, below), mirrored, signal);
    for (let j = 0; j < bandwidth; j++) {
      for (let i = j; i < bandwidth; i++)
        setWithin(band, done + top + i, done + top + j, columns.data[j * m + top + i]!);
    }
    if (below === m) return;
    const { r, t } = panel.factor(m, below);
    for (let j = 0; j < bandwidth; j++) {
      for (let i = 0; i <= j; i++) setWithin(band, done + below + i, done + top + j, r.data[j * bandwidth + i]!);
    }
    const update = await this.twoSided(rest, waiting, mirrored, columns, t, signal);
    const at = 2 * bandwidth * index;
    transposeInto(columns, waiting, at);
    transposeInto(columns, mirrored, at + bandwidth);
    for (let i = 0; i < m; i++) {
      const row = update.subarray(i * bandwidth, (i + 1) * bandwidth);
      waiting.data.set(row, i * waiting.columns + at + bandwidth);
      mirrored.data.set(row, i * mirrored.columns + at);
    }
  }

  private async twoSided(rest: Matrix, waiting: Matrix, mirrored: Matrix, v: Matrix, t: Matrix, signal: AbortSignal) {
    signal.throwIfAborted();
    this.session ??= this.products.runtime.createSession(twoSidedGraph());
    const session = await this.session;
    const feeds = { a: rest, waiting, mirrored, v, t };
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toTensor(value)]));
    const { w } = await session.run(tensors, ['w']);
    return w!.data as Float64Array;
  }

  /** Moves the rest without its first `taken` rows and columns to the front, and applies the updates to it. */
  private async update(rest: Matrix, waiting: Matrix, mirrored: Matrix, taken: number, signal: AbortSignal) {
    const m = rest.rows - taken;
    for (let i = 0; i < m; i++) {
      const from = (i + taken) * rest.columns + taken;
      rest.data.copyWithin(i * m, from, from + m);
    }
    const smaller = matrix(m, m, rest.data.subarray(0, m * m));
    const left = rowsOf(waiting, taken, rest.rows);
    const right = rowsOf(mirrored, taken, rest.rows);
    for (let from = 0; from < m; from += updateRows) {
      const to = Math.min(m, from + updateRows);
      await this.products.add('abᵀ', rowsOf(smaller, from, to), rowsOf(left, from, to), right, signal);
    }
  }
}

interface PanelState {
  readonly rest: Matrix;
  readonly waiting: Matrix;
  readonly mirrored: Matrix;
  readonly panel: Panel;
  readonly band: BandMatrix;
  readonly done: number;
  readonly index: number;
}

export function paddedSize(n: number): number {
  return Math.ceil(n / bandwidth) * bandwidth;
}

/** What padding adds is zero and stays apart: it is left out. */
function setWithin(band: BandMatrix, i: number, j: number, value: number): void {
  if (i < band.n) band.set(i, j, value);
}

/**
 * For QᵀAQ with Q = I − V·T·Vᵀ: the W of A + V·Wᵀ + W·Vᵀ, W = ½V·S − Y with Y = A·V·T and S = TᵀVᵀY. A is the rest
 * with the updates that wait; v is Vᵀ [32, m], t is −T, w is W [m, 32].
 */
function twoSidedGraph() {
  const graph = new Graph('two-sided reflections');
  const a = graph.input('a', 'float64', ['m', 'm']);
  const waiting = graph.input('waiting', 'float64', ['m', 'k']);
  const mirrored = graph.input('mirrored', 'float64', ['m', 'k']);
  const v = graph.input('v', 'float64', [bandwidth, 'm']);
  const t = graph.input('t', 'float64', [bandwidth, bandwidth]);
  const waitingV = matmul(mirrored, transpose(matmul(v, waiting), [1, 0]));
  const minusY = matmul(gemm(a, v, waitingV, { transB: true }), t);
  const s = matmul(transpose(t, [1, 0]), matmul(v, minusY));
  graph.output('w', gemm(v, s, minusY, { transA: true, alpha: 0.5 }));
  return encodeGraph(graph);
}
