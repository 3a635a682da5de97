import assert from 'node:assert/strict';
import type { ImagePair } from '../../../src/core/probe/pairs';
import { probeItems } from '../../../src/core/probe/probeItems';
import { rowsOf } from './swapRows';

describe('probeItems', () => {
  const rows = [
    ...rowsOf('ocr', 'a', 'x.'),
    ...rowsOf('counting', 'a', 'xx'),
    ...rowsOf('ocr', 'b', 'xx', { adopted: '.x' }),
    ...rowsOf('ocr', 'c', '..'),
    ...rowsOf('ocr', 'd', '.x'),
  ];
  const pair = (id: string): ImagePair => ({
    function: 'ocr',
    id,
    targetImage: `/pairs/ocr/${id}_t.png`,
    sourceImage: `/pairs/ocr/${id}_s.png`,
    prompt: `What is ${id}?`,
    meta: {},
    line: 1,
  });
  const pairs = ['a', 'b', 'd'].map(pair);
  const query = { function: 'ocr', layer: 1, only: 'all', from: 0, to: 100 } as const;
  const idsOf = (part: Partial<Parameters<typeof probeItems>[2]>) => {
    const { items, total } = probeItems(rows, pairs, { ...query, ...part });
    return { ids: items.map(({ id }) => id).join(''), total };
  };

  it('lays the answer at the layer beside the two untouched ones', () => {
    const [first] = probeItems(rows, pairs, query).items;
    assert.deepEqual(first, {
      id: 'a',
      prompt: 'What is a?',
      original: 'a target',
      source: 'a source',
      text: 'a at 1',
      changed: false,
      adopted: false,
      pair: pairs[0],
    });
  });

  it('filters', () => {
    assert.deepEqual(idsOf({}), { ids: 'abcd', total: 4 });
    assert.deepEqual(idsOf({ only: 'changed' }), { ids: 'bd', total: 2 });
    assert.deepEqual(idsOf({ only: 'adopted' }), { ids: 'b', total: 1 });
    assert.deepEqual(idsOf({ layer: 0, only: 'changed' }), { ids: 'ab', total: 2 });
    assert.deepEqual(idsOf({ function: 'counting' }), { ids: 'a', total: 1 });
    assert.deepEqual(idsOf({ layer: 7 }), { ids: '', total: 0 });
  });

  it('gives a page of them, and says how many there are', () => {
    assert.deepEqual(idsOf({ from: 1, to: 3 }), { ids: 'bc', total: 4 });
    assert.deepEqual(idsOf({ from: 3, to: 9 }), { ids: 'd', total: 4 });
    assert.deepEqual(idsOf({ from: 9, to: 12 }), { ids: '', total: 4 });
  });

  it('keeps the answers of a pair that the folder no longer has', () => {
    const gone = probeItems(rows, pairs, query).items[2]!;
    assert.deepEqual([gone.id, gone.text, gone.prompt, gone.pair], ['c', 'c at 1', '', null]);
  });
});
