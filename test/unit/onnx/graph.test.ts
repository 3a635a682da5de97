import assert from 'node:assert/strict';
import { Graph, type Value } from '../../../src/core/onnx/graph';
import {
  add,
  cast,
  concat,
  gather,
  linear,
  matmul,
  mean,
  multiply,
  reshape,
  rmsNorm,
  rotary,
  silu,
  softmax,
  split,
  topK,
  transpose,
  zeros,
} from '../../../src/core/onnx/operators';

function inputs<N extends string>(
  shapes: Record<N, readonly (number | string)[]>,
): Record<N, Value> & { graph: Graph } {
  const graph = new Graph('test');
  const entries = Object.entries(shapes) as [N, readonly (number | string)[]][];
  const values = Object.fromEntries(entries.map(([name, shape]) => [name, graph.input(name, 'float32', shape)]));
  return { graph, ...(values as Record<N, Value>) };
}

const shown = ({ type, shape }: Value) => `${type}[${shape.join(', ')}]`;

describe('operators: the type and shape that comes out', () => {
  const graph = new Graph('test');
  const weight = (name: string, shape: readonly number[]) => {
    const length = shape.reduce((a, b) => a * b, 2);
    return graph.weight(name, 'bfloat16', shape, { path: '/w', offset: 0, length });
  };
  const x = graph.input('x', 'float32', ['rows', 6]);
  const heads = graph.input('heads', 'float32', ['batch', 2, 'tokens', 4]);
  const table = graph.input('table', 'float32', ['batch', 'tokens', 2]);
  const ids = graph.input('ids', 'int64', ['batch', 'tokens']);
  const cases: [string, Value, string][] = [
    ['linear', linear(x, weight('w', [8, 6]), weight('b', [8])), 'float32[rows, 8]'],
    ['rmsNorm', rmsNorm(x, weight('n', [6]), 1e-6), 'float32[rows, 6]'],
    ['silu', silu(x), 'float32[rows, 6]'],
    ['softmax', softmax(heads), 'float32[batch, 2, tokens, 4]'],
    ['add, broadcast', add(x, graph.constant('float32', [1], [1])), 'float32[rows, 6]'],
    ['multiply, broadcast', multiply(graph.constant('float32', [6], [1, 2, 3, 4, 5, 6]), x), 'float32[rows, 6]'],
    ['matmul', matmul(heads, transpose(heads, [0, 1, 3, 2])), 'float32[batch, 2, tokens, tokens]'],
    ['rotary', rotary(heads, table, table), 'float32[batch, 2, tokens, 4]'],
    ['gather', gather(weight('e', [9, 6]), ids, 0), 'bfloat16[batch, tokens, 6]'],
    ['concat of names', concat([x, graph.input('y', 'float32', ['more', 6])], 0), 'float32[rows+more, 6]'],
    ['concat of numbers', concat([x, x], 1), 'float32[rows, 12]'],
    ['reshape', reshape(x, ['rows', 2, 3]), 'float32[rows, 2, 3]'],
    ['mean', mean(heads, 1), 'float32[batch, tokens, 4]'],
    ['cast', cast(x, 'float16'), 'float16[rows, 6]'],
    ['zeros', zeros(graph, ['rows', 3]), 'float32[rows, 3]'],
  ];
  for (const [name, value, expected] of cases) it(name, () => assert.equal(shown(value), expected));

  it('split and topK have several', () => {
    assert.deepEqual(split(x, 1, [2, 4]).map(shown), ['float32[rows, 2]', 'float32[rows, 4]']);
    const { values, indices } = topK(x, 2);
    assert.deepEqual([shown(values), shown(indices)], ['float32[rows, 2]', 'int64[rows, 2]']);
  });

  it('a cast to the own type is the value itself', () => assert.equal(cast(x, 'float32'), x));
});

describe('operators: a mistake is an error while the graph is built', () => {
  const cases: [string, () => unknown, string][] = [
    ['widths', () => linear(a, b), 'linear: a float32[2, 3] and b float32[4, 5] do not fit'],
    ['no matrix', () => linear(v, b), 'linear: v float32[3] is not a matrix'],
    ['a bias of another width', () => linear(a, w, v), 'linear: w float32[7, 3] and v float32[3] do not fit'],
    ['inner sizes', () => matmul(a, b), 'matmul: a float32[2, 3] and b float32[4, 5] do not fit'],
    ['named sizes', () => add(named, other), 'Add: named float32[rows] and other float32[columns] do not fit'],
    ['element types', () => add(a, cast(a, 'float16')), 'Add: a float32[2, 3] and Cast float16[2, 3] do not fit'],
    ['norm of another width', () => rmsNorm(b, v, 1e-6), 'rmsNorm: b float32[4, 5] and v float32[3] do not fit'],
    ['element counts', () => reshape(a, [4, 2]), 'reshape a float32[2, 3] to [4, 2]: element counts differ'],
    [
      'a size that no input has',
      () => reshape(a, ['rows2', 'columns2']),
      'no input has the dimension rows2 or columns2',
    ],
    ['order of axes', () => transpose(a, [0]), 'transpose a float32[2, 3] by [0]'],
    ['joined shapes', () => concat([a, b], 0), 'concat: a float32[2, 3] and b float32[4, 5] do not fit'],
    ['pieces', () => split(a, 1, [1, 1]), 'split a float32[2, 3] at axis 1 into 1+1'],
    ['indices', () => gather(a, v, 0), 'gather: indices are v float32[3], not int64 or int32'],
    ['tables', () => rotary(heads, a, a), 'rotary: heads float32[1, 2, 3, 4] and a float32[2, 3] do not fit'],
  ];
  const { a, b, v, w, named, other, heads } = inputs({
    a: [2, 3],
    b: [4, 5],
    v: [3],
    w: [7, 3],
    named: ['rows'],
    other: ['columns'],
    heads: [1, 2, 3, 4],
  });
  for (const [name, build, message] of cases) {
    it(name, () => {
      assert.throws(build, (error: Error) => {
        // A value of an operator is numbered when its name was taken.
        assert.equal(error.message.replace(/Cast\.\d+/, 'Cast'), message);
        return true;
      });
    });
  }
});

describe('Graph', () => {
  it('a weight is as long as its shape says, and is one value however often it is asked for', () => {
    const graph = new Graph('test');
    const location = { path: '/w', offset: 8, length: 12 };
    const value = graph.weight('w', 'bfloat16', [2, 3], location);
    assert.equal(graph.weight('w', 'bfloat16', [2, 3], location), value);
    assert.equal(graph.weights.length, 1);
    assert.throws(() => graph.weight('u', 'float32', [2, 3], location), {
      message: 'weight u: float32[2, 3] is 24 bytes, the file has 12',
    });
  });

  it('names are unique and say where they are', () => {
    const { graph, x } = inputs({ x: [1] });
    const names = graph.within('layer 0', () => [
      add(x, x).name,
      graph.within('mlp', () => add(x, x).name),
      add(x, x).name,
    ]);
    assert.deepEqual(names, ['layer 0/Add', 'layer 0/mlp/Add', 'layer 0/Add.1']);
    assert.equal(add(x, x).name, 'Add');
  });

  it('branches must give the same types', () => {
    const { graph, x } = inputs({ x: [1] });
    const condition = graph.input('condition', 'bool', []);
    const [chosen] = graph.branch(
      condition,
      () => [add(x, x)],
      () => [x],
    );
    assert.equal(shown(chosen!), 'float32[1]');
    assert.throws(
      () =>
        graph.branch(
          condition,
          () => [x],
          () => [cast(x, 'float16')],
        ),
      /the branches' output 0 differ in type$/,
    );
    // What follows is built outside of the branch that failed.
    const before = graph.main.nodes.length;
    add(x, x);
    assert.equal(graph.main.nodes.length, before + 1);
  });

  it('a loop carries on what it was given, and collects a line a round', () => {
    const { graph, x } = inputs({ x: ['rows', 4] });
    const [rounds, always] = [graph.input('rounds', 'int64', []), graph.input('always', 'bool', [])];
    const { carried, collected } = graph.loop(rounds, always, 'rounds', [x], (round, [sum]) => {
      assert.equal(shown(round), 'int64[]');
      const next = add(sum!, x);
      return { carried: [next], collected: [mean(next, 1), round] };
    });
    assert.deepEqual(carried.map(shown), ['float32[rows, 4]']);
    assert.deepEqual(collected.map(shown), ['float32[rounds, rows]', 'int64[rounds]']);
    const refused = () => graph.loop(rounds, always, 'rounds', [x], () => ({ carried: [mean(x, 1)], collected: [] }));
    assert.throws(refused, /Loop: what is carried on as number 0 has another type or shape$/);
  });
});
