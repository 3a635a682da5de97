import assert from 'node:assert/strict';
import path from 'node:path';
import { experimentFromText } from '../../../src/core/experiment/experiment';
import { addStep, applyEdits } from '../../../src/core/experiment/hybridEdits';
import { swapStep } from '../../../src/host/commands/pairsStep';

const text = [
  'version: 1',
  'checkpoints: { rl: ./rl, base: ./base }',
  'steps:',
  '  - swap: { id: vision, checkpoint: rl, pairs: ./pairs }',
  '',
];
const file = path.resolve('/lab/x.frankenstein.yaml');

function added(pairs: string): unknown {
  const source = text.join('\n');
  const edited = applyEdits(source, addStep(source, swapStep(experimentFromText(file, source), pairs)));
  const { steps } = experimentFromText(file, edited).content;
  assert.equal(steps.length, 2);
  const { id, checkpoint, pairs: folder, limit, mode } = (steps[1] as { swap: Record<string, unknown> }).swap;
  return { id, checkpoint, folder, limit, mode };
}

describe('swapStep', () => {
  it('probes the first checkpoint of the chain, under a free id, with the path as the file writes it', () => {
    const defaults = { limit: undefined, mode: 'suffix' };
    const own = { id: 'vision-2', checkpoint: 'base', ...defaults };
    assert.deepEqual(added(path.resolve('/lab/sets/pairs')), { ...own, folder: './sets/pairs' });
    const elsewhere = path.resolve('/elsewhere/pairs');
    assert.deepEqual(added(elsewhere), { ...own, folder: elsewhere });
  });
});
