import assert from 'node:assert/strict';
import { Graph } from '../../../src/core/onnx/graph';
import { add, linear, rmsNorm, rotary, silu, zeros } from '../../../src/core/onnx/operators';
import { processor, targetOf, type Target } from '../../../src/core/onnx/target';

describe('what a graph is built for', () => {
  it('decides which operators of ONNX there are', () => {
    const onProcessor = operatorsFor(processor);
    const names = [':RMSNormalization', ':RotaryEmbedding', ':Shape', ':Concat', ':ConstantOfShape'];
    for (const name of names) assert.ok(onProcessor.includes(name), name);
    const onGpu = operatorsFor(targetOf('webgpu'));
    for (const name of [':SimplifiedLayerNormalization', 'com.microsoft:RotaryEmbedding', ':Expand']) {
      assert.ok(onGpu.includes(name), name);
    }
    for (const name of names) assert.ok(!onGpu.includes(name), name);
  });

  it('linear layers of 16-bit weights alone are computed in 16 bits; what lies between them is float32', () => {
    for (const [products, file, expected] of [
      ['float32', 'bfloat16', 'float32'],
      ['float16', 'bfloat16', 'float16'],
      ['float16', 'float16', 'float16'],
      ['float16', 'float32', 'float32'],
      ['own', 'bfloat16', 'bfloat16'],
      ['own', 'float16', 'float16'],
    ] as const) {
      const graph = new Graph('test', targetOf('webgpu', products));
      const weight = (name: string, ...shape: number[]) => {
        const length = shape.reduce((a, b) => a * b, file === 'float32' ? 4 : 2);
        return graph.weight(name, file, shape, { path: '/w', offset: 0, length });
      };
      const x = graph.input('x', 'float32', ['rows', 6]);
      const normed = rmsNorm(x, weight('n', 6), 1e-6);
      const product = linear(normed, weight('w', 6, 6), weight('b', 6));
      const sum = add(x, silu(product));
      assert.deepEqual([normed.type, product.type, sum.type], ['float32', 'float32', 'float32']);
      const gemm = graph.main.nodes.find(({ operator }) => operator === 'Gemm')!;
      const types = [...gemm.inputs, ...gemm.outputs].map((name) => graph.find(name).type);
      assert.deepEqual(new Set(types), new Set([expected]), `${products} of ${file}`);
    }
  });
});

/** Those of a norm, a rotation and zeros of a shape that is known when the graph runs. */
function operatorsFor(target: Target): string[] {
  const graph = new Graph('test', target);
  const x = graph.input('x', 'float32', ['batch', 2, 'tokens', 4]);
  const angles = graph.input('angles', 'float32', ['batch', 'tokens', 2]);
  rotary(x, angles, angles);
  rmsNorm(graph.input('rows', 'float32', ['rows', 6]), graph.input('n', 'float32', [6]), 1e-6);
  zeros(graph, ['tokens', 'batch']);
  return graph.main.nodes.map(({ domain, operator }) => `${domain}:${operator}`);
}
