import assert from 'node:assert/strict';
import { samplesAt, trainingState, type TrainingRun } from '../../../src/host/panels/trainingState';
import type { TrainFacts, TrainRow } from '../../../src/shared/trainResults';

const facts: TrainFacts = {
  from: 'in',
  method: 'grpo',
  freeze: ['"late"'],
  steps: 40,
  dataset: './a.jsonl',
  output: './b',
  trained: { tensors: 3, parameters: 30 },
  frozen: { tensors: 1, parameters: 10 },
  selectors: [{ selector: '"late"', tensors: 1, parameters: 10 }],
};
const samples = [{ id: 'a', text: '<b>', reward: 1 }];
const rows: TrainRow[] = [
  { key: '1', step: 1, loss: 0.5, reward: 0.25, gradientNorm: 2, learningRate: 1e-5, samples },
  { key: '2', step: 2, loss: null, gradientNorm: null, learningRate: 1e-5, skipped: true },
];

function runOf(id: string, change: Partial<TrainingRun> = {}): TrainingRun {
  const standing = { id, state: 'running' as const, mine: true, message: null, device: 'cpu' };
  return { ...standing, progress: null, facts, rows, ...change };
}

const around = { experiment: 'lab.frankenstein.yaml', canRun: true };

describe('trainingState', () => {
  it('tells points without their samples, and which steps have some', () => {
    const [arm] = trainingState([runOf('own')], [], around).arms;
    assert.deepEqual(arm.points, [
      { step: 1, loss: 0.5, reward: 0.25, gradientNorm: 2, learningRate: 1e-5 },
      { step: 2, loss: null, gradientNorm: null, learningRate: 1e-5, skipped: true },
    ]);
    assert.deepEqual(arm.sampled, [1]);
    assert.deepEqual(arm.facts, facts);
  });

  it('counts steps, unless whoever runs it tells', () => {
    const standing = (change: Partial<TrainingRun>) => trainingState([runOf('own', change)], [], around).arms[0].run;
    const counted = standing({});
    assert.deepEqual([counted.done, counted.total, counted.secondsLeft], [2, 40, null]);
    const memory = { mapped: 1, working: 2, available: 3 };
    const told = standing({ progress: { done: 7, total: 40, secondsLeft: 9, memory } });
    assert.deepEqual([told.done, told.total, told.secondsLeft, told.memory], [7, 40, 9, memory]);
    const preparing = standing({ progress: { done: 0, total: 0 } });
    assert.deepEqual([preparing.done, preparing.total], [2, 40]);
  });

  it('keeps the order of the arms, and does not offer the panel’s own to be laid over', () => {
    const others = ['own', 'a', 'b'].map((id) => ({ id, freeze: [] }));
    const state = trainingState([runOf('own'), runOf('b')], others, around);
    assert.deepEqual(
      state.arms.map(({ run }) => run.id),
      ['own', 'b'],
    );
    assert.deepEqual(
      state.others.map(({ id }) => id),
      ['a', 'b'],
    );
  });
});

describe('samplesAt', () => {
  it('finds those of a step', () => {
    assert.deepEqual(samplesAt(rows, 1), samples);
    assert.deepEqual(samplesAt(rows, 2), []);
    assert.deepEqual(samplesAt(rows, 3), []);
  });
});
