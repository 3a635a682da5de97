import assert from 'node:assert/strict';
import { readAttentionFacts, readAttentionRows } from '../../../src/core/probe/attentionFacts';
import { attentionFacts, attentionRow } from './attentionRows';

describe('what a run folder says of attention', () => {
  const facts = attentionFacts({ leftOut: [{ id: 'c', problem: 'it has no image' }] });

  it('takes facts as they are written, and nothing else', () => {
    assert.deepEqual(readAttentionFacts(JSON.parse(JSON.stringify(facts))), facts);
    const wrong = [null, 'facts', {}, { ...facts, span: 'all' }, { ...facts, layers: [-1] }, { ...facts, items: [1] }];
    for (const one of wrong) assert.equal(readAttentionFacts(one), null, JSON.stringify(one));
  });

  it('leaves out lines that are no rows of attention', () => {
    const row = attentionRow('in', 'a', 0);
    const others = [
      { key: 'a' },
      { ...row, mass: 1.5 },
      { ...row, layer: '0' },
      { ...row, grids: [[1e9, 1e9]] },
      { ...row, patches: null },
      { ...row, tokens: 0 },
    ];
    assert.deepEqual(readAttentionRows([...others, row]), [row]);
  });
});
