import assert from 'node:assert/strict';
import { GrowingSummary } from '../../../src/host/panels/growingSummary';

describe('GrowingSummary', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ key: String(i) }));
  let clock: number;
  let made: [number, boolean][];
  let summaries: GrowingSummary<string, { key: string }, number>;
  beforeEach(() => {
    clock = 0;
    made = [];
    // One takes 50 ms.
    const summarise = (_: string, all: readonly object[], complete: boolean) => {
      made.push([all.length, complete]);
      clock += 50;
      return all.length;
    };
    summaries = new GrowingSummary(summarise, () => clock);
  });

  it('is made once of the same rows', () => {
    assert.equal(summaries.of('facts', rows(3), 'finished'), 3);
    assert.equal(summaries.of('facts', rows(3), 'finished'), 3);
    assert.equal(made.length, 1);
    summaries.of('other facts', rows(3), 'finished');
    assert.equal(made.length, 2);
  });

  it('takes a tenth of the time while rows grow', () => {
    const shown = [];
    for (let count = 1; clock < 5000; count++) {
      shown.push(summaries.of('facts', rows(count), 'running'));
      clock += 20;
    }
    assert.ok(made.length * 50 <= 0.12 * clock, `${made.length} in ${clock} ms`);
    assert.ok(new Set(shown).size === made.length && made.length > 5);
  });

  it('is whole as soon as the run is', () => {
    summaries.of('facts', rows(3), 'running');
    assert.equal(summaries.of('facts', rows(4), 'running'), 3);
    assert.equal(summaries.of('facts', rows(4), 'finished'), 4);
    assert.deepEqual(made, [
      [3, false],
      [4, true],
    ]);
    assert.equal(summaries.of('facts', rows(5), 'cancelled'), 5);
  });
});
