import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { isRunnable, runnableKinds } from '../../../src/core/experiment/runnableKinds';
import { experimentJsonSchema, stepKinds } from '../../../src/core/experiment/schema';
import { formsAt, schemaAt } from '../../../src/core/experiment/schemaPaths';

/** Every kind of step and both forms of a hybrid. */
const everything = `version: 1
checkpoints:
  base: ./base
  in: ./in
  rl: { path: ../elsewhere/rl, role: rl }
regions: thirds
hybrids:
  IN:RL:RL: [in, rl, rl]
  grafted:
    skeleton: in
    layers: { "4-8": rl, 9: base }
    vision: in
    projector: in
    embeddings: in
    head: in
steps:
  - swap:      { id: vision, checkpoint: base, pairs: ./pairs, functions: [recognition, counting, ocr, grounding], mode: suffix, layers: all, limit: 50, maxNewTokens: 32 }
  - ablate:    { id: reasoning, checkpoint: base, dataset: ./evaluation/reasoning.jsonl, layers: all, limit: 100, maxNewTokens: 64 }
  - attention: { id: shift, checkpoints: [in, rl], dataset: ./evaluation/vision_to_reasoning.jsonl, limit: 50 }
  - compare:   { id: updates, phases: [[base, in], [in, rl]], spectrum: true }
  - evaluate:  { id: abilities, checkpoints: [base, in, rl, "IN:RL:RL"], vision: ./evaluation/vision.jsonl, visionToReasoning: ./evaluation/vision_to_reasoning.jsonl, reasoning: ./evaluation/reasoning.jsonl, limit: 100, seed: 123, maxNewTokens: 48 }
  - merge:     { id: write, hybrid: "IN:RL:RL", output: ./merged }
  - train:     { id: frozen-late, from: in, method: grpo, freeze: [late], dataset: ./evaluation/vision_to_reasoning.jsonl, steps: 200, seed: 1, output: ./rl-frozen-late }
`;
const regionForms = ['thirds', 'paper', '8-12-8', '[4, 8]', '{ early: [0, 4], mid: [4, 8], late: [8, 12] }'];
const layerForms = ['all', '[0, 3, 11]', '4-8', '"4-8"'];

describe('the experiment file', () => {
  it('every kind of step, both forms of a hybrid, both forms of a checkpoint', () => {
    const { content, problems } = parseExperiment(everything);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      content!.steps.flatMap((step) => Object.keys(step)),
      stepKinds,
    );
  });

  for (const form of regionForms) {
    it(`regions: ${form}`, () => {
      const { content, problems } = parseExperiment(everything.replace('regions: thirds', `regions: ${form}`));
      assert.deepEqual(problems, []);
      assert.notEqual(content, null);
    });
  }

  for (const form of layerForms) {
    it(`layers: ${form}`, () => {
      assert.deepEqual(parseExperiment(everything.replaceAll('layers: all', `layers: ${form}`)).problems, []);
    });
  }

  it('may have no steps', () => {
    assert.deepEqual(parseExperiment('version: 1\ncheckpoints: {}\nsteps: []\n').problems, []);
    assert.deepEqual(parseExperiment('version: 1\ncheckpoints: {}\n').problems, []);
  });

  it('an unknown key is an error at the key, wherever it stands, with the one that was meant', () => {
    const places: [string, string, string][] = [
      ['regions:', 'region:', 'regions'],
      ['path: ../', 'paht: ../', 'path'],
      ['skeleton: in', 'skeletn: in', 'skeleton'],
      ['vision: in', 'vison: in', 'vision'],
      ['- swap: ', '- swpa: ', 'swap'],
      ['pairs: ./pairs', 'pair: ./pairs', 'pairs'],
      ['dataset: ./evaluation/reasoning', 'datset: ./evaluation/reasoning', 'dataset'],
      ['checkpoints: [in, rl]', 'checkpoint: [in, rl]', 'checkpoints'],
      ['spectrum: true', 'spektrum: true', 'spectrum'],
      ['visionToReasoning: ', 'visionToReasonig: ', 'visionToReasoning'],
      ['output: ./merged', 'outputs: ./merged', 'output'],
      ['method: grpo', 'methd: grpo', 'method'],
    ];
    for (const [right, wrong, meant] of places) {
      const text = everything.replace(right, wrong);
      const { problems } = parseExperiment(text);
      assert.equal(problems.length, 1, `${wrong}: ${JSON.stringify(problems)}`);
      const { severity, message, suggestion, from, to } = problems[0]!;
      const key = /[\w]+/.exec(wrong)![0];
      assert.deepEqual([severity, text.slice(from, to), suggestion], ['error', key, meant]);
      assert.equal(message, `unknown key "${key}"; did you mean "${meant}"?`);
    }
    const regions = everything.replace('thirds', '{ early: [0, 4], mid: [4, 8], lat: [8, 12] }');
    assert.deepEqual(
      parseExperiment(regions).problems.map(({ suggestion }) => suggestion),
      ['late'],
    );
  });

  it('an alias that leads nowhere, into itself or multiplies is an error and no exception', () => {
    const message = (text: string) => parseExperiment(text).problems.map((problem) => problem.message);
    assert.deepEqual(message('version: *x'), ['there is no anchor "x" before this alias']);
    assert.deepEqual(message('checkpoints: &a { b: *a }'), ['this alias refers to a node that contains it']);
    const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
    assert.deepEqual(message(['l0: &l0 x', ...laughs].join('\n')), ['aliases of aliases stand for too much']);
  });

  it('a value is explained where it stands', () => {
    const places: [string, string, RegExp][] = [
      ['mode: suffix', 'sufix', /^"mode" must be one of suffix, single, window, prefix$/],
      ['regions: thirds', 'third', /^"regions" is not "third"; did you mean "thirds"\?$/],
      ['regions: thirds', '[4]', /^"regions" must have at least 2 entries$/],
      ['limit: 50', '0', /^"limit" must be at least 1$/],
      ['limit: 50', '1.5', /^"limit" must be a whole number$/],
      ['spectrum: true', 'perhaps', /^"spectrum" must be true or false$/],
      ['id: vision,', '_x,', /^"id" must be letters, digits/],
      ['[in, rl, rl]', 'in, rl', /at least 3 entries$/],
      ['checkpoint: base', 'bas', /^"bas" is no checkpoint or hybrid of this file; did you mean "base"\?$/],
      ['hybrid: "IN:RL:RL"', 'base', /^"base" is no hybrid of this file; known: IN:RL:RL, grafted$/],
    ];
    for (const [right, value, expected] of places) {
      const wrong = right.startsWith('[') ? `[${value}]` : right.replace(/: .*/, `: ${value}`);
      const text = everything.replace(right, wrong);
      const [problem, ...others] = parseExperiment(text).problems;
      assert.match(problem?.message ?? 'no problem', expected);
      assert.deepEqual(others, []);
      assert.ok(text.slice(problem!.from, problem!.to).includes(value.replace(/,$/, '')), `${wrong} is not marked`);
    }
  });
});

describe('the JSON schema', () => {
  it('media/experiment.schema.json is that of this version (node test/harness/writeSchema.mjs writes it)', () => {
    const committed = JSON.parse(readFileSync('media/experiment.schema.json', 'utf8')) as unknown;
    assert.deepEqual(committed, JSON.parse(JSON.stringify(experimentJsonSchema())));
  });

  it('describes every key', () => {
    const undescribed = (path: (string | number)[]): string[] =>
      formsAt(path).flatMap(({ properties = {} }) =>
        Object.keys(properties).flatMap((key) => {
          const inner = [...path, key];
          const items = Array.isArray(schemaAt(inner)?.items) ? [] : undescribed([...inner, 0]);
          return [...(schemaAt(inner)?.description ? [] : [inner.join('.')]), ...undescribed(inner), ...items];
        }),
      );
    const missing = [...undescribed([]), ...undescribed(['checkpoints', 'x']), ...undescribed(['hybrids', 'x'])];
    assert.deepEqual(
      missing.filter((path) => !/early|mid|late/.test(path) && !/\.path$/.test(path)),
      [],
    );
  });

  it('knows the kinds that can be run', () => {
    assert.deepEqual(stepKinds.filter(isRunnable), [...runnableKinds]);
  });
});
