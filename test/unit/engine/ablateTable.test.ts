import assert from 'node:assert/strict';
import { ablateTable } from '../../../src/engine/cli/ablateTable';
import type { AblateSummary } from '../../../src/shared/ablateResults';

const accuracy = { n: 20, correct: 15, rate: 0.75, low: 0.5, high: 0.9 };
const summary: AblateSummary & { step: string } = {
  step: 'reasoning',
  checkpoint: 'base',
  baseline: accuracy,
  layers: [
    {
      ...accuracy,
      part: 'vision',
      layer: 3,
      pValue: 0.0004,
      pAdjusted: 0.25,
      difference: { value: 0, low: -0.1, high: 0.1 },
      likelihood: { n: 20, mean: -1.234, low: -2, high: -0.5 },
    },
  ],
  leftOut: [],
  truncated: 0,
};
const nothing = { n: 0, correct: 0, rate: 0, low: 0, high: 1 };

describe('the table of an ablation', () => {
  it('has a line for the whole model and one per layer', () => {
    const [, title, head, whole, layer] = ablateTable(summary).split('\n');
    assert.match(title!, /^reasoning: base with one layer made identity/);
    assert.match(head!, /n +accuracy +p +p \(Holm\) +log-likelihood/);
    assert.match(whole!, /none +20 +75.0 % \[50.0 %, 90.0 %\]/);
    assert.match(layer!, /vision 3 +20 +75.0 % \[50.0 %, 90.0 %\] +< 0.001 +0.250 +-1.23 \[-2.00, -0.50\]/);
  });

  it('shows only what was measured', () => {
    const [layer] = summary.layers;
    const scored = { ...summary, baseline: nothing, layers: [{ ...layer!, ...nothing }] };
    assert.ok(!ablateTable(scored).includes('accuracy') && ablateTable(scored).includes('-1.23'));
    const generated = { ...summary, layers: [{ ...layer!, likelihood: null }] };
    assert.ok(!ablateTable(generated).includes('log-likelihood') && ablateTable(generated).includes('75.0 %'));
  });
});
