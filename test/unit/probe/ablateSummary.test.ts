import assert from 'node:assert/strict';
import { summariseAblate } from '../../../src/core/probe/ablateSummary';
import { ablateFactsOf, ablateRowOf } from './ablateRows';

const ids = Array.from({ length: 20 }, (_, i) => `item${i}`);

describe('summariseAblate', () => {
  /** The whole model has the first 15 right; layer 0 loses 8 of them and gains none, layer 1 loses 2 and gains 2. */
  const rows = [
    ...ids.map((id, i) => ablateRowOf(id, null, i < 15, -1)),
    ...ids.map((id, i) => ablateRowOf(id, 0, i >= 8 && i < 15, -3)),
    ...ids.map((id, i) => ablateRowOf(id, 1, i >= 2 && i < 17, i < 10 ? -1 : -2)),
  ];
  const { baseline, layers, truncated, leftOut } = summariseAblate(ablateFactsOf(ids, [0, 1]), rows, true);

  it('compares each layer with the whole model on the same items', () => {
    assert.deepEqual([baseline.n, baseline.correct, baseline.rate], [20, 15, 0.75]);
    assert.deepEqual(
      layers.map(({ n, correct }) => [n, correct]),
      [
        [20, 7],
        [20, 15],
      ],
    );
    // 8 discordant items, all on one side: 2 · ½⁸. Two on each side: 1.
    assert.ok(Math.abs(layers[0]!.pValue - 2 / 256) < 1e-12);
    assert.equal(layers[1]!.pValue, 1);
    assert.ok(Math.abs(layers[0]!.pAdjusted - 4 / 256) < 1e-12);
    assert.equal(layers[1]!.pAdjusted, 1);
    const { value, low, high } = layers[0]!.difference;
    assert.ok(Math.abs(value + 0.4) < 1e-12 && low < -0.4 && high < 0, `${low} to ${high}`);
    assert.equal(layers[1]!.difference.value, 0);
  });

  it('gives the mean change in likelihood with an interval around it', () => {
    assert.deepEqual(layers[0]!.likelihood, { n: 20, mean: -2, low: -2, high: -2 });
    const { n, mean, low, high } = layers[1]!.likelihood!;
    assert.ok(n === 20 && mean === -0.5 && low < -0.5 && low > -0.8 && high > -0.5 && high < -0.2);
  });

  it('counts answers that reached their limit', () => {
    assert.equal(truncated, 0);
    const some = rows.map((row, i) => (i % 5 === 0 ? { ...row, truncated: true as const } : row));
    assert.equal(summariseAblate(ablateFactsOf(ids, [0, 1]), some, true).truncated, 12);
    assert.deepEqual(leftOut, []);
  });

  it('holds back while it runs', () => {
    const facts = { ...ablateFactsOf(ids, [0, 1]), leftOut: [{ id: 'odd', problem: 'it has no answer' }] };
    const some = rows.slice(0, 30); // of layer 0 half the items
    const early = summariseAblate(facts, some, false);
    assert.equal(early.layers[0]!.n, 10);
    assert.equal(early.layers[1]!.n, 0);
    assert.deepEqual(early.leftOut, facts.leftOut);
    const { pValue, rate, low, high, likelihood } = early.layers[1]!;
    assert.deepEqual(
      { pValue, rate, low, high, likelihood },
      { pValue: 1, rate: 0, low: 0, high: 1, likelihood: null },
    );

    const ended = summariseAblate(facts, some.slice(3), true);
    assert.deepEqual(
      ended.leftOut.map(({ id }) => id),
      ['odd', 'item0', 'item1', 'item2'],
    );
    assert.equal(ended.layers[0]!.likelihood!.n, 7, 'only pairs count');
  });

  it('knows nothing of accuracy where nothing was generated', () => {
    const scored = rows.map((row) => ({ ...row, text: null, correct: null }));
    const summary = summariseAblate(ablateFactsOf(ids, [0, 1]), scored, true);
    assert.deepEqual(summary.baseline, { n: 0, correct: 0, rate: 0, low: 0, high: 1 });
    assert.deepEqual(
      summary.layers.map(({ n, pValue, pAdjusted }) => [n, pValue, pAdjusted]),
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
    );
    assert.equal(summary.layers[0]!.likelihood!.mean, -2);
  });
});
