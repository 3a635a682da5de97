import assert from 'node:assert/strict';
import type { Gold } from '../../../../src/core/evaluate/dataset';
import { goldProblem, gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';
import { cases } from './mathCases';

function goldOf(answer: string, given: Partial<Gold> = {}): Gold {
  return { answer, choices: [], answerType: null, unit: null, precision: null, ...given };
}

describe('the rule math', () => {
  for (const [name, group] of Object.entries(cases)) {
    it(`judges ${name}`, async () => {
      const wrong: string[] = [];
      for (const [answer, given, correct, more] of group) {
        for (const text of [
          given,
          `<think>Perhaps 99?</think><answer>${given}</answer>`,
          `Thus $\\boxed{${given}}$.`,
        ]) {
          if (text !== given && (given.includes('boxed') || /€|^\\?\$|percent$|%$/.test(given))) continue;
          const grade = await gradeAnswer({ gold: goldOf(answer, more), text, rule: 'math' });
          if (grade.correct !== correct) wrong.push(`${answer} | ${text} | ${grade.extracted} is ${grade.correct}`);
        }
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('is held to two hundred cases and more', () => {
    assert.ok(Object.values(cases).flat().length >= 200);
  });

  it('finds every right answer right when it is repeated', async () => {
    const wrong: string[] = [];
    for (const [answer, , , more] of Object.values(cases).flat()) {
      const { correct } = await gradeAnswer({ gold: goldOf(answer, more), text: answer, rule: 'math' });
      if (!correct) wrong.push(answer);
    }
    assert.deepEqual(wrong, []);
  });

  it('says of no right answer above that it cannot be read', async () => {
    const problems: string[] = [];
    for (const [answer, , , more] of Object.values(cases).flat()) {
      const problem = await goldProblem(goldOf(answer, more));
      if (problem) problems.push(problem);
    }
    assert.deepEqual(problems, []);
  });
});
