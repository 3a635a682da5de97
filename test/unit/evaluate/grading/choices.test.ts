import assert from 'node:assert/strict';
import { goldProblem, gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';

const lengths = ['145°', '35 cm', '\\frac{20}{3}', 'Yes'];
const words = ['A dog', 'a cat', 'Evelyn', 'Eve'];
const letters = ['A', 'B', 'C', 'D'];
const plot = ['0.5', '5', '1.5'];

/** Choices, the right one, the answer, and which choice it is taken for; null for none. */
type Case = [choices: readonly string[], text: string, chosen: number | null];

const cases: Case[] = [
  [lengths, 'B', 1],
  [lengths, 'b', 1],
  [lengths, '(B)', 1],
  [lengths, 'B.', 1],
  [lengths, 'b)', 1],
  [lengths, 'Option B', 1],
  [lengths, 'option (b).', 1],
  [lengths, 'B. 35 cm', 1],
  [lengths, 'B) 35 cm', 1],
  [lengths, '(C) \\frac{20}{3}', 2],
  [lengths, '\\text{(C)}', 2],
  [lengths, '<answer>C</answer>', 2],
  [lengths, '<think>Is it A? No.</think><answer>(D)</answer>', 3],
  [lengths, '\\boxed{B}', 1],
  [lengths, 'Thus $\\boxed{\\text{B}}$', 1],
  [lengths, 'The answer is (C).', 2],
  [lengths, 'The correct answer is C, since 20/3 is less than 35.', 2],
  [lengths, 'Looking at the figure, the answer is A', 0],
  [lengths, 'Answer: B', 1],
  [lengths, 'Of all of these, only option D can hold. So it must be **D**', 3],
  [lengths, '145', 0],
  [lengths, '145 degrees', 0],
  [lengths, '35cm', 1],
  [lengths, '35', 1],
  [lengths, '20/3', 2],
  [lengths, 'yes.', 3],
  [lengths, '144°', null],
  [lengths, 'No', null],
  [lengths, '', null],
  [lengths, 'E', null],
  [lengths, '7', null],
  [lengths, 'A line through the middle cuts the figure, and I cannot see more than that in this picture.', null],
  [words, 'A dog', 0],
  [words, 'a dog', 0],
  [words, 'a cat', 1],
  [words, 'A cat', 1],
  [words, 'A bird', null],
  [words, 'A', 0],
  [words, 'Evelyn', 2],
  [words, 'Eve', 3],
  [words, 'Evel', null],
  [words, 'The answer is Eve.', 3],
  [letters, 'B', 1],
  [letters, '(B)', 1],
  [plot, '0.5', 0],
  [plot, '5', 1],
  [plot, '<answer>0.5</answer>', 0],
  [plot, '1.5', 2],
  [plot, '.5', 0],
  [plot, 'The value read from the plot where both lines meet is 1.5', 2],
];

describe('choices', () => {
  for (const [choices, text, chosen] of cases) {
    it(`takes ${JSON.stringify(text)} for ${chosen === null ? 'none' : choices[chosen]} of ${choices.join(', ')}`, async () => {
      for (const [index, answer] of choices.entries()) {
        const gold = { answer, choices, answerType: 'text', unit: null, precision: null } as const;
        const { correct, extracted } = await gradeAnswer({ gold, text, rule: 'math' });
        assert.equal(correct, index === chosen, `${extracted}`);
      }
    });
  }

  it('knows the right one by its text or its letter', async () => {
    const gold = { choices: lengths, answerType: 'text', unit: null, precision: null } as const;
    for (const answer of ['35 cm', 'B', '(B)']) {
      assert.ok((await gradeAnswer({ gold: { ...gold, answer }, text: 'b)', rule: 'math' })).correct, answer);
      assert.equal(await goldProblem({ ...gold, answer }), null);
    }
    assert.match((await goldProblem({ ...gold, answer: '36 cm' }))!, /neither a choice/);
    assert.match((await goldProblem({ ...gold, answer: 'F' }))!, /neither a choice/);
  });

  it('takes two choices of the same text for one', async () => {
    const gold = { answer: '8', choices: ['8', '9', '8'], answerType: 'text', unit: null, precision: null } as const;
    assert.ok((await gradeAnswer({ gold, text: 'C', rule: 'math' })).correct);
  });
});
