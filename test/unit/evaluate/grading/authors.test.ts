import assert from 'node:assert/strict';
import { gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';

/** The right answer, an answer, what their code takes it for, whether that is right; choices. */
type Case = [gold: string, text: string, extracted: string | null, correct: boolean, choices?: readonly string[]];

// What their own functions give (scripts/transferability_test.py), without Math-Verify.
const cases: Record<string, Case[]> = {
  'takes a leading digit for the label of an option': [
    ['0.5', '<answer>0.5</answer>', '5', false],
    ['5', '<answer>0.5</answer>', '5', true],
    ['3.14', '\\boxed{3.14}', '14', false],
    ['2:3', '\\boxed{2:3}', '3', false],
    ['6 - 5i', '\\boxed{6 - 5i}', '5i', false],
    ['7', 'It is\n7.0', '0', false],
    ['2\\sqrt{3}', '\\boxed{1-2\\sqrt{3}}', '2\\sqrt{3}', true],
  ],
  'takes the first tag, then the last box, then a number at the end of a line': [
    ['1', '<answer>1</answer> no, <answer>2</answer>', '1', true],
    ['2', '\\boxed{1} \\boxed{2}', '2', true],
    ['12', 'so x = 12\nas said', '12', true],
    ['12', 'the answer is 12 of them', '12 of them', false],
    ['12', 'we have 12 apples', '12', true],
    ['', 'x', 'x', false],
    ['1', '', null, false],
  ],
  'takes numbers within one per cent for equal, and a percent sign for nothing': [
    ['150', '\\boxed{151}', '151', true],
    ['2005', '\\boxed{2010}', '2010', true],
    ['100', '\\boxed{102}', '102', false],
    ['5', '\\boxed{5%}', '5%', true],
    ['1,000', '\\boxed{1000}', '1000', true],
  ],
  'takes nine tenths of a text for all of it': [
    ['123456789', '\\boxed{1234567890}', '1234567890', true],
    ['12345', '\\boxed{123456}', '123456', false],
    ['the red circle', '\\boxed{The red circles}', 'The red circles', true],
  ],
  'knows letters and choices': [
    ['B', 'The answer is (B).', '(B)', true],
    ['B', 'I choose B', 'I choose B', true],
    ['A', 'A line cuts it', 'A line cuts it', true],
    ['35', '\\boxed{b}', 'B', true, ['1', '35']],
    ['35', 'Option B', 'B', true, ['1', '35']],
    ['1', 'It is A line', 'A', true, ['1', '35']],
  ],
  'compares mathematically': [
    ['\\frac{1}{2}', '\\boxed{\\frac{2}{4}}', '\\frac{2}{4}', true],
    ['x^2-1', '\\boxed{(x-1)(x+1)}', '(x-1)(x+1)', true],
  ],
};

describe('the rule authors', () => {
  for (const [name, group] of Object.entries(cases)) {
    it(name, async () => {
      for (const [answer, text, extracted, correct, choices = []] of group) {
        const gold = { answer, choices, answerType: null, unit: null, precision: null };
        assert.deepEqual(
          await gradeAnswer({ gold, text, rule: 'authors' }),
          { extracted, correct },
          `${answer}: ${text}`,
        );
      }
    });
  }
});
