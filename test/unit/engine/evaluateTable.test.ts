import assert from 'node:assert/strict';
import { summaryTable } from '../../../src/engine/cli/summaryTable';
import type { AbilityComparison } from '../../../src/shared/evaluateResults';

describe('an evaluation in the terminal', () => {
  const score = (value: number) => ({ n: 100, value, low: value - 0.1, high: value + 0.1, settings: {} });
  const comparison: AbilityComparison = {
    ...{ ability: 'vision', a: 'in', b: 'rl', n: 100, difference: 0.2, low: 0.1, high: 0.3, pValue: 0.001 },
    ...{ pAdjusted: 0.004, detectable: 0.06, transitions: { TT: 1, TF: 2, FT: 22, FF: 75 } },
  };
  const text = summaryTable({
    ...{ step: 'abilities', kind: 'evaluate', device: 'cpu', truncated: {} },
    abilities: { vision: { in: score(0.5), rl: score(0.7) }, mathvista_testmini: { in: score(0.4), rl: score(0.4) } },
    comparisons: [comparison, { ...comparison, ability: 'mathvista_testmini', pAdjusted: 1 }],
    trends: [{ ability: 'vision', chain: ['in', 'rl'], values: [0.5, 0.7], rises: true, probability: 0.99 }],
    floors: { vision: { empty: 0, constant: 0.15, constantAnswer: 'No' }, mathvista_testmini: null },
    leftOut: { vision: [{ id: 'x', problem: 'it has no image' }], mathvista_testmini: [] },
  });

  it('tells scores with intervals, the floor, trends, what holds and what is left out', () => {
    for (const told of [
      /Vision \(n 100\)/,
      /in +50\.0 % \[40\.0 %, 60\.0 %\] +40\.0 %/,
      /best constant answer +15\.0 % \("No"\) +–/,
      /Vision over in → rl: 50\.0 %, 70\.0 %; it rises in 99\.0 % of resamples/,
      /1 of 2 differences hold/,
      /Vision, rl − in: 20\.0 points \[10\.0, 30\.0\], p 0\.004/,
      /Vision: 1 items are left out/,
    ]) {
      assert.match(text, told);
    }
  });
});
