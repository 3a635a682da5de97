import assert from 'node:assert/strict';
import { experimentFromText } from '../../../src/core/experiment/experiment';
import { evaluateStep, evaluationProblem } from '../../../src/host/panels/mergeEvaluation';

const file = (...steps: string[]) =>
  experimentFromText(
    '/lab/x.frankenstein.yaml',
    ['version: 1', 'checkpoints: { in: ./in, rl: ./rl }', 'hybrids: { x: [in, rl, rl] }', 'steps:', ...steps].join(
      '\n',
    ),
  );
const asking = '  - evaluate: { id: a, checkpoints: [in], reasoning: ./r.jsonl, limit: 20, seed: 5, maxNewTokens: 48 }';

describe('evaluating a hybrid from the wizard', () => {
  it('asks it and its donors what the first evaluate step asks', () => {
    const { id, step } = evaluateStep(file(asking), 'x', ['in', 'rl']);
    assert.equal(id, 'evaluate-x');
    const { checkpoints, reasoning, limit, seed, maxNewTokens, vision } = step!.evaluate!;
    assert.deepEqual(
      [checkpoints, reasoning, limit, seed, maxNewTokens, vision],
      [['in', 'rl', 'x'], './r.jsonl', 20, 5, 48, undefined],
    );
  });

  it('runs the step that has them all already', () => {
    const whole = '  - evaluate: { id: all, checkpoints: [rl, x, in], vision: ./v.jsonl }';
    assert.deepEqual(evaluateStep(file(asking, whole), 'x', ['in', 'rl']), { id: 'all', step: null });
  });

  it('says what is missing where no step names data sets', () => {
    const logs = file('  - evaluate: { id: logs, logs: { in: ./logs } }');
    assert.match(evaluationProblem(logs)!, /no evaluate step/);
    assert.throws(() => evaluateStep(logs, 'x', ['in']), /no evaluate step/);
    assert.equal(evaluationProblem(file(asking)), null);
  });
});
