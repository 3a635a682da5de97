import assert from 'node:assert/strict';
import { readCompareFacts, readCompareRows } from '../../../src/core/compare/compareFacts';
import type { Row } from '../../../src/core/experiment/step';
import { compareFacts, compareFixture } from '../../harness/compareRun';

const { rows } = compareFixture();

describe('what a run folder says of a comparison', () => {
  it('takes facts as they are written, and nothing else', () => {
    const facts = compareFacts(rows);
    assert.deepEqual(readCompareFacts(JSON.parse(JSON.stringify(facts))), facts);
    assert.deepEqual(readCompareFacts({ ...facts, regions: null })?.regions, null);
    const odd: unknown[] = [
      null,
      'x',
      {},
      { ...facts, phases: [] },
      { ...facts, phases: [{ from: 'a', to: 3, onlyFrom: [], onlyTo: [] }] },
      { ...facts, numLayers: -1 },
      { ...facts, regions: { early: [0, 1] } },
    ];
    for (const one of odd) assert.equal(readCompareFacts(one), null, JSON.stringify(one));
  });

  it('takes whole rows and skipped ones, and leaves out others', () => {
    const [row] = rows;
    const skipped = { ...row!, energy: null, fromNorm: null, singularValues: undefined, skipped: 'of the type I64' };
    assert.deepEqual(readCompareRows([...rows, skipped]), [...rows, skipped]);
    const odd: Record<string, unknown>[] = [
      { energy: null },
      { energy: '1' },
      { name: 1 },
      { part: 'tail' },
      { layer: 0.5 },
      { component: 'conv' },
      { shape: [1, 'x'] },
      { singularValues: [null] },
      { singularValues: undefined },
      { stableRank: undefined },
    ];
    for (const part of odd) assert.deepEqual(readCompareRows([{ ...row, ...part } as Row]), [], JSON.stringify(part));
  });
});
