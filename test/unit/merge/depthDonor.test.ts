import assert from 'node:assert/strict';
import { experimentFromText } from '../../../src/core/experiment/experiment';
import { depthDonor } from '../../../src/core/merge/depthDonor';

describe('depthDonor', () => {
  const experiment = experimentFromText(
    '/lab/x.frankenstein.yaml',
    `
version: 1
checkpoints: { base: ./base, in: ./in, rl: ./rl }
hybrids:
  thirds: [in, rl, base]
  layered: { skeleton: rl, layers: { 4-8: in } }
  averaged: { method: linear, models: [{ model: in, weight: 1 }, { model: rl, weight: 1 }] }
`,
  );

  it('is the checkpoint itself, or the one that a hybrid has its shape from', () => {
    const names = ['base', 'thirds', 'layered', 'averaged', 'nobody', 'constructor'];
    assert.deepEqual(
      names.map((name) => depthDonor(experiment, name)),
      ['base', 'in', 'rl', 'in', 'nobody', 'constructor'],
    );
  });
});
