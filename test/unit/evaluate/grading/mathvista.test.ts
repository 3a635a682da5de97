import assert from 'node:assert/strict';
import type { Gold } from '../../../../src/core/evaluate/dataset';
import { gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';
import { editDistance } from '../../../../src/core/evaluate/grading/mathvista';

function goldOf(answer: string, given: Partial<Gold>): Gold {
  return { answer, choices: [], answerType: 'text', unit: null, precision: null, ...given };
}

const choices = ['145°', '35°', '3/5', 'no'];
const integer = { answerType: 'integer' } as const;
const float = { answerType: 'float', precision: 1 } as const;
const list = { answerType: 'list' } as const;

describe('the rule mathvista', () => {
  const cases: [answer: string, text: string, extracted: string | null, given: Partial<Gold>][] = [
    ['35°', '35°', '35°', { choices }],
    ['35°', '(B)', '35°', { choices }],
    ['35°', '(b) for sure', '35°', { choices }],
    ['35°', 'B', '35°', { choices }],
    ['35°', 'The answer is "(B)".', '35°', { choices }],
    ['35°', 'After some thought, the answer is (B).', '35°', { choices }],
    // Always one of them: an empty answer the shortest, any other the one that looks most like it.
    ['no', '', 'no', { choices }],
    ['3/5', '3/4', '3/5', { choices }],
    ['145°', '146', '145°', { choices }],
    // A label that is no index: the second choice and not the one that says (b).
    ['(b)', '(b)', '(a)', { choices: ['(c)', '(a)', '(b)'] }],
    ['B', '35°', '35°', { choices }],
    ['14', '14', '14', integer],
    ['14', '14.9', '14', integer],
    ['14', '-14', '-14', integer],
    ['14', '1_4', '14', integer],
    ['14', 'There are 14 of them', '14', integer],
    ['1000', '1,000', null, integer],
    ['14', 'many', null, integer],
    ['14', '', null, integer],
    ['14', '1e1', '10', integer],
    ['1.4', '1.4', '1.4', float],
    ['1.4', '1.36', '1.4', float],
    ['1.4', '<answer>1.44</answer>', '1.4', float],
    ['2.0', '2', '2.0', float],
    ['1.40', '1.4', '1.4', float],
    ['0.2', '0.25', '0.2', float],
    ['0.4', '0.35', '0.3', float],
    ['0.8', '0.75', '0.8', float],
    ['1.4', 'about one', null, float],
    ['0.0', '-0.04', '-0.0', float],
    ['[2007, 2008]', '[2007, 2008]', '[2007, 2008]', list],
    ['[2007, 2008]', '[2007,2008]', '[2007,2008]', list],
  ];

  for (const [answer, text, extracted, given] of cases) {
    it(`takes ${JSON.stringify(text)} for ${extracted}`, async () => {
      const grade = await gradeAnswer({ gold: goldOf(answer, given), text, rule: 'mathvista' });
      const right = answer === 'B' ? '35°' : answer;
      assert.deepEqual(grade, { extracted, correct: extracted === right });
    });
  }
});

describe('editDistance', () => {
  it('counts insertions, deletions and replacements', () => {
    const distances: [string, string, number][] = [
      ['', '', 0],
      ['', 'abc', 3],
      ['kitten', 'sitting', 3],
      ['flaw', 'lawn', 2],
      ['B.', '3/5', 3],
    ];
    for (const [a, b, distance] of distances) {
      assert.equal(editDistance(a, b), distance);
      assert.equal(editDistance(b, a), distance);
    }
  });
});
