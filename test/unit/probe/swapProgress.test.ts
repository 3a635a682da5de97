import assert from 'node:assert/strict';
import { swapProgress } from '../../../src/core/probe/swapProgress';
import type { SwapFacts, SwapRow } from '../../../src/core/probe/swapSummary';

const facts: SwapFacts = {
  checkpoint: 'base',
  mode: 'suffix',
  window: 3,
  layers: [0, 1],
  functions: {
    ocr: { pairs: ['a', 'b', 'c'], tokens: ['z'] },
    counting: { pairs: ['a'], tokens: [] },
  },
};

function rowsOf(name: string, id: string): SwapRow[] {
  const row = { function: name, id, text: '', changed: false, adopted: false };
  return ([null, 'source', 0, 1] as const).map((layer) => ({ ...row, layer, key: `${name}/${id}/${layer}` }));
}

describe('progress of a swap run', () => {
  it('counts pairs, not rows, and none that is left out', () => {
    assert.deepEqual(swapProgress(facts, []), { done: 0, total: 4 });
    assert.deepEqual(swapProgress(facts, rowsOf('ocr', 'b')), { done: 1, total: 4 });
  });

  it('tells pairs of the same id in two functions apart', () => {
    const rows = [...rowsOf('ocr', 'a'), ...rowsOf('counting', 'a')];
    assert.deepEqual(swapProgress(facts, rows), { done: 2, total: 4 });
  });

  it('counts no pair that is not planned', () => {
    const rows = [...rowsOf('ocr', 'z'), ...rowsOf('grounding', 'a')];
    assert.deepEqual(swapProgress(facts, rows), { done: 0, total: 4 });
  });
});
