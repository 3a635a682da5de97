import assert from 'node:assert/strict';
import { compareSwaps } from '../../../src/core/probe/compareSwaps';
import { holmAdjusted } from '../../../src/core/statistics/holm';
import { mcnemarExact } from '../../../src/core/statistics/mcnemar';
import { pairedDifference } from '../../../src/core/statistics/pairedDifference';
import { rowsOf } from './swapRows';

describe('compareSwaps', () => {
  const swap = (marks: Record<string, string>, name = 'ocr') =>
    Object.entries(marks).flatMap(([id, changed]) => rowsOf(name, id, changed));
  const a = [...swap({ p: 'xx', q: '.x', r: '..', s: 'x.' }), ...swap({ p: 'x' }, 'counting')];
  const b = [...swap({ q: 'xx', p: 'x.', s: 'xx', t: '..' }), ...swap({ p: '.' }, 'counting')];

  it('takes B less A over the pairs that both have, layers ascending', () => {
    const points = compareSwaps(a, [...b].reverse()).get('ocr')!;
    assert.deepEqual(
      points.map(({ layer, n }) => [layer, n]),
      [
        [0, 3],
        [1, 3],
      ],
    );
    // At layer 0, p and s changed in both runs and q in B only.
    const { difference, low, high } = points[0]!;
    assert.deepEqual({ difference, low, high }, pairedDifference({ both: 2, onlyA: 1, onlyB: 0, neither: 0 }));
    assert.equal(difference, 1 / 3);
    assert.equal(points[1]!.difference, 0);
  });

  it('corrects over the layers of all functions', () => {
    const compared = compareSwaps(a, b);
    const adjusted = [...compared.values()].flat().map(({ pAdjusted }) => pAdjusted);
    assert.deepEqual(adjusted, holmAdjusted([mcnemarExact(1, 0), mcnemarExact(1, 1), mcnemarExact(0, 1)]));
  });

  it('leaves out what the runs do not share', () => {
    assert.equal(compareSwaps(swap({ p: 'x' }), swap({ q: 'x' })).size, 0);
    assert.equal(compareSwaps(a, swap({ p: 'x' }, 'mood')).size, 0);
    assert.deepEqual([...compareSwaps(a, swap({ p: 'xx' })).keys()], ['ocr']);
  });
});
