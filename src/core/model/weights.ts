import { InputError } from '../../shared/errors';
import type { Dtype } from '../checkpoint/safetensorsHeader';
import type { ElementType } from '../onnx/elementTypes';
import type { Graph, Value } from '../onnx/graph';

/** Where a tensor's bytes lie and how they are to be read. A checkpoint's entries are such; so are a hybrid's. */
export interface WeightEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Null where they lie in memory, as float32, and are fed with every run. */
  readonly path: string | null;
  readonly offset: number;
  readonly length: number;
}

/** Tensors by canonical name: a checkpoint, or a hybrid that takes each from one of its donors. */
export type WeightSource = ReadonlyMap<string, WeightEntry>;

const elementTypeOf: Partial<Record<Dtype, ElementType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };
const bytesPerElement: Partial<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/** References to the tensors of `source` inside `graph`. */
export class Weights {
  constructor(
    private readonly graph: Graph,
    private readonly source: WeightSource,
  ) {}

  /** The tensor `name`, seen as `shape` (the same number of elements as in the file). */
  get(name: string, shape: readonly number[]): Value {
    const { entry, type } = this.entry(name);
    if (entry.path === null) return this.graph.fedWeight(name, shape, name, 0);
    const { path, offset, length } = entry;
    return this.graph.weight(name, type, shape, { path, offset, length });
  }

  /** Rows `[from, to)` of the matrix `name` with rows of `width` elements. */
  rows(name: string, from: number, to: number, width: number): Value {
    const { entry, type } = this.entry(name);
    const [slice, shape] = [`${name}[${from}:${to}]`, [to - from, width]];
    if (entry.path === null) return this.graph.fedWeight(slice, shape, name, from * width);
    const rowBytes = width * bytesPerElement[entry.dtype]!;
    const location = { path: entry.path, offset: entry.offset + from * rowBytes, length: (to - from) * rowBytes };
    return this.graph.weight(slice, type, shape, location);
  }

  has(name: string): boolean {
    return this.source.has(name);
  }

  private entry(name: string): { entry: WeightEntry; type: ElementType } {
    const entry = this.source.get(name);
    if (!entry) throw new InputError(`the checkpoint has no tensor ${name}`);
    const type = elementTypeOf[entry.dtype];
    if (!type) throw new InputError(`${entry.name} is ${entry.dtype}; only F32, F16 and BF16 can be computed with`);
    return { entry, type };
  }
}
