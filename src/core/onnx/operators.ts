/**
 * The operators that models are written in. Each checks element types and shapes while the graph is built and returns
 * typed values. Which operators of ONNX they become depends on what the graph is built for (target.ts); all have
 * kernels there. Sine and cosine are computed on the host.
 */
import { elementTypes, type ElementType } from './elementTypes';
import type { Graph, Value } from './graph';
import type { Attribute, Dimension } from './graphParts';

type Shape = readonly Dimension[];

export function add(a: Value, b: Value): Value {
  return elementwise('Add', a, b);
}

export function multiply(a: Value, b: Value): Value {
  return elementwise('Mul', a, b);
}

export function subtract(a: Value, b: Value): Value {
  return elementwise('Sub', a, b);
}

export function negate(x: Value): Value {
  return unary('Neg', x);
}

export function exponential(x: Value): Value {
  return unary('Exp', x);
}

export function errorFunction(x: Value): Value {
  return unary('Erf', x);
}

/** x^-½ */
export function reciprocalRoot(x: Value): Value {
  return unary('Reciprocal', unary('Sqrt', x));
}

/** x · sigmoid(x). */
export function silu(x: Value): Value {
  return multiply(x, unary('Sigmoid', x));
}

/** Gaussian error linear unit, by the error function. */
export function gelu(x: Value): Value {
  return unary('Gelu', x, { approximate: { text: 'none' } });
}

/** Along the last axis. */
export function softmax(x: Value): Value {
  return unary('Softmax', x, { axis: { int: -1 } });
}

/** `a` where the condition holds, else `b`. @param condition broadcast to the others */
export function where(condition: Value, a: Value, b: Value): Value {
  if (condition.type !== 'bool' || a.type !== b.type) throw mismatch('where', a, b);
  return first(a, 'Where', [condition, a, b], a.type, a.shape);
}

export function cast(x: Value, type: ElementType): Value {
  return x.type === type ? x : first(x, 'Cast', [x], type, x.shape, { to: { int: elementTypes[type].code } });
}

/**
 * x·Wᵀ + b, W as checkpoints store it.
 * @param x [rows, in] float32
 * @param weight [out, in], any float type: cast next to its use to what the target computes products in
 * @param bias [out]
 * @returns [rows, out] float32
 */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  const [rows, width] = pair(x, 'linear');
  const [out, inner] = pair(weight, 'linear');
  if (width !== inner) throw mismatch('linear', x, weight);
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out)) throw mismatch('linear', weight, bias);
  const type = productType(weight);
  const inputs = [x, weight, ...(bias ? [bias] : [])].map((input) => cast(input, type));
  return cast(first(x, 'Gemm', inputs, type, [rows, out], { transB: { int: 1 } }), 'float32');
}

/** What a product with `weight` is computed in: float32 weights lose nothing, whatever the target. */
function productType({ type, graph: { target } }: Value): ElementType {
  if (type === 'float32' || target.products === 'float32') return 'float32';
  return target.products === 'own' ? type : target.products;
}

/**
 * alpha·op(a)·op(b) + c, op the transposition where it is asked for.
 * @param c [rows, columns], nothing where it is left out; on the CPU the output may be written into c's own memory
 */
export function gemm(
  a: Value,
  b: Value,
  c: Value | undefined,
  { transA = false, transB = false, alpha = 1 }: { transA?: boolean; transB?: boolean; alpha?: number } = {},
): Value {
  sameType('gemm', a, b);
  if (c) sameType('gemm', a, c);
  const [rows, innerA] = transA ? [...pair(a, 'gemm')].reverse() : pair(a, 'gemm');
  const [innerB, columns] = transB ? [...pair(b, 'gemm')].reverse() : pair(b, 'gemm');
  if (innerA !== innerB) throw mismatch('gemm', a, b);
  if (c && (c.shape[0] !== rows || c.shape[1] !== columns)) throw mismatch('gemm', a, c);
  const attributes = { transA: { int: Number(transA) }, transB: { int: Number(transB) }, alpha: { float: alpha } };
  return first(a, 'Gemm', c ? [a, b, c] : [a, b], a.type, [rows!, columns!], attributes);
}

/** Batched product over the last two axes; the leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  sameType('matmul', a, b);
  const [rows, inner] = a.shape.slice(-2) as [Dimension, Dimension];
  const [innerB, columns] = b.shape.slice(-2) as [Dimension, Dimension];
  if (inner !== innerB) throw mismatch('matmul', a, b);
  const lead = broadcast('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2), a, b);
  return first(a, 'MatMul', [a, b], a.type, [...lead, rows, columns]);
}

/**
 * Root mean square normalisation along the last axis: w · x / √(mean x² + ε).
 * @param weight [width], any float type
 */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  if (weight.shape.length !== 1 || weight.shape[0] !== x.shape.at(-1)) throw mismatch('rmsNorm', x, weight);
  const inputs = [x, cast(weight, 'float32')];
  // The latter is ONNX Runtime's own, of the same meaning, in every opset.
  const operator = x.graph.target.device === 'cpu' ? 'RMSNormalization' : 'SimplifiedLayerNormalization';
  return first(x, operator, inputs, x.type, x.shape, { axis: { int: -1 }, epsilon: { float: epsilon } });
}

/**
 * Rotary position embedding, the two halves of each head rotated against each other.
 * @param x [batch, heads, positions, size]
 * @param cos [batch, positions, size/2] @param sin likewise
 */
export function rotary(x: Value, cos: Value, sin: Value): Value {
  const [batch, , positions, size] = x.shape;
  for (const table of [cos, sin]) {
    const [b, p, half] = table.shape;
    if (table.shape.length !== 3 || b !== batch || p !== positions || Number(half) * 2 !== size) {
      throw mismatch('rotary', x, table);
    }
  }
  const { graph } = x;
  if (graph.target.device === 'cpu') return first(x, 'RotaryEmbedding', [x, cos, sin], x.type, x.shape);
  // ONNX Runtime's own operator looks the angles up by position: the tables' rows, one after another.
  const rows = [cos, sin].map((table) => reshape(table, [`${batch}*${positions}`, table.shape[2]!]));
  const inputs = [x, graph.places([batch!, positions!]), ...rows];
  return graph.node('RotaryEmbedding', inputs, [{ type: x.type, shape: x.shape }], {}, 'com.microsoft')[0]!;
}

/**
 * The same elements in another shape. A named dimension keeps its place, or is that of an input of the graph, or is
 * the only one left open. Equality of the element count is checked where it is known.
 */
export function reshape(x: Value, shape: Shape): Value {
  const count = (dimensions: Shape) => dimensions.reduce<number>((n, d) => (typeof d === 'number' ? n * d : NaN), 1);
  const [before, after] = [count(x.shape), count(shape)];
  if (before !== after && !Number.isNaN(before) && !Number.isNaN(after)) {
    throw new Error(`reshape ${describe(x)} to [${shape.join(', ')}]: element counts differ`);
  }
  return first(x, 'Reshape', [x, x.graph.sizes(shape, x.shape)], x.type, shape);
}

/** A float32 tensor of zeros. Named dimensions are those of inputs of the graph. */
export function zeros(graph: Graph, shape: Shape): Value {
  const sizes = graph.sizes(shape);
  if (graph.target.device === 'cpu') return graph.node('ConstantOfShape', [sizes], [{ type: 'float32', shape }])[0]!;
  return graph.node('Expand', [graph.constant('float32', [], [0]), sizes], [{ type: 'float32', shape }])[0]!;
}

export function transpose(x: Value, order: readonly number[]): Value {
  if (order.length !== x.shape.length) throw new Error(`transpose ${describe(x)} by [${order.join(', ')}]`);
  const shape = order.map((axis) => x.shape[axis]!);
  return first(x, 'Transpose', [x], x.type, shape, { perm: { ints: order } });
}

/** Joins along `axis`; a joined dimension is named by its summands where they are names. */
export function concat(values: readonly Value[], axis: number): Value {
  const [head, ...rest] = values as [Value, ...Value[]];
  for (const value of rest) {
    sameType('concat', head, value);
    const fits =
      value.shape.length === head.shape.length && value.shape.every((d, i) => i === axis || d === head.shape[i]);
    if (!fits) throw mismatch('concat', head, value);
  }
  const joined = values.map((value) => value.shape[axis]!);
  const numbers = joined.filter((d): d is number => typeof d === 'number');
  const sum = numbers.length === joined.length ? numbers.reduce((a, b) => a + b, 0) : joined.join('+');
  const shape = head.shape.map((d, i) => (i === axis ? sum : d));
  return first(head, 'Concat', values, head.type, shape, { axis: { int: axis } });
}

/** Cuts `axis` into pieces of the given sizes. */
export function split(x: Value, axis: number, sizes: readonly number[]): Value[] {
  const total = sizes.reduce((a, b) => a + b, 0);
  if (x.shape[axis] !== total) throw new Error(`split ${describe(x)} at axis ${axis} into ${sizes.join('+')}`);
  const outputs = sizes.map((size) => ({ type: x.type, shape: x.shape.map((d, i) => (i === axis ? size : d)) }));
  return x.graph.node('Split', [x, x.graph.constant('int64', [sizes.length], sizes)], outputs, { axis: { int: axis } });
}

/** Rows of `x` along `axis` at `indices` (whole numbers, any shape); the indices' shape takes the axis' place. */
export function gather(x: Value, indices: Value, axis: number): Value {
  if (indices.type !== 'int64' && indices.type !== 'int32') {
    throw new Error(`gather: indices are ${describe(indices)}, not int64 or int32`);
  }
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return first(x, 'Gather', [x, indices], x.type, shape, { axis: { int: axis } });
}

/** The element of every line of `x` [lines, width] at `indices` int64 [lines, 1]. */
export function pick(x: Value, indices: Value): Value {
  return first(x, 'GatherElements', [x, indices], x.type, indices.shape, { axis: { int: 1 } });
}

/** Mean over one axis, which goes, or stays with the size 1. */
export function mean(x: Value, axis: number, keep = false): Value {
  return reduce('ReduceMean', x, axis, keep);
}

/** Sum over one axis, which goes, or stays with the size 1. */
export function sum(x: Value, axis: number, keep = false): Value {
  return reduce('ReduceSum', x, axis, keep);
}

/** log Σ exp over one axis, which stays with the size 1. */
export function logSumExp(x: Value, axis: number): Value {
  return reduce('ReduceLogSumExp', x, axis, true);
}

/** The k largest along the last axis, best first, and where they are (int64); of equals the lower index is first. */
export function topK(x: Value, k: number): { values: Value; indices: Value } {
  const shape = [...x.shape.slice(0, -1), k];
  const count = x.graph.constant('int64', [1], [k]);
  const outputs = [
    { type: x.type, shape },
    { type: 'int64' as const, shape },
  ];
  const [values, indices] = x.graph.node('TopK', [x, count], outputs, { axis: { int: -1 } });
  return { values: values!, indices: indices! };
}

function reduce(operator: string, x: Value, axis: number, keep: boolean): Value {
  const shape = keep ? x.shape.with(axis, 1) : x.shape.filter((_, i) => i !== axis);
  const axes = x.graph.constant('int64', [1], [axis]);
  return first(x, operator, [x, axes], x.type, shape, { keepdims: { int: Number(keep) } });
}

function unary(operator: string, x: Value, attributes: Record<string, Attribute> = {}): Value {
  return first(x, operator, [x], x.type, x.shape, attributes);
}

function elementwise(operator: string, a: Value, b: Value): Value {
  sameType(operator, a, b);
  return first(a, operator, [a, b], a.type, broadcast(operator, a.shape, b.shape, a, b));
}

function first(
  of: Value,
  operator: string,
  inputs: readonly Value[],
  type: ElementType,
  shape: Shape,
  attributes: Record<string, Attribute> = {},
): Value {
  return of.graph.node(operator, inputs, [{ type, shape }], attributes)[0]!;
}

/** NumPy's rule: aligned at the right, equal or 1. A named dimension equals only its own name. */
function broadcast(operator: string, a: Shape, b: Shape, left: Value, right: Value): Dimension[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw mismatch(operator, left, right);
  });
}

function pair(value: Value, operator: string): readonly [Dimension, Dimension] {
  if (value.shape.length !== 2) throw new Error(`${operator}: ${describe(value)} is not a matrix`);
  return value.shape as unknown as readonly [Dimension, Dimension];
}

function sameType(operator: string, a: Value, b: Value): void {
  if (a.type !== b.type) throw mismatch(operator, a, b);
}

function mismatch(operator: string, a: Value, b: Value): Error {
  return new Error(`${operator}: ${describe(a)} and ${describe(b)} do not fit`);
}

function describe(value: Value): string {
  return `${value.name} ${value.type}[${value.shape.join(', ')}]`;
}
