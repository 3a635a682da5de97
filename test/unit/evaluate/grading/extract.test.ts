import assert from 'node:assert/strict';
import { extractAnswer, sameText } from '../../../../src/core/evaluate/grading/extract';

describe('extractAnswer', () => {
  const cases: [text: string, extracted: string | null][] = [
    ['<think>3+4=7</think><answer>7</answer>', '7'],
    ['<answer>1</answer> no, wait: <answer> 2 </answer>', '2'],
    ['<Answer>2</Answer>', '2'],
    ['<answer>\\boxed{5}</answer> \\boxed{6}', '5'],
    ['<answer>The answer is 12.</answer>', '12'],
    ['<answer>There are 5 items in it</answer>', '5'],
    ['<answer>0.5</answer>', '0.5'],
    ['<answer></answer>', null],
    ['<answer>unfinished \\boxed{3}', '3'],
    ['So \\boxed{1}, but then \\boxed{2}.', '2'],
    ['\\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
    ['$\\fbox{7}$', '7'],
    ['\\boxed 7', '7'],
    ['\\boxed{\\{1, 2\\}}', '\\{1, 2\\}'],
    ['\\boxed{1} and \\boxed{2}', '1, 2'],
    ['$\\boxed{1}$, $\\boxed{2}$, and $\\boxed{3}$', '1, 2, 3'],
    ['\\boxed{1} papers in \\boxed{2}', '2'],
    ['\\boxed{840}.\n\n**Final Answer**\n\\boxed{841}', '841'],
    ['\\boxed{28} percent', '28%'],
    ['\\boxed{unclosed and the answer is 4.', '4'],
    ['The final answer is 42. I hope it is correct.', '42'],
    ['The answer is $x = -5$.', '$x = -5$'],
    ['Answer: 3.14', '3.14'],
    ['**Answer:** 12', '12'],
    ['The answer is:\n\\[ \\frac{3}{4} \\]', '\\frac{3}{4}'],
    ['She pays 9 * 2.\n#### 18', '18'],
    ['#### 1,234', '1,234'],
    ['Answer: 3. Or rather, the answer is 4.', '4'],
    ['the answer is 5 because 2+3 is 5 as 7 is more', '5'],
    ['Final Answer: The largest $n$ is 34.', '34'],
    ['The answer is the volume of $ABCD$, that is 120 in all', '120'],
    ['Answer $ 9 $', '9'],
    ['This is the matrix $\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$.', '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}'],
    ['so the area of the field is 1,000.99m²', '1,000.99'],
    ['7', '7'],
    ['  x = -5 ', 'x = -5'],
    ['Evelyn', 'Evelyn'],
    ['12.5 cm', '12.5 cm'],
    ['There are 5 items in the image.', '5'],
    ['We find that the result of all this must be -5', '-5'],
    ['The sum of the two, as computed, comes to 1,234', '1,234'],
    ['After all that she has $18.00 left in her purse', '18.00'],
    ['Solving for the variable gives us the value $\\sqrt{2}$, as wanted', '\\sqrt{2}'],
    ['She pays $5 first and then another $6 for the rest', '6'],
    ['<think>1 2 3</think>\nYes', 'Yes'],
    ['', null],
    ['   ', null],
    [
      'I have looked at this for a long time. It is unclear to me. Nothing here says what the thing could be, sadly.',
      null,
    ],
  ];

  for (const [text, extracted] of cases) {
    it(`takes ${JSON.stringify(extracted)} from ${JSON.stringify(text)}`, () => {
      assert.equal(extractAnswer(text)?.text ?? null, extracted);
    });
  }

  it('takes little time over texts that are made to cost some', () => {
    const hostile = ['\\boxed{', '\\[', '\\(', '$', '<answer>', 'answer is ', '((((', '1,', '\\text{and ', '{ ', '- '];
    for (const piece of hostile) {
      const before = performance.now();
      extractAnswer(piece.repeat(200_000 / piece.length));
      assert.ok(performance.now() - before < 3000, piece);
    }
  });
});

describe('sameText', () => {
  it('ignores case, layout and punctuation at the end, and nothing else', () => {
    assert.ok(sameText('Common water flea', 'common  water flea.'));
    assert.ok(sameText('\\text{Evelyn}', '"Evelyn"'));
    assert.ok(!sameText('-5', '5'));
    assert.ok(!sameText('\\text{13}', '13'));
    assert.ok(!sameText('', ' '));
  });
});
