/** Operators that write into places, for gradients; on the CPU. */
import type { Value } from './graph';
import type { Dimension } from './graphParts';
import { gather, reshape, transpose } from './operators';

/** Zeros where `x` has numbers. @param order of the axes */
export function zerosLike(x: Value, order = x.shape.map((_, i) => i)): Value {
  const { graph } = x;
  const rank = order.length;
  const [sizes] = graph.node('Shape', [x], [{ type: 'int64', shape: [rank] }]);
  const ordered = gather(sizes!, graph.constant('int64', [rank], order), 0);
  return float32(
    x,
    'ConstantOfShape',
    [ordered],
    order.map((axis) => x.shape[axis]!),
  );
}

/** Zeros like `x` with `rows` put where `indices` [rows] say along `axis`; no two may be at the same place. */
export function scatterRows(x: Value, indices: Value, rows: Value, axis: number): Value {
  const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const order = [axis, ...others];
  const zeros = zerosLike(x, order);
  const places = reshape(indices, [...indices.shape, 1]);
  const scattered = float32(x, 'ScatterND', [zeros, places, transpose(rows, order)], zeros.shape);
  return transpose(
    scattered,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** `x` [lines, width] with `values` [lines, 1] added to the elements at `indices` int64 [lines, 1]. */
export function addAt(x: Value, indices: Value, values: Value): Value {
  const attributes = { axis: { int: 1 }, reduction: { text: 'add' } };
  return x.graph.node('ScatterElements', [x, indices, values], [{ type: x.type, shape: x.shape }], attributes)[0]!;
}

function float32(of: Value, operator: string, inputs: readonly Value[], shape: readonly Dimension[]): Value {
  return of.graph.node(operator, inputs, [{ type: 'float32', shape }])[0]!;
}
