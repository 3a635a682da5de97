import assert from 'node:assert/strict';
import { nearest } from '../../../src/core/experiment/explainIssue';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { keysAt } from '../../../src/core/experiment/schemaPaths';

describe('the word that was meant', () => {
  const known = ['swap', 'ablate', 'attention', 'compare', 'checkpoint', 'maxNewTokens'];
  const cases: [string, string | undefined][] = [
    ['swp', 'swap'],
    ['Swap', 'swap'],
    ['abalte', 'ablate'],
    ['chekpoint', 'checkpoint'],
    ['maxTokens', 'maxNewTokens'],
    ['max_new_tokens', 'maxNewTokens'],
    ['q', undefined],
    ['something', undefined],
    ['', undefined],
  ];
  for (const [word, expected] of cases) {
    it(`${word || '(nothing)'}: ${expected ?? 'none'}`, () => assert.equal(nearest(word, known), expected));
  }
  it('nothing is near to no words', () => assert.equal(nearest('a', []), undefined));
});

describe('keys of the schema', () => {
  it('at the root, in a step and in both forms of a hybrid', () => {
    assert.deepEqual(keysAt([]), ['version', 'checkpoints', 'regions', 'hybrids', 'steps']);
    assert.ok(keysAt(['steps', 0, 'swap']).includes('maxNewTokens'));
    assert.ok(keysAt(['hybrids', 'any']).includes('skeleton'));
    assert.deepEqual(keysAt(['nowhere']), []);
  });
});

describe('every complaint is one line in the user’s words', () => {
  const start = 'version: 1\ncheckpoints: { a: ./a }\n';
  for (const rest of [
    'regions: { early: [0, 4] }',
    'regions: [4]',
    'regions: quarters',
    'regions: 5',
    'hybrids: { h: [a, a] }',
    'hybrids: { h: { layers: { x: a } } }',
    'hybrids: { h: 5 }',
    'steps: {}',
    'steps: [5]',
    'steps: [{}]',
    'steps: [{ swap: 5 }]',
    'steps: [{ swap: { id: a }, ablate: { id: b } }]',
    'steps: [{ swap: { id: "../x", checkpoint: a, pairs: p } }]',
    'steps: [{ swap: { id: x, checkpoint: a, pairs: p, layers: 4 } }]',
    'steps: [{ swap: { id: x, checkpoint: a, pairs: p, layers: [] } }]',
    'steps: [{ swap: { id: x, checkpoint: a, pairs: p, limit: 0 } }]',
    'steps: [{ swap: { id: x, checkpoint: a, pairs: p, limit: 1.5 } }]',
    'steps: [{ swap: { id: x, checkpoint: a, pairs: p, functions: [] } }]',
    'steps: [{ compare: { id: x, phases: [[a]] } }]',
    'steps: [{ train: { id: x, from: a, method: dpo, dataset: d, steps: 1, output: o } }]',
    'steps: [{ train: { id: x, from: a, method: sft, dataset: d, steps: 1, output: o, learningRate: -1 } }]',
  ]) {
    it(rest, () => {
      const { problems, content } = parseExperiment(`${start}${rest}\n`);
      assert.equal(content, null);
      assert.ok(problems.length > 0);
      for (const { message, from, to } of problems) {
        assert.doesNotMatch(message, /Invalid|expected|undefined|NaN|\[object|\n/);
        assert.ok(from >= start.length && to > from, `${message} stands at ${from}`);
      }
    });
  }
});
