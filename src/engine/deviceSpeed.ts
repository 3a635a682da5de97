import { encodeGraph } from '../core/onnx/encode';
import { Graph } from '../core/onnx/graph';
import { gemm } from '../core/onnx/operators';
import { targetOf } from '../core/onnx/target';
import type { Device } from '../shared/vocabulary';
import { OrtRuntime } from './ortRuntime';

const [rows, width] = [128, 1024];

/** Seconds for a product of matrices as layers of models have them, [128, 1024]·[1024, 1024]; the best of three. */
export async function secondsPerProduct(device: Device): Promise<number> {
  const graph = new Graph('speed check', targetOf(device));
  const shapes = { a: [rows, width], b: [width, width] };
  const [a, b] = [graph.input('a', 'float32', shapes.a), graph.input('b', 'float32', shapes.b)];
  graph.output('product', gemm(a, b, undefined));
  const runtime = new OrtRuntime(device, 0);
  try {
    const session = await runtime.createSession(encodeGraph(graph));
    const zeros = (shape: readonly number[]) => new Float32Array(shape[0]! * shape[1]!);
    const feeds = {
      a: { type: 'float32', shape: shapes.a, data: zeros(shapes.a) },
      b: { type: 'float32', shape: shapes.b, data: zeros(shapes.b) },
    } as const;
    await session.run(feeds, ['product']); // compiles
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const started = performance.now();
      await session.run(feeds, ['product']);
      best = Math.min(best, (performance.now() - started) / 1000);
    }
    return best;
  } finally {
    await runtime.releaseAll();
  }
}
