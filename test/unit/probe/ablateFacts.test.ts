import assert from 'node:assert/strict';
import { readAblateFacts, readAblateRows } from '../../../src/core/probe/ablateFacts';
import type { Row } from '../../../src/core/experiment/step';
import { ablateFactsOf, ablateRowOf } from './ablateRows';

describe('what a run folder says of an ablation', () => {
  const facts = ablateFactsOf(['a', 'b'], [0, 3]);

  it('is read as it was written', () => {
    assert.deepEqual(readAblateFacts(JSON.parse(JSON.stringify(facts))), facts);
    const rows = [ablateRowOf('a', null, true, -1), ablateRowOf('a', 3, null, -2), ablateRowOf('b', 0, false)];
    assert.deepEqual(readAblateRows(JSON.parse(JSON.stringify(rows)) as Row[]), rows);
  });

  it('is nothing where it is something else', () => {
    for (const bad of [
      null,
      'x',
      {},
      { ...facts, scoring: 'guess' },
      { ...facts, layers: [{ part: 'head', layer: 0 }] },
    ]) {
      assert.equal(readAblateFacts(bad), null);
    }
  });

  it('leaves out lines that are no rows', () => {
    const good = ablateRowOf('a', 3, true);
    const nameless = { ...good, id: undefined };
    const bad = [
      nameless,
      { ...good, part: null },
      { ...good, part: 'head' },
      { ...good, layer: 'source' },
      { ...good, text: 3 },
      { ...good, correct: 'yes' },
      { ...good, logLikelihood: '-1' },
    ];
    assert.deepEqual(readAblateRows([...bad, good] as Row[]), [good]);
  });
});
