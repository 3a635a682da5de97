import assert from 'node:assert/strict';
import { PbfReader } from 'pbf';
import { encodeGraph } from '../../../src/core/onnx/encode';
import { Graph } from '../../../src/core/onnx/graph';
import { add, cast, linear } from '../../../src/core/onnx/operators';

/** A protobuf message as lists of raw values by field number. Messages inside stay bytes. */
type Fields = Record<number, (number | Uint8Array)[]>;

function fieldsOf(bytes: Uint8Array): Fields {
  const fields: Fields = {};
  const reader = new PbfReader(bytes);
  const end = bytes.length;
  while (reader.pos < end) {
    const key = reader.readVarint();
    const field = key >> 3;
    const wire = key & 7;
    const value = wire === 0 ? reader.readVarint(true) : wire === 2 ? reader.readBytes() : reader.readFloat();
    (fields[field] ??= []).push(value);
  }
  return fields;
}

const messages = (fields: Fields, field: number) => (fields[field] ?? []).map((value) => fieldsOf(value as Uint8Array));
const text = (value: unknown) => Buffer.from(value as Uint8Array).toString();
const texts = (fields: Fields, field: number) => (fields[field] ?? []).map(text);

describe('encodeGraph', () => {
  const graph = new Graph('a graph');
  const x = graph.input('x', 'float32', ['rows', 3]);
  const location = { path: '/models/a/model.safetensors', offset: 4096, length: 24 };
  const w = graph.weight('w', 'float32', [2, 3], location);
  graph.output('y', add(linear(x, w), graph.constant('float32', [2], [1, -2])));
  const { bytes, name, weightsRoot } = encodeGraph(graph);
  const model = fieldsOf(bytes);
  const main = messages(model, 7)[0]!;

  it('is a model of IR version 10, opset 23', () => {
    assert.equal(name, 'a graph');
    assert.deepEqual(model[1], [10]);
    assert.deepEqual(messages(model, 8), [{ 2: [23] }]);
    assert.deepEqual(texts(main, 2).at(-1), 'a graph');
  });

  it('nodes in order, connected by names', () => {
    const nodes = messages(main, 1).map((node) => [texts(node, 4)[0], texts(node, 1), texts(node, 2)]);
    assert.deepEqual(nodes, [
      ['Gemm', ['x', 'w'], ['Gemm']],
      ['Add', ['Gemm', 'constant'], ['Add']],
      ['Identity', ['Add'], ['y']],
    ]);
    const [transB] = messages(messages(main, 1)[0]!, 5);
    assert.deepEqual([texts(transB!, 1), transB![3], transB![20]], [['transB'], [1], [2]]);
  });

  it('a weight is a place in its file, a constant its bytes', () => {
    const [constant, weight] = messages(main, 5);
    assert.deepEqual(new Float32Array(Uint8Array.from(constant![9]![0] as Uint8Array).buffer), Float32Array.of(1, -2));
    assert.deepEqual([weight![1], weight![2], texts(weight!, 8), weight![14]], [[2, 3], [1], ['w'], [1]]);
    const external = messages(weight!, 13).map((entry) => [texts(entry, 1)[0], texts(entry, 2)[0]]);
    assert.deepEqual(external, [
      ['location', 'models/a/model.safetensors'],
      ['offset', '4096'],
      ['length', '24'],
    ]);
    assert.equal(weightsRoot, '/');
    assert.equal(weight![9], undefined, 'no bytes of it are in the graph');
  });

  it('inputs and outputs with their types, named dimensions as names', () => {
    const described = (field: number) =>
      messages(main, field).map((value) => {
        const tensor = messages(messages(value, 2)[0]!, 1)[0]!;
        const dimensions = messages(messages(tensor, 2)[0]!, 1);
        return [texts(value, 1)[0], tensor[1]![0], dimensions.map((d) => d[1]?.[0] ?? text(d[2]![0]))];
      });
    assert.deepEqual(described(11), [['x', 1, ['rows', 3]]]);
    assert.deepEqual(described(12), [['y', 1, ['rows', 2]]]);
  });

  it('both branches of a choice are graphs of their own', () => {
    const choice = new Graph('choice');
    const value = choice.input('value', 'float32', [1]);
    const condition = choice.input('condition', 'bool', []);
    const [chosen] = choice.branch(
      condition,
      () => [add(value, value)],
      () => [value],
    );
    choice.output('chosen', cast(chosen!, 'float16'));
    const whole = messages(fieldsOf(encodeGraph(choice).bytes), 7)[0]!;
    const [node] = messages(whole, 1);
    assert.deepEqual([texts(node!, 4), texts(node!, 1)], [['If'], ['condition']]);
    const branches = messages(node!, 5).map(
      (attribute) => [texts(attribute, 1)[0], messages(attribute, 6)[0]!] as const,
    );
    assert.deepEqual(
      branches.map(([label, block]) => [label, messages(block, 1).map((inner) => texts(inner, 4)[0])]),
      [
        ['then_branch', ['Add', 'Identity']],
        ['else_branch', ['Identity']],
      ],
    );
  });
});
