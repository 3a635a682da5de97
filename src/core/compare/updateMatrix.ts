import type { TensorEntry } from '../checkpoint/checkpoint';
import { sourceAt } from './energy';
import type { TensorPair } from './matchTensors';
import { matrixShape } from './matchTensors';
import { readSpan, type ReadBytes } from './span';
import type { MatrixSource } from './spectrum/matrixSource';
import { UpdateKernel } from './updateKernel';

/** Matrices read from checkpoints row by row, never whole. */
export class UpdateMatrices {
  private readonly kernel = new UpdateKernel(2);

  constructor(private readonly readBytes: ReadBytes) {}

  /** Δ of a pair of at least two dimensions, over the rows that both have. */
  update({ from, to, shape }: TensorPair): MatrixSource {
    return this.source([from, to], shape);
  }

  /** W_from of a pair, over the same rows. */
  weights({ from, shape }: TensorPair): MatrixSource {
    return this.source([from], shape);
  }

  private source(tensors: readonly TensorEntry[], shape: readonly number[]): MatrixSource {
    const { rows, columns } = matrixShape(shape)!;
    return {
      rows,
      columns,
      read: (first, end, into, signal) => {
        signal.throwIfAborted();
        const span = {
          sources: tensors.map((tensor) => sourceAt(tensor, first * columns)),
          entries: (end - first) * columns,
          updates: tensors.length === 2 ? [[0, 1] as const] : [],
          products: [],
        };
        readSpan(span, this.kernel, this.readBytes, into);
        return Promise.resolve();
      },
    };
  }
}
