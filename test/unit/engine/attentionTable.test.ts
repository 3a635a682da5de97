import assert from 'node:assert/strict';
import { summariseAttention } from '../../../src/core/probe/attentionSummary';
import { attentionTable } from '../../../src/engine/cli/attentionTable';
import { attentionFacts, attentionRow } from '../probe/attentionRows';

describe('the table of an attention step', () => {
  const facts = attentionFacts({ items: ['a', 'b', 'c'] });
  const rowsOf = (checkpoint: string, mass: number) =>
    ['a', 'b'].flatMap((id) => [0, 1].map((layer) => attentionRow(checkpoint, id, layer, { mass })));

  it('has a line per layer, a column per checkpoint and the difference', () => {
    const summary = summariseAttention(facts, [...rowsOf('in', 0.2), ...rowsOf('rl', 0.2034)], true);
    const lines = attentionTable({ step: 'shift', ...summary })
      .trim()
      .split('\n');
    assert.equal(lines[0], 'shift: attention on the image, 95 % intervals');
    assert.deepEqual(lines[1]!.trim().split(/ {3,}/), [
      'layer',
      'in (n 2)',
      'rl (n 2)',
      'rl − in, points (n 2)',
      'p (Holm)',
    ]);
    const cells = ['1', '20.0 % [20.0 %, 20.0 %]', '20.3 % [20.3 %, 20.3 %]', '0.34 [0.34, 0.34]', '1.0'];
    assert.deepEqual(lines[3]!.trim().split(/ {3,}/), cells);
    assert.equal(lines[4], 'left out: 2 (summary.json says why)');
  });

  it('says no more than there is', () => {
    const summary = summariseAttention(attentionFacts({ checkpoints: ['in'], items: [] }), [], true);
    assert.equal(
      attentionTable({ step: 'shift', ...summary })
        .trim()
        .split('\n').length,
      2,
    );
  });
});
