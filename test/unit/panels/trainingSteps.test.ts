import assert from 'node:assert/strict';
import { experimentFromText } from '../../../src/core/experiment/experiment';
import { addStep, applyEdits } from '../../../src/core/experiment/hybridEdits';
import {
  armName,
  datasetsIn,
  outputsIn,
  suggestedOutput,
  trainSteps,
  type TrainPlan,
} from '../../../src/host/commands/trainSteps';

const plan: TrainPlan = {
  from: 'in',
  method: 'grpo',
  freeze: ['late'],
  dataset: './evaluation/reasoning.jsonl',
  steps: 200,
  learningRate: 1e-5,
  output: './out/in-frozen-late',
};
const none: ReadonlySet<string> = new Set();

describe('the steps of Freeze and Train', () => {
  it('are named after what is frozen', () => {
    assert.equal(armName([]), 'unfrozen');
    assert.equal(armName(['early', 'vision']), 'frozen-early-vision');
    assert.equal(suggestedOutput('in', ['late'], none), './in-frozen-late');
    assert.equal(suggestedOutput('IN:RL:RL', [], new Set(['IN-RL-RL-unfrozen'])), './IN-RL-RL-unfrozen-2');
  });

  it('have the same start, data, steps and seed, and outputs beside each other', () => {
    const ids = new Set(['unfrozen']);
    const steps = trainSteps(plan, 'regions', ids, new Set(['in-frozen-mid'])).map(({ train }) => train!);
    assert.deepEqual(
      steps.map(({ id, freeze, output }) => [id, freeze, output]),
      [
        ['frozen-late', ['late'], './out/in-frozen-late'],
        ['unfrozen-2', [], './out/in-unfrozen'],
        ['frozen-early', ['early'], './out/in-frozen-early'],
        ['frozen-mid', ['mid'], './out/in-frozen-mid-2'],
      ],
    );
    const common = steps.map(({ id: _, freeze: __, output: ___, ...rest }) => rest);
    for (const rest of common) assert.deepEqual(rest, common[0]);
    assert.deepEqual(
      trainSteps(plan, 'unfrozen', none, none).map(({ train }) => train!.id),
      ['frozen-late', 'unfrozen'],
    );
    assert.equal(trainSteps(plan, 'none', none, none).length, 1);
    assert.deepEqual(
      trainSteps({ ...plan, freeze: [], output: 'x' }, 'unfrozen', none, none).map(({ train }) => train!.output),
      ['x'],
    );
  });

  it('are read back from the file as they were written', () => {
    const text = 'version: 1\ncheckpoints: { in: ./in } # the start\nsteps: []\n';
    const steps = trainSteps(plan, 'regions', none, none);
    const written = steps.reduce((now, step) => applyEdits(now, addStep(now, step)), text);
    const { content } = experimentFromText('/lab/lab.frankenstein.yaml', written);
    assert.ok(written.includes('# the start'));
    assert.deepEqual(
      content.steps.map(({ train }) => [train!.id, train!.seed, train!.learningRate, train!.batch]),
      [
        ['frozen-late', 1, 1e-5, 1],
        ['unfrozen', 1, 1e-5, 1],
        ['frozen-early', 1, 1e-5, 1],
        ['frozen-mid', 1, 1e-5, 1],
      ],
    );
    assert.deepEqual(outputsIn(content), ['in-frozen-late', 'in-unfrozen', 'in-frozen-early', 'in-frozen-mid']);
  });
});

describe('datasetsIn', () => {
  it('lists each data set of the file once, with the step that names it first', () => {
    const text = [
      'version: 1',
      'checkpoints: { in: ./in, rl: ./rl }',
      'steps:',
      '  - swap: { id: s, checkpoint: in, pairs: ./pairs }',
      '  - ablate: { id: a, checkpoint: in, dataset: ./reasoning.jsonl }',
      '  - evaluate: { id: e, checkpoints: [in], vision: ./vision.jsonl, reasoning: ./reasoning.jsonl }',
    ];
    const { content } = experimentFromText('/lab/lab.frankenstein.yaml', text.join('\n'));
    assert.deepEqual(datasetsIn(content), [
      { path: './reasoning.jsonl', step: 'a' },
      { path: './vision.jsonl', step: 'e' },
    ]);
  });
});
