import { InputError } from '../../shared/errors';
import type { TensorEntry } from '../checkpoint/checkpoint';
import { countElements } from '../checkpoint/shapes';
import { sourceAt } from '../compare/energy';
import { isFloat } from '../compare/floats';
import { readSpan, type ReadBytes } from '../compare/span';
import { UpdateKernel } from '../compare/updateKernel';

/** Entries that are decoded at a time. */
const piece = 1 << 20;

/**
 * Tensors as float32 in memory, by canonical name: bfloat16 and float16 exactly.
 * @throws InputError when a tensor is of a type that cannot be trained
 */
export function readMasterWeights(
  entries: readonly TensorEntry[],
  read: ReadBytes,
  signal: AbortSignal,
): Map<string, Float32Array> {
  const kernel = new UpdateKernel(1);
  const decoded = new Float64Array(piece);
  const values = new Map<string, Float32Array>();
  for (const entry of entries) {
    if (!isFloat(entry.dtype) || entry.dtype === 'F64') {
      throw new InputError(`${entry.name} is ${entry.dtype}; only F32, F16 and BF16 can be trained`);
    }
    const count = countElements(entry.shape);
    const own = new Float32Array(count);
    for (let from = 0; from < count; from += piece) {
      signal.throwIfAborted();
      const entries = Math.min(piece, count - from);
      readSpan({ sources: [sourceAt(entry, from)], entries, updates: [], products: [] }, kernel, read, decoded);
      own.set(decoded.subarray(0, entries), from);
    }
    values.set(entry.canonicalName, own);
  }
  return values;
}
