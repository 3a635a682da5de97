import assert from 'node:assert/strict';
import { frozenTitle, selectorTitle } from '../../src/shared/trainWords';
import { stepTicks } from '../../src/shared/stepTicks';
import { valueAxis } from '../../webview/training/stepAxis';
import { seriesOf } from '../../webview/training/series';
import { restoreView, firstView } from '../../webview/training/view';
import { labRun, labTraining } from './trainingRuns';

describe('the words and axes of the Training page', () => {
  it('names what is frozen as people do', () => {
    const cases = [
      ['"late"', 'Late'],
      ['languageModel', 'Language model'],
      ['"4-8"', 'layers 4–7'],
      ['"4-5"', 'layer 4'],
      ['9', 'layer 9'],
      ['{part vision; layers 0-2}', 'part vision; layers 0-2'],
      ['constructor', 'constructor'],
    ] as const;
    for (const [selector, title] of cases) assert.equal(selectorTitle(selector), title);
    assert.equal(frozenTitle([]), 'nothing frozen');
    assert.equal(frozenTitle(['"early"', '"head"']), 'Early, Head frozen');
  });

  it('labels round steps', () => {
    assert.deepEqual(stepTicks(1), [1]);
    assert.deepEqual(stepTicks(4), [1, 2, 3, 4]);
    assert.deepEqual(stepTicks(200), [1, 50, 100, 150, 200]);
    assert.deepEqual(stepTicks(1234), [1, 500, 1000]);
    for (let last = 1; last < 3000; last += 7) {
      const ticks = stepTicks(last);
      assert.ok(ticks.length <= 6 && ticks.at(-1)! <= last, `${last}: ${ticks.join(' ')}`);
    }
  });

  it('keeps values within an axis, without zero where they move little far from it', () => {
    const axes: [number[], number, number][] = [
      [[0.4, 2.3], 0, 2.5],
      [[-0.02, 0.03], -0.02, 0.03],
      [[34, 43], 34, 44],
      [[1e-5, 1e-5], 0, 1e-5],
      [[0, 0], -1, 1],
      [[7], 0, 8],
    ];
    for (const [values, low, high] of axes) {
      const axis = valueAxis('', values);
      assert.ok(Math.abs(axis.low - low) < 1e-9 && Math.abs(axis.high - high) < 1e-9, JSON.stringify([values, axis]));
      for (const value of values) assert.ok(axis.low <= value && value <= axis.high * (1 + 1e-9));
    }
  });

  it('says a power of ten once, in the title', () => {
    const axis = valueAxis('Learning rate', [1e-5, 3e-5]);
    assert.equal(axis.title, 'Learning rate (× 10⁻⁵)');
    assert.equal(axis.label(axis.ticks.at(-1)!), '3');
    assert.equal(valueAxis('Loss', [0.3, 2]).title, 'Loss');
    assert.equal(valueAxis('Norm', [2e6]).title, 'Norm (× 10⁶)');
  });

  it('averages over those before, and over fewer at the start', () => {
    const { rows } = labRun('frozen-late');
    const [first, second, third] = rows.map(({ reward }) => reward!);
    const state = labTraining([labRun('frozen-late', { rows: rows.slice(0, 3) })]);
    const [series] = seriesOf(state, 'reward', 2);
    assert.deepEqual(
      series!.points.map(({ mean }) => mean),
      [first, (first! + second!) / 2, (second! + third!) / 2],
    );
    assert.deepEqual(seriesOf(state, 'loss', 1)[0]!.points.length, 3);
  });

  it('starts anew with whatever was kept that is none of its own', () => {
    for (const kept of [null, 3, 'a', {}, { tab: 'other', window: 7, overlays: 'x', step: -1, scroll: NaN }]) {
      assert.deepEqual(restoreView(kept), firstView);
    }
    const view = { tab: 'samples', window: 20, overlays: ['a'], arm: 'a', step: 21, scroll: 40 };
    assert.deepEqual(restoreView({ ...view, overlays: ['a', 3] }), view);
  });
});
