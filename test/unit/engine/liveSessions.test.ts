import assert from 'node:assert/strict';
import { encodeGraph } from '../../../src/core/onnx/encode';
import { Graph } from '../../../src/core/onnx/graph';
import { add } from '../../../src/core/onnx/operators';
import { externalBytes } from '../../../src/engine/externalBytes';
import { LiveSessions } from '../../../src/engine/liveSessions';

const none = new Uint8Array();

describe('the list of live sessions', () => {
  it('tells what a session is, how often it ran, and when it is gone', () => {
    const live = new LiveSessions();
    let changes = 0;
    live.onChange = () => changes++;
    const before = Date.now();
    const vision = live.loaded({ name: 'vision', bytes: none }, 'webgpu');
    const decoder = live.loaded({ name: 'decoder', bytes: none }, 'cpu');
    decoder.ran();
    decoder.ran();
    const [first, second] = live.list();
    assert.deepEqual([first!.graph, first!.device, first!.runs, first!.lastRun], ['vision', 'webgpu', 0, null]);
    assert.deepEqual([second!.graph, second!.device, second!.runs], ['decoder', 'cpu', 2]);
    assert.ok(second!.lastRun! >= second!.since && second!.since >= before);
    assert.notEqual(first!.id, second!.id);
    vision.released();
    assert.deepEqual(
      live.list().map(({ graph }) => graph),
      ['decoder'],
    );
    assert.equal(changes, 5);
    vision.ran(); // a run that ends after its session was released
    assert.equal(live.list().length, 1);
  });

  it('counts the weights that a graph maps, and no constants', () => {
    const graph = new Graph('two weights');
    const weight = (name: string, offset: number, rows: number) =>
      graph.weight(name, 'float32', [rows, 8], { path: '/models/model.safetensors', offset, length: rows * 8 * 4 });
    const one = graph.input('one', 'float32', [1]);
    graph.output('a', add(one, weight('first', 100, 4)));
    graph.output('b', add(one, weight('second', 9000, 100)));
    assert.equal(externalBytes(encodeGraph(graph).bytes), (4 + 100) * 8 * 4);
    assert.equal(externalBytes(none), 0);
  });
});
