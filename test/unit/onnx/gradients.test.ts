import assert from 'node:assert/strict';
import { gradients } from '../../../src/core/onnx/gradients';
import { Graph, type Value } from '../../../src/core/onnx/graph';
import {
  add,
  gather,
  gemm,
  linear,
  mean,
  multiply,
  rmsNorm,
  silu,
  softmax,
  split,
  transpose,
} from '../../../src/core/onnx/operators';
import { pruneUnused } from '../../../src/core/onnx/prune';

/** A graph of two matrices of rows and a weight, and the gradient that its output is given. */
function start() {
  const graph = new Graph('test');
  const input = (name: string, ...shape: (number | string)[]) => graph.input(name, 'float32', shape);
  const [x, y, seed] = ['x', 'y', 'seed'].map((name) => input(name, 'rows', 6)) as [Value, Value, Value];
  return { graph, input, x, y, seed, weight: input('weight', 6, 6), onto: input('onto', 6, 6) };
}

const operators = (graph: Graph) => graph.main.nodes.map(({ operator }) => operator);

describe('gradients of a graph', () => {
  it('has the shape of what it is the gradient of, in the order asked for', () => {
    const { x, y, seed, weight } = start();
    const output = add(softmax(linear(silu(x), weight)), multiply(y, y));
    const found = gradients(output, seed, [{ of: weight }, { of: y }, { of: x }]);
    assert.deepEqual(
      found.map(({ shape }) => shape),
      [weight.shape, y.shape, x.shape],
    );
  });

  it('builds nothing for what is not wanted', () => {
    const { graph, x, y, seed, weight } = start();
    const output = add(linear(x, weight), softmax(y));
    const before = graph.main.nodes.length;
    gradients(output, seed, [{ of: weight }]);
    assert.deepEqual(operators(graph).slice(before), ['Gemm']);
  });

  it('adds a matrix product to its memory in the product itself, other terms by an addition', () => {
    const { graph, input, x, seed, weight, onto } = start();
    const [norm, sum] = [input('norm', 6), input('sum', 6)];
    const output = linear(rmsNorm(x, norm, 1e-6), weight);
    const [ofWeight, ofNorm] = gradients(output, seed, [
      { of: weight, onto },
      { of: norm, onto: sum },
    ]);
    const nodeOf = ({ name }: Value) => graph.main.nodes.find(({ outputs }) => outputs.includes(name))!;
    assert.deepEqual([nodeOf(ofWeight).operator, nodeOf(ofWeight).inputs[2]], ['Gemm', 'onto']);
    assert.deepEqual([nodeOf(ofNorm).operator, nodeOf(ofNorm).inputs[0]], ['Add', 'sum']);
  });

  it('a value that is used twice gets both terms', () => {
    const { graph, x, seed } = start();
    gradients(add(x, x), seed, [{ of: x }]);
    assert.deepEqual(operators(graph), ['Add', 'Add']);
  });

  it('rows that padding repeats go back by the inverse table', () => {
    const { graph, input, x } = start();
    const table = graph.input('table', 'int64', ['windows', 'longest']);
    const inverse = graph.input('inverse', 'int64', ['rows']);
    const seed = input('seed', 'windows', 'longest', 6);
    const [found] = gradients(gather(x, table, 0), seed, [{ of: x }], new Map([[table.name, inverse]]));
    assert.deepEqual(found.shape, x.shape);
    assert.deepEqual(graph.main.nodes.at(-1)!.inputs[1], 'inverse');
  });

  const refused: Record<string, [RegExp, () => unknown]> = {
    'what does not depend': [
      /does not depend on y/,
      () => {
        const { x, y, seed } = start();
        return gradients(silu(x), seed, [{ of: y }]);
      },
    ],
    'an operator without a rule': [
      /ReduceMean has no derivative/,
      () => {
        const { input, x } = start();
        return gradients(mean(x, 1), input('seed', 'rows'), [{ of: x }]);
      },
    ],
    'an input that was broadcast': [
      /bias was broadcast/,
      () => {
        const { input, x, seed } = start();
        const bias = input('bias', 6);
        return gradients(add(x, bias), seed, [{ of: bias }]);
      },
    ],
    'a product that is not x·Wᵀ': [
      /only x·Wᵀ/,
      () => {
        const { x, seed, weight } = start();
        return gradients(gemm(x, weight, undefined), seed, [{ of: x }]);
      },
    ],
    'pieces that are not all used': [
      /nothing depends on output 1/,
      () => {
        const { input, x } = start();
        const [piece] = split(x, 1, [2, 4]);
        return gradients(piece, input('seed', 'rows', 2), [{ of: x }]);
      },
    ],
  };
  for (const [name, [message, build]] of Object.entries(refused)) {
    it(`${name}: an error while the graph is built`, () => assert.throws(build, message));
  }
});

describe('pruning', () => {
  it('takes out nodes, constants and inputs that no output depends on', () => {
    const { graph, x, y } = start();
    multiply(y, graph.constant('float32', [], [2]));
    graph.output('kept', transpose(x, [1, 0]));
    pruneUnused(graph);
    assert.deepEqual(operators(graph), ['Transpose', 'Identity']);
    assert.deepEqual(
      graph.inputs.map(({ name }) => name),
      ['x'],
    );
    assert.equal(graph.main.constants.length, 0);
  });

  it('keeps what only a branch reads', () => {
    const { graph, x, y } = start();
    const condition = graph.input('condition', 'bool', []);
    const sum = add(x, y);
    const [chosen] = graph.branch(
      condition,
      () => [silu(sum)],
      () => [x],
    );
    graph.output('chosen', chosen);
    pruneUnused(graph);
    assert.deepEqual(operators(graph), ['Add', 'If', 'Identity']);
  });
});
