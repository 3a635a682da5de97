import { InputError } from '../../shared/errors';
import type { TensorEntry } from '../checkpoint/checkpoint';
import { countElements } from '../checkpoint/shapes';
import { sourceAt } from '../compare/energy';
import { isFloat } from '../compare/floats';
import { readSpan, type ReadBytes } from '../compare/span';
import { UpdateKernel } from '../compare/updateKernel';

/** Entries that are decoded at a time. */
const piece = 1 << 20;

/** Reads tensors as float32: bfloat16 and float16 exactly. */
export class FloatReader {
  private readonly kernel = new UpdateKernel(1);
  private readonly decoded = new Float64Array(piece);

  constructor(private readonly read: ReadBytes) {}

  /**
   * @param into as many as the tensor has
   * @throws InputError when the tensor is of a type that cannot be trained
   */
  fill(entry: TensorEntry, into: Float32Array, signal?: AbortSignal): void {
    if (!isFloat(entry.dtype) || entry.dtype === 'F64') {
      throw new InputError(`${entry.name} is ${entry.dtype}; only F32, F16 and BF16 can be trained`);
    }
    for (let from = 0; from < into.length; from += piece) {
      signal?.throwIfAborted();
      const entries = Math.min(piece, into.length - from);
      const span = { sources: [sourceAt(entry, from)], entries, updates: [], products: [] };
      readSpan(span, this.kernel, this.read, this.decoded);
      into.set(this.decoded.subarray(0, entries), from);
    }
  }
}

/**
 * Tensors as float32 in memory, by canonical name.
 * @throws InputError when a tensor is of a type that cannot be trained
 */
export function readMasterWeights(
  entries: readonly TensorEntry[],
  read: ReadBytes,
  signal: AbortSignal,
): Map<string, Float32Array> {
  const reader = new FloatReader(read);
  return new Map(
    entries.map((entry) => {
      const values = new Float32Array(countElements(entry.shape));
      reader.fill(entry, values, signal);
      return [entry.canonicalName, values];
    }),
  );
}
