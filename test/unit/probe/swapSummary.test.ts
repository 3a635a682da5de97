import assert from 'node:assert/strict';
import fc from 'fast-check';
import { summariseSwap, type SwapRow } from '../../../src/core/probe/swapSummary';
import { factsOf, rowsOf } from './swapRows';

describe('summariseSwap', () => {
  const functions = ['ocr', 'counting', 'constructor'];
  const ids = ['a', 'b', 'c', 'd'];
  const facts = { ...factsOf({ ocr: ids, counting: ids }), layers: [0, 2, 5] };
  const anyRow: fc.Arbitrary<SwapRow> = fc.record({
    key: fc.string(),
    function: fc.constantFrom(...functions),
    id: fc.constantFrom(...ids),
    layer: fc.constantFrom(null, 'source' as const, 0, 1, 2, 5),
    text: fc.string(),
    changed: fc.boolean(),
    adopted: fc.boolean(),
  });

  it('counts what is there, whatever the order of the rows', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.boolean(), (rows, complete) => {
        const summary = summariseSwap(facts, rows, complete);
        assert.deepEqual(Object.keys(summary.functions), ['ocr', 'counting']);
        for (const [name, points] of Object.entries(summary.functions)) {
          const own = rows.filter((row) => row.function === name);
          const answered = new Set(own.map(({ id }) => id)).size;
          assert.equal(summary.skipped[name]!.unreadable, complete ? ids.length - answered : 0);
          assert.equal(summary.sameAnswer[name], own.filter((row) => row.layer === 'source' && !row.changed).length);
          assert.deepEqual(
            points.map(({ layer }) => layer),
            facts.layers,
          );
          for (const { layer, n, changed, adopted, rate, adoptedRate } of points) {
            const here = own.filter((row) => row.layer === layer);
            const count = (field: 'changed' | 'adopted') => here.filter((row) => row[field]).length;
            assert.deepEqual([n, changed, adopted], [here.length, count('changed'), count('adopted')]);
            assert.deepEqual([rate, adoptedRate], n === 0 ? [0, 0] : [changed / n, adopted / n]);
          }
        }
      }),
    );
  });

  it('knows nothing of a layer without rows', () => {
    const { functions: empty } = summariseSwap(factsOf({ ocr: ['a'] }), [], false);
    assert.deepEqual(empty['ocr']![0], {
      layer: 0,
      n: 0,
      changed: 0,
      rate: 0,
      low: 0,
      high: 1,
      adopted: 0,
      adoptedRate: 0,
    });
  });

  it('counts pairs left out', () => {
    const planned = { functions: { ocr: { pairs: ['a', 'b'], tokens: ['c', 'd', 'e'] } } };
    const { skipped } = summariseSwap({ ...factsOf({}), ...planned }, rowsOf('ocr', 'a', 'x.x'), true);
    assert.deepEqual(skipped, { ocr: { tokens: 3, unreadable: 1 } });
  });
});
