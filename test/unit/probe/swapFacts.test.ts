import assert from 'node:assert/strict';
import path from 'node:path';
import type { Manifest } from '../../../src/core/experiment/manifest';
import { pairsFolderOf } from '../../../src/core/probe/pairsFolder';
import { readSwapFacts, readSwapRows } from '../../../src/core/probe/swapFacts';
import { factsOf, rowsOf } from './swapRows';

describe('what a run folder says of a swap', () => {
  const facts = factsOf({ ocr: ['a'] });

  it('takes facts as they are written, and nothing else', () => {
    assert.deepEqual(readSwapFacts(JSON.parse(JSON.stringify(facts))), facts);
    const wrong = [
      null,
      'facts',
      {},
      { ...facts, mode: 'middle' },
      { ...facts, layers: [-1] },
      { ...facts, layers: 3 },
    ];
    for (const one of [...wrong, { ...facts, functions: { ocr: { pairs: [1], tokens: [] } } }]) {
      assert.equal(readSwapFacts(one), null, JSON.stringify(one));
    }
  });

  it('leaves out lines that are no rows of a swap', () => {
    const rows = rowsOf('ocr', 'a', 'x');
    const others = [
      { key: 'a' },
      { ...rows[0]!, layer: 'top' },
      { ...rows[0]!, changed: 1 },
      { ...rows[0]!, text: null },
    ];
    assert.deepEqual(readSwapRows([...others, ...rows]), rows);
  });

  describe('pairsFolderOf', () => {
    const root = path.resolve('/lab');
    const folderFor = (...paths: unknown[]) => {
      const inputs = paths.map((given) => ({ path: given, kind: 'data', size: 1, sha256: '' }));
      return pairsFolderOf({ inputs } as unknown as Manifest, root, facts);
    };

    it('is two above the data.jsonl of a function', () => {
      assert.equal(folderFor('base/config.json', 'pairs/ocr/data.jsonl'), path.join(root, 'pairs'));
      assert.equal(folderFor(path.resolve('/data/pairs/ocr/data.jsonl')), path.resolve('/data/pairs'));
    });

    it('is not guessed', () => {
      assert.equal(folderFor('pairs/counting/data.jsonl', 'pairs/ocr/images/a.png', 7), null);
      assert.equal(folderFor(path.resolve('/ocr/data.jsonl')), null, 'a whole disk is no pairs folder');
      assert.equal(pairsFolderOf({ inputs: 'none' } as unknown as Manifest, root, facts), null);
      assert.equal(pairsFolderOf({ inputs: [null] } as unknown as Manifest, root, facts), null);
    });
  });
});
