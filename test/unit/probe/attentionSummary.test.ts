import assert from 'node:assert/strict';
import { summariseAttention } from '../../../src/core/probe/attentionSummary';
import { bootstrapMean } from '../../../src/core/statistics/bootstrap';
import { holmAdjusted } from '../../../src/core/statistics/holm';
import { signFlipTest } from '../../../src/core/statistics/signFlip';
import { attentionFacts, attentionRow } from './attentionRows';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const massOf = (checkpoint: string, id: string, layer: number) =>
  0.1 + 0.02 * ids.indexOf(id) + (checkpoint === 'rl' ? 0.05 * layer + 0.01 * (ids.indexOf(id) % 2) : 0);
const rowsOf = (checkpoint: string, some: readonly string[] = ids) =>
  some.flatMap((id) =>
    [0, 1].map((layer) => {
      const mass = massOf(checkpoint, id, layer);
      return attentionRow(checkpoint, id, layer, { mass, perToken: mass / 4, sink: 0.3, imageSink: 0.04 });
    }),
  );
const facts = attentionFacts({ items: ids });

describe('summariseAttention', () => {
  it('gives means over items with bootstrap intervals', () => {
    const { checkpoints } = summariseAttention(facts, [...rowsOf('in'), ...rowsOf('rl')], true);
    for (const name of ['in', 'rl']) {
      checkpoints[name]!.layers.forEach((point, layer) => {
        const { mean, low, high } = bootstrapMean(ids.map((id) => massOf(name, id, layer)));
        assert.deepEqual([point.layer, point.n, point.mass], [layer, 6, mean]);
        assertNear([point.low, point.high], [low, high]);
        assert.ok(Math.abs(point.perToken - mean / 4) < 1e-12 && Math.abs(point.perTokenHigh - high / 4) < 1e-12);
        assert.ok(Math.abs(point.sink - 0.3) < 1e-12);
        assert.ok(Math.abs(point.withoutSinks - (mean - 0.04) / 0.66) < 1e-12);
        assert.ok(Math.abs(point.withoutSinksLow - (low - 0.04) / 0.66) < 1e-12);
      });
    }
  });

  it('compares item by item, the later less the earlier', () => {
    const { difference } = summariseAttention(facts, [...rowsOf('in'), ...rowsOf('rl')], true);
    const differences = [0, 1].map((layer) => ids.map((id) => massOf('rl', id, layer) - massOf('in', id, layer)));
    const pValues = differences.map(signFlipTest);
    const adjusted = holmAdjusted(pValues);
    difference.forEach((point, layer) => {
      const { mean, low, high } = bootstrapMean(differences[layer]!);
      assert.deepEqual([point.layer, point.n, point.mass], [layer, 6, mean]);
      assertNear([point.low, point.high], [low, high]);
      assert.deepEqual([point.pValue, point.pAdjusted], [pValues[layer], adjusted[layer]]);
    });
    assert.equal(difference[1]!.pValue, 2 / 2 ** 6);
  });

  it('compares every pair, and the last with the first', () => {
    const three = attentionFacts({ items: ids, checkpoints: ['in', 'mid', 'rl'] });
    const { differences, difference } = summariseAttention(
      three,
      ['in', 'mid', 'rl'].flatMap((name) => rowsOf(name)),
      true,
    );
    assert.deepEqual(
      differences.map(({ a, b }) => `${b}-${a}`),
      ['mid-in', 'rl-in', 'rl-mid'],
    );
    assert.deepEqual(difference, differences[1]!.layers);
  });

  it('pairs the items that both have, and says what is left out', () => {
    const some = attentionFacts({ items: ids, leftOut: [{ id: 'x', problem: 'it has no image' }], span: 'think' });
    const rows = [...rowsOf('in'), ...rowsOf('rl', ['b', 'c']), attentionRow('rl', 'd', 0)];
    const whole = summariseAttention(some, rows, true);
    assert.equal(whole.checkpoints.rl!.layers[1]!.n, 2, 'an item with rows of some layers does not count');
    assert.equal(whole.difference[0]!.n, 2);
    assert.deepEqual(
      whole.leftOut.map(({ id }) => id),
      ['x', 'a', 'd', 'e', 'f'],
    );
    assert.match(whole.leftOut[1]!.problem, /^rl: its answer has nothing inside <think>/);
    assert.deepEqual(summariseAttention(some, rows, false).leftOut, some.leftOut, 'they may still come');
  });

  it('has empty curves where nothing is there yet, and no difference of one checkpoint', () => {
    const none = summariseAttention(facts, [], false);
    assert.deepEqual([none.checkpoints, none.difference], [{ in: { layers: [] }, rl: { layers: [] } }, []]);
    const one = summariseAttention(attentionFacts({ checkpoints: ['in'], items: ids }), rowsOf('in'), true);
    assert.deepEqual([one.difference, one.differences], [[], []]);
  });
});

function assertNear(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-12, `${value} is not ${expected[i]}`));
}
