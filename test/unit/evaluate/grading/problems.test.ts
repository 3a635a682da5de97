import assert from 'node:assert/strict';
import type { Gold } from '../../../../src/core/evaluate/dataset';
import { goldProblem, gradeAnswer } from '../../../../src/core/evaluate/grading/gradeAnswer';
import { gradeAsText } from '../../../../src/core/evaluate/grading/gradeAsText';

function goldOf(answer: string): Gold {
  return { answer, choices: [], answerType: null, unit: null, precision: null };
}

describe('goldProblem', () => {
  it('finds nothing wrong with numbers, words and LaTeX', async () => {
    for (const answer of ['5', 'Yes', 'the red circle', '\\frac{1}{2}', '\\text{Evelyn}', 'x \\in [-2,7]', '50\\%']) {
      assert.equal(await goldProblem(goldOf(answer)), null, answer);
    }
  });

  it('says which answers cannot be compared', async () => {
    assert.equal(await goldProblem(goldOf('  ')), 'the answer is empty');
    for (const answer of ['\\frac{1}{', '\\foo{2}', `\\sqrt{${'x+'.repeat(800)}1}`]) {
      assert.match((await goldProblem(goldOf(answer)))!, /LaTeX that cannot be read/, answer.slice(0, 20));
    }
  });

  it('leaves what cannot be read to be compared as text', async () => {
    const gold = goldOf('\\foo{2}');
    assert.ok((await gradeAnswer({ gold, text: '<answer> \\foo{2}</answer>', rule: 'math' })).correct);
    assert.ok(!(await gradeAnswer({ gold, text: '<answer>\\foo{3}</answer>', rule: 'math' })).correct);
  });
});

describe('gradeAsText', () => {
  it('keeps what was extracted and compares only its words', () => {
    const request = { gold: goldOf('1/2'), rule: 'math' } as const;
    assert.deepEqual(gradeAsText({ ...request, text: '\\boxed{0.5}' }), { extracted: '0.5', correct: false });
    assert.deepEqual(gradeAsText({ ...request, text: '\\boxed{1/2}' }), { extracted: '1/2', correct: true });
    assert.deepEqual(gradeAsText({ ...request, text: '' }), { extracted: null, correct: false });
  });
});

describe('hostile answers', () => {
  const nested = (open: string, close: string, times: number) => `${open.repeat(times)}x${close.repeat(times)}`;
  const hostile = [
    '9^{9^{9^9}}',
    '(10^{999})^{999}',
    '1000000!',
    '2^{-99999999999}',
    '1e999999999',
    '9'.repeat(5000),
    '|'.repeat(200),
    '||||||||x',
    nested('(', ')', 500),
    nested('\\frac{', '}{2}', 100),
    nested('x^{', '}', 300),
    nested('\\{', '\\}', 100),
    nested('\\begin{pmatrix}', '\\end{pmatrix}', 60),
    '\\frac{'.repeat(500),
    '1+'.repeat(5000) + '1',
    'a,'.repeat(5000),
    '\\pm '.repeat(300),
    '\\binom{1000}{500}',
    `0.(${'9'.repeat(900)})`,
    `${'x=1;'.repeat(500)}x`,
  ];

  for (const text of hostile) {
    it(`take little time: ${text.slice(0, 30)}`, async () => {
      const before = performance.now();
      for (const answer of ['77', text]) {
        for (const rule of ['math', 'mathvista', 'authors'] as const) {
          const { correct } = await gradeAnswer({ gold: goldOf(answer), text: `<answer>${text}</answer>`, rule });
          if (answer === '77') assert.equal(correct, false);
        }
      }
      assert.ok(performance.now() - before < 5000);
    });
  }
});
