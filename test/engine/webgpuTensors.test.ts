import assert from 'node:assert/strict';
import { bringHere } from '../../src/core/model/bringHere';
import { KeyValueCache } from '../../src/core/model/keyValueCache';
import { encodeGraph } from '../../src/core/onnx/encode';
import { Graph } from '../../src/core/onnx/graph';
import { add, matmul, reshape, sum } from '../../src/core/onnx/operators';
import { processor, targetOf } from '../../src/core/onnx/target';
import type { Tensor } from '../../src/core/ports';
import { OrtRuntime } from '../../src/engine/ortRuntime';

const runtime = new OrtRuntime('webgpu', 2);
after(() => runtime.releaseAll());

describe('tensors on WebGPU', () => {
  it('keys and values are put together there as they are here', async () => {
    const shape = { layers: 2, heads: 2, size: 4 };
    const here = await caches((tensor) => Promise.resolve(tensor));
    const there = await caches(onDevice);
    for (const [step, cache] of there.entries()) {
      assert.deepEqual(cache.lengths, here[step]!.lengths);
      for (let l = 0; l < shape.layers; l++) {
        for (const kind of ['keys', 'values'] as const) {
          assert.ok(cache[kind][l]!.resident);
          assert.deepEqual(await seen(cache, kind, l), await seen(here[step]!, kind, l), `${step} ${kind} ${l}`);
        }
      }
      cache.free();
    }
    assert.equal(runtime.residents.size, 0);

    /** A cache that grows and loses rows, and two that are made of it. */
    async function caches(place: (tensor: Tensor) => Promise<Tensor>): Promise<KeyValueCache[]> {
      let next = 1;
      const fresh = async (rows: number, positions: number) => {
        const numbers = Float32Array.from({ length: rows * 2 * positions * 4 }, () => next++);
        return place({ type: 'float32', shape: [rows, 2, positions, 4], data: numbers });
      };
      const layers = async (rows: number, positions: number) => [
        await fresh(rows, positions),
        await fresh(rows, positions),
      ];
      const grown = new KeyValueCache(shape, [0, 0, 0]);
      await grown.append(await layers(3, 5), await layers(3, 5), [5, 2, 4]);
      await grown.append(await layers(3, 2), await layers(3, 2), [1, 2, 0]);
      const whole = [2, 0].map((row) => ({ from: () => grown, row, length: grown.lengths[row]! }));
      const first = await KeyValueCache.assemble(shape, whole);
      await grown.keep([1, 0]);
      const mixed = [
        { from: (l: number) => (l === 0 ? first : grown), row: 1, length: 3 },
        { from: () => first, row: 0, length: 4 },
      ];
      return [grown, first, await KeyValueCache.assemble(shape, mixed)];
    }
  });

  it('rows of more caches than a shader can read at once are put together', async () => {
    const shape = { layers: 1, heads: 1, size: 4 };
    const singles = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const cache = new KeyValueCache(shape, [0]);
        const tensor = () => onDevice({ type: 'float32', shape: [1, 1, 2, 4], data: new Float32Array(8).fill(i + 1) });
        await cache.append([await tensor()], [await tensor()], [2]);
        return cache;
      }),
    );
    const rows = singles.map((cache) => ({ from: () => cache, row: 0, length: 2 }));
    const together = await KeyValueCache.assemble(shape, rows);
    assert.deepEqual(
      (await seen(together, 'keys', 0)).map(([first]) => first),
      singles.map((_, i) => i + 1),
    );
    for (const cache of [together, ...singles]) cache.free();
  });

  it('are refused where they would be read as garbage or end the process', async () => {
    const tensor = await onDevice({ type: 'float32', shape: [1, 2], data: Float32Array.of(3, 4) });
    assert.throws(() => tensor.data, /^Error: the tensor lies on webgpu$/);
    const sum = new Graph('sum', processor);
    const x = sum.input('x', 'float32', [1, 2]);
    sum.output('y', add(x, x));
    const elsewhere = new OrtRuntime('cpu', 1);
    const refusal = /^Error: sum: a tensor of another device, or one that was freed$/;
    await assert.rejects((await elsewhere.createSession(encodeGraph(sum))).run({ x: tensor }, ['y']), refusal);
    await assert.rejects((await runtime.createSession(encodeGraph(sum))).run({ x: tensor }, ['y']), refusal);
    await elsewhere.releaseAll();
    const here = await bringHere(tensor);
    assert.deepEqual([...(here.data as Float32Array)], [3, 4]);
    await assert.rejects(bringHere(tensor), /one that was freed$/);
  });

  it('memory that the device has not got is an error that says so, and the next run is right', async () => {
    const graph = new Graph('large', targetOf('webgpu'));
    const [column, row] = [graph.input('column', 'float32', ['rows', 1]), graph.input('row', 'float32', [1, 4096])];
    const product = matmul(column, row);
    graph.output('y', sum(add(product, product), 1));
    const quiet = new OrtRuntime('webgpu', 1, 'float32', true);
    const session = await quiet.createSession(encodeGraph(graph));
    const run = async (rows: number) => {
      const ones = (shape: number[]): Tensor => {
        const data = new Float32Array(shape[0]! * shape[1]!).fill(1);
        return { type: 'float32', shape, data };
      };
      const { y } = await session.run({ column: ones([rows, 1]), row: ones([1, 4096]) }, ['y']);
      return new Set(y!.data as Float32Array);
    };
    // 1 and 8 GiB: beyond what one allocation may have, and beyond what a buffer may be.
    for (const rows of [2 ** 16, 2 ** 19]) {
      await assert.rejects(run(rows), /^DeviceError: webgpu could not run the graph "large": .* too little memory/s);
      assert.deepEqual(await run(64), new Set([2 * 4096]));
    }
    await quiet.releaseAll();
  });

  it('a graph that would not run there whole is refused', async () => {
    const graph = new Graph('whole numbers', targetOf('webgpu'));
    const x = graph.input('x', 'float64', [2]);
    graph.output('y', add(x, x));
    const quiet = new OrtRuntime('webgpu', 1, 'float32', true);
    await assert.rejects(
      quiet.createSession(encodeGraph(graph)),
      /^DeviceError: webgpu could not load the graph "whole numbers": .*fallback to CPU EP has been explicitly disabled/s,
    );
  });
});

/** The same tensor on the device: the sum of it and zeros, which stays there. */
async function onDevice(tensor: Tensor): Promise<Tensor> {
  const graph = new Graph('place', targetOf('webgpu'));
  const [here, nothing] = ['here', 'nothing'].map((name) => graph.input(name, 'float32', tensor.shape));
  graph.output('there', add(here!, nothing!));
  const session = await runtime.createSession(encodeGraph(graph, ['there']));
  const zeros = { ...tensor, data: new Float32Array((tensor.data as Float32Array).length) };
  return (await session.run({ here: tensor, nothing: zeros }, ['there'])).there!;
}

/** What a layer of a cache holds without its unused room: a list of vectors. */
async function seen(cache: KeyValueCache, kind: 'keys' | 'values', layer: number): Promise<number[][]> {
  const tensor = cache[kind][layer]!;
  const { heads, size } = cache.shape;
  const data = (tensor.resident ? (await copied(tensor)).data : tensor.data) as Float32Array;
  return cache.lengths.flatMap((length, row) =>
    Array.from({ length: heads }, (_, head) => {
      const start = (row * heads + head) * tensor.shape[2]! * size;
      return [...data.subarray(start, start + length * size)];
    }),
  );
}

/** A tensor of the device brought here, which stays there too. */
async function copied(tensor: Tensor): Promise<Tensor> {
  const graph = new Graph('copy', targetOf('webgpu'));
  graph.output('here', reshape(graph.input('there', 'float32', tensor.shape), ['vectors', 4]));
  const session = await runtime.createSession(encodeGraph(graph));
  return (await session.run({ there: tensor }, ['here'])).here!;
}
