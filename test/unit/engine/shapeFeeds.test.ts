import assert from 'node:assert/strict';
import { Graph } from '../../../src/core/onnx/graph';
import { reshape, rotary, zeros } from '../../../src/core/onnx/operators';
import { targetOf } from '../../../src/core/onnx/target';
import type { Tensor } from '../../../src/core/ports';
import { shapeFeeds } from '../../../src/engine/shapeFeeds';

describe('shapeFeeds', () => {
  it('works out sizes and places from the inputs that have them', () => {
    const graph = new Graph('test', targetOf('webgpu'));
    const x = graph.input('x', 'float32', ['batch', 2, 'tokens', 4]);
    const angles = graph.input('angles', 'float32', ['batch', 'tokens', 2]);
    rotary(x, angles, angles);
    zeros(graph, ['tokens', 'batch', 3]);
    zeros(graph, ['tokens', 'batch', 3]);
    reshape(graph.input('y', 'float32', ['some', 12]), ['batch', 'tokens', 'rest']);
    const found = shapeFeeds(graph.shapeInputs, { x: filled(3, 2, 5, 4), angles: filled(3, 5, 2), y: filled(15, 12) });
    assert.deepEqual(
      Object.values(found).map(({ shape, data }) => [shape, [...data].map(Number)]),
      [
        [[3, 5], Array.from({ length: 15 }, (_, i) => i)],
        [[3], [5, 3, 3]],
        [[3], [3, 5, -1]],
      ],
    );
    const declared = graph.inputs.map(({ name }) => name);
    for (const name of Object.keys(found)) assert.ok(declared.includes(name), name);
  });
});

function filled(...shape: number[]): Tensor {
  return { type: 'float32', shape, data: new Float32Array(shape.reduce((product, size) => product * size, 1)) };
}
