import assert from 'node:assert/strict';
import type { Gold } from '../../../../src/core/evaluate/dataset';
import { floorOf } from '../../../../src/core/evaluate/grading/floor';
import type { Grader } from '../../../../src/core/evaluate/grading/grade';
import { goldProblem, gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';

const grader: Grader = {
  grade: (requests) => Promise.all(requests.map(gradeAnswer)),
  problems: (golds) => Promise.all(golds.map(goldProblem)),
};

function golds(answers: readonly string[], choices: readonly string[] = []): Gold[] {
  return answers.map((answer) => ({ answer, choices, answerType: null, unit: null, precision: null }));
}

describe('floorOf', () => {
  it('finds the answer that is right most often', async () => {
    const floor = await floorOf(golds(['1', '2', 'Yes', '2.0', 'yes', 'No', '2']), 'math', grader);
    assert.deepEqual(floor, { empty: 0, constant: 3 / 7, constantAnswer: '2' });
  });

  it('tries the letters of choices too', async () => {
    const items = [...golds(['p'], ['o', 'p']), ...golds(['r'], ['q', 'r']), ...golds(['s'], ['s', 't'])];
    assert.deepEqual(await floorOf(items, 'math', grader), { empty: 0, constant: 2 / 3, constantAnswer: 'B' });
  });

  it('shows what an empty answer scores under the official rule', async () => {
    const items = [...golds(['no'], ['yes', 'no']), ...golds(['yes'], ['yes', 'no'])];
    assert.equal((await floorOf(items, 'mathvista', grader)).empty, 1 / 2);
    assert.equal((await floorOf(items, 'math', grader)).empty, 0);
  });

  it('tries no more than twenty answers', async () => {
    const asked = new Set<string>();
    const counting: Grader = {
      ...grader,
      grade: (requests) => {
        requests.forEach(({ text }) => asked.add(text));
        return grader.grade(requests);
      },
    };
    await floorOf(golds(Array.from({ length: 50 }, (_, i) => String(i))), 'math', counting);
    assert.equal(asked.size, 21);
  });
});
