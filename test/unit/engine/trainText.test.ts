import assert from 'node:assert/strict';
import { trainText } from '../../../src/engine/cli/trainText';
import { summariseTrain } from '../../../src/core/train/trainSummary';
import { readTrainFacts, readTrainRows } from '../../../src/core/train/trainFacts';
import type { TrainFacts, TrainRow } from '../../../src/shared/trainResults';

const facts: TrainFacts = {
  ...{ from: 'in', method: 'grpo', freeze: ['late'], steps: 30, dataset: './x.jsonl', output: './out' },
  ...{ trained: { tensors: 3, parameters: 2_500_000 }, frozen: { tensors: 1, parameters: 10 } },
  selectors: [{ selector: 'late', tensors: 1, parameters: 10 }],
};
const rows = Array.from({ length: 30 }, (_, i): TrainRow => {
  return {
    key: `step/${i + 1}`,
    step: i + 1,
    loss: 3 - i / 10,
    reward: i / 30,
    idle: i < 4 ? 1 : 0.5,
    gradientNorm: 1,
    learningRate: 0.1,
  };
});

describe('the summary of a training', () => {
  it('has the first and the last loss, and rewards as means over stretches', () => {
    const summary = summariseTrain(facts, rows);
    assert.deepEqual(summary.loss, [3, 3 - 2.9]);
    assert.equal(summary.rewardSteps, 20);
    // Of 0 to 19, and of 10 to 29, thirtieths.
    assert.ok(Math.abs(summary.reward![0] - 9.5 / 30) < 1e-12 && Math.abs(summary.reward![1] - 19.5 / 30) < 1e-12);
    assert.deepEqual([summary.idleSteps, summary.skipped], [4, 0]);
    const supervised: TrainRow[] = [
      { key: 'step/1', step: 1, loss: null, gradientNorm: null, learningRate: 0.1, skipped: true },
      { key: 'step/2', step: 2, loss: 1, gradientNorm: 1, learningRate: 0.1 },
    ];
    const { reward, idleSteps, ...others } = summariseTrain({ ...facts, method: 'sft' }, supervised);
    assert.deepEqual([reward, idleSteps, others.skipped, others.loss[0]], [undefined, undefined, 1, null]);
  });

  it('as text says what was trained, what was verified, and what went wrong', () => {
    const summary = summariseTrain(facts, [...rows, { ...rows[0]!, loss: null, skipped: true }]);
    const text = trainText({ step: 'frozen-late', ...summary, frozen: { ...summary.frozen, verified: true } });
    assert.match(text, /frozen-late: in after 30 steps of grpo is in \.\/out/);
    assert.match(text, /trained {2}3 tensors, 2\.5 M parameters/);
    assert.match(text, /frozen {3}1 tensors, 10 parameters, verified bit for bit/);
    assert.match(text, /loss {5}3\.000 → –/);
    assert.match(text, /reward .* → .* \(means of 20 steps\)/);
    assert.match(text, /5 steps taught nothing/);
    assert.match(text, /1 steps were skipped/);
  });

  it('is read back only where it is one', () => {
    assert.deepEqual(readTrainFacts(JSON.parse(JSON.stringify(facts))), facts);
    assert.equal(readTrainFacts({ ...facts, method: 'dpo' }), null);
    assert.deepEqual(readTrainRows([...rows, { key: 'step/31' }, { ...rows[0]!, loss: 'low' } as never]), rows);
  });
});
