import assert from 'node:assert/strict';
import { probeState, type Overlay, type SwapRun } from '../../../src/core/probe/probeState';
import { factsOf, rowsOf } from './swapRows';

describe('probeState', () => {
  const around = { experiment: 'lab.frankenstein.yaml', numLayers: 3, regions: null, canRun: true };
  const run = (part: Partial<SwapRun> = {}): SwapRun => ({
    id: 'vision',
    role: 'base',
    state: 'finished',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts: factsOf({ ocr: ['a', 'b'] }),
    rows: [...rowsOf('ocr', 'a', 'xx.'), ...rowsOf('ocr', 'b', 'x..', { same: true, adopted: 'x..' })],
    ...part,
  });
  const only = (part: Partial<SwapRun>) => probeState([run(part)], [], around).runs[0]!;

  it('gives a curve per function', () => {
    const [curve] = only({}).curves;
    assert.equal(curve!.function, 'ocr');
    assert.equal(curve!.sameAnswer, 1);
    const points = curve!.points.map(({ layer, n, changed, rate, adopted }) => ({ layer, n, changed, rate, adopted }));
    assert.deepEqual(points, [
      { layer: 0, n: 2, changed: 2, rate: 1, adopted: 1 },
      { layer: 1, n: 2, changed: 1, rate: 0.5, adopted: 0 },
      { layer: 2, n: 2, changed: 0, rate: 0, adopted: 0 },
    ]);
  });

  it('says nothing of unreadable pairs before the end', () => {
    const facts = factsOf({ ocr: ['a', 'b', 'c'] });
    const unreadable = (state: SwapRun['state']) => only({ facts, state }).curves[0]!.skipped.unreadable;
    assert.equal(unreadable('running'), 0);
    assert.equal(unreadable('cancelled'), 0);
    assert.equal(unreadable('finished'), 1);
  });

  it('takes progress from who runs it, else off the rows', () => {
    const facts = factsOf({ ocr: ['a', 'b', 'c', 'd'] });
    const told = { done: 3, total: 4, secondsLeft: 12 };
    const shown = ({ done, total, secondsLeft }: ReturnType<typeof only>) => ({ done, total, secondsLeft });
    assert.deepEqual(shown(only({ facts, state: 'running', progress: told })), told);
    assert.deepEqual(shown(only({ facts, state: 'running' })), { done: 2, total: 4, secondsLeft: null });
    const preparing = { done: 0, total: 0, secondsLeft: null };
    assert.deepEqual(shown(only({ facts, state: 'preparing', progress: preparing })), {
      ...preparing,
      done: 2,
      total: 4,
    });
  });

  it('shows a step that was never run without curves', () => {
    const never = only({ state: null, device: null, facts: factsOf({}), rows: [] });
    assert.deepEqual([never.state, never.curves, never.done, never.total], [null, [], 0, 0]);
    assert.deepEqual([never.checkpoint, never.mode, never.window], ['base', 'suffix', 3]);
  });

  it('compares the first run with each other one that has results', () => {
    const rows = [...rowsOf('ocr', 'a', '...'), ...rowsOf('ocr', 'b', 'x..'), ...rowsOf('mood', 'a', 'xxx')];
    const rl = run({ id: 'vision-rl', facts: factsOf({ mood: ['a'], ocr: ['a', 'b'] }), rows });
    const empty = run({ id: 'vision-in', rows: [] });
    const { comparisons } = probeState([run(), rl, empty], [], around);
    assert.deepEqual(
      comparisons.map(({ a, b }) => [a, b]),
      [['vision', 'vision-rl']],
    );
    const { differences } = comparisons[0]!;
    assert.deepEqual(
      differences.map((difference) => difference.function),
      ['ocr'],
    );
    const points = differences[0]!.points.map(({ layer, n, difference }) => ({ layer, n, difference }));
    assert.deepEqual(points, [
      { layer: 0, n: 2, difference: -0.5 },
      { layer: 1, n: 2, difference: -0.5 },
      { layer: 2, n: 2, difference: 0 },
    ]);
    assert.deepEqual(probeState([run({ rows: [] }), rl], [], around).comparisons, []);
  });

  it('offers the runs with the same layers, but not the own one', () => {
    const overlay = (id: string, layers: number[]): Overlay => ({ id, checkpoint: 'in', mode: 'single', layers });
    const overlays = [
      overlay('vision', [0, 1, 2]),
      overlay('a', [0, 1, 2]),
      overlay('b', [0, 1]),
      overlay('c', [0, 1, 3]),
    ];
    const { others } = probeState([run()], overlays, around);
    assert.deepEqual(others, [{ id: 'a', checkpoint: 'in', mode: 'single' }]);
  });
});
