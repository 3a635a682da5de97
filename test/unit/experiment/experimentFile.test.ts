import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  loadExperiment,
  resolveCheckpoint,
  resolvePath,
  runsDirectory,
  stepById,
} from '../../../src/core/experiment/experiment';
import { kindOf, optionsOf, parseExperiment } from '../../../src/core/experiment/experimentFile';
import { checkLayers } from '../../../src/core/experiment/checkLayers';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const start = 'version: 1\ncheckpoints:\n  base: ./base\n  in: ./in\n';

/** Problems as `line:column text-that-is-marked message`, in the order of the file. */
function problemsOf(text: string): string[] {
  const { problems, lines, content } = parseExperiment(text);
  if (problems.some(({ severity }) => severity === 'error')) assert.equal(content, null);
  return [...problems]
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, message }) => {
      const { line, col } = lines.linePos(from);
      return `${line}:${col} [${text.slice(from, to).trim().split('\n')[0]}] ${message}`;
    });
}

describe('an experiment file', () => {
  it('without errors: its content with the defaults', () => {
    const { content, problems } = parseExperiment(
      `${start}hybrids: { "IN:B": [in, base, in] }\nsteps:\n  - swap: { id: s, checkpoint: "IN:B", pairs: ./p }\n`,
    );
    assert.deepEqual(problems, []);
    assert.equal(content!.regions, 'thirds');
    const [step] = content!.steps;
    assert.equal(kindOf(step!), 'swap');
    assert.deepEqual(
      { ...optionsOf(step!) },
      {
        id: 's',
        checkpoint: 'IN:B',
        pairs: './p',
        mode: 'suffix',
        window: 3,
        layers: 'all',
        maxNewTokens: 32,
        rule: 'function',
        batch: 64,
      },
    );
    assert.deepEqual(parseExperiment(start).content!.steps, []);
  });

  it('the whole example of the documentation of steps and hybrids', () => {
    const text = `${start}  rl: { path: ./rl, role: rl }
regions: { early: [0, 4], mid: [4, 8], late: [8, 12] }
hybrids:
  IN:RL:RL: [in, rl, rl]
  grafted: { skeleton: in, layers: { "4-8": rl }, vision: in, projector: in, embeddings: in, head: in }
steps:
  - swap: { id: vision, checkpoint: base, pairs: ./pairs, functions: [ocr], mode: suffix, layers: all, limit: 50 }
  - ablate: { id: reasoning, checkpoint: base, dataset: ./r.jsonl, layers: 4-8, limit: 100, maxNewTokens: 64 }
  - attention: { id: shift, checkpoints: [in, rl], dataset: ./v.jsonl, limit: 50 }
  - compare: { id: updates, phases: [[base, in], [in, rl]], spectrum: true }
  - evaluate: { id: abilities, checkpoints: [base, "IN:RL:RL"], vision: ./v.jsonl, limit: 100, seed: 123 }
  - merge: { id: write, hybrid: "IN:RL:RL", output: ./merged }
  - train: { id: frozen, from: in, method: grpo, freeze: [late], dataset: ./v.jsonl, steps: 200, seed: 1, output: ./o }
`;
    assert.deepEqual(problemsOf(text), []);
  });

  const step = (options: string) => `${start}steps:\n  - swap: { ${options} }\n`;
  const cases: [title: string, text: string, problems: string[]][] = [
    ['an unknown key at the root', `${start}stepz: []\n`, ['5:1 [stepz] unknown key "stepz"; did you mean "steps"?']],
    [
      'an unknown key of a step',
      step('id: a, checkpoint: in, pairs: ./p, limt: 3'),
      ['6:48 [limt] unknown key "limt"; did you mean "limit"?'],
    ],
    ['a missing key', step('id: a, checkpoint: in'), ['6:5 [swap] "pairs" is missing']],
    ['a missing version', 'checkpoints: { a: ./a }\n', ['1:1 [c] "version" is missing']],
    ['another version', start.replace('1', '2'), ['1:10 [2] "version" must be 1']],
    [
      'a duplicate id',
      `${step('id: a, checkpoint: in, pairs: ./p')}  - swap: { id: a, checkpoint: in, pairs: ./p }\n`,
      ['7:17 [a] another step has the id "a"'],
    ],
    [
      'an unknown checkpoint',
      step('id: a, checkpoint: im, pairs: ./p'),
      ['6:32 [im] "im" is no checkpoint or hybrid of this file; did you mean "in"?'],
    ],
    [
      'an unknown donor',
      `${start}hybrids:\n  h: [in, nobody, in]\n`,
      ['6:11 [nobody] "nobody" is no checkpoint of this file; known: base, in'],
    ],
    [
      'a name used twice',
      `${start}hybrids: { in: [in, in, in] }\n`,
      ['5:12 [in] "in" is also the name of a checkpoint'],
    ],
    [
      'a mode that is none',
      step('id: a, checkpoint: in, pairs: ./p, mode: sufix'),
      ['6:54 [sufix] "mode" must be one of suffix, single, window, prefix'],
    ],
    [
      'a value of another type',
      step('id: a, checkpoint: in, pairs: ./p, limit: many'),
      ['6:55 [many] "limit" must be a number'],
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(title, () => {
      const found = problemsOf(text);
      assert.deepEqual(found, expected);
    });
  }

  it('YAML that is none, and what YAML has beyond data', () => {
    const first = (text: string) => problemsOf(text)[0] ?? assert.fail('no problem');
    assert.match(first(`${start}steps: [\n`), /^6:1 /);
    assert.match(first(`${start}version: 1\n`), /^5:1 .*Map keys must be unique/);
    assert.match(first(`${start}regions: !!js/function x\n`), /^5:10 .*Unresolved tag/);
    assert.match(first(`${start}---\nversion: 1\n`), /multiple documents/i);
    assert.match(first(`${start}regions: *nowhere\n`), /^5:10 .*nowhere/);
    assert.match(first('a: 1\n b: 2\n'), /^1:\d|^2:\d/);
    for (const text of ['', '# nothing\n', '5', '[]', 'text']) assert.match(first(text), /an experiment is a mapping/);
  });

  it('merge keys and prototypes mean nothing', () => {
    assert.match(problemsOf(`${start}<<: { steps: [] }\n`).join(), /unknown key "<<"/);
    const { content } = parseExperiment(`${start.replace('base:', '__proto__:')}`);
    assert.ok(content === null || Object.getPrototypeOf(content.checkpoints) === Object.prototype);
    assert.equal(({} as { path?: string }).path, undefined);
  });

  it('aliases may repeat; circles and bombs are refused at once', () => {
    const shared = `${start}hybrids: { a: &d [in, in, in], b: *d }\n`;
    assert.deepEqual(problemsOf(shared), []);
    assert.match(problemsOf(`${start}steps: &s [*s]\n`).join(), /this alias refers to a node that contains it/);
    assert.match(problemsOf(`${start}steps: &s [{ swap: { deep: *s } }]\n`).join(), /a node that contains it/);
    const levels = Array.from({ length: 9 }, (_, i) => {
      const inner = i === 0 ? 'x' : `*a${i - 1}`;
      return `a${i}: &a${i} [${Array(10).fill(inner).join(', ')}]`;
    });
    const many = Array.from({ length: 201 }, (_, i) => `k${i}: &k${i} x`).join('\n');
    assert.deepEqual(problemsOf(levels.join('\n')), ['1:1 [a] aliases of aliases stand for too much']);
    assert.deepEqual(problemsOf(many), ['1:1 [k] the file has more than 200 anchors and aliases']);
  });

  it('size and nesting have limits: the parser, whose stack would overflow, does not see more', () => {
    const size = 1 << 20;
    const message = 'the file is nested more than 64 levels deep';
    const indented = Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    for (const deep of [...['[', '{a: ', 'a: ', '- ', '? ', '[{a: '].map((one) => one.repeat(size / 8)), indented]) {
      const started = performance.now();
      assert.deepEqual(
        parseExperiment(deep).problems.map((problem) => problem.message),
        [message],
      );
      assert.ok(performance.now() - started < 3000);
    }
    assert.deepEqual(problemsOf('x'.repeat(size + 1)), ['1:1 [x] the file is larger than 1 MB']);
    // A long file is not a deep one.
    const step = '  - swap: { id: a, checkpoint: in, pairs: ./p, functions: [ocr] } # [[[[ { - - -\n';
    const long = `${start}steps:\n${step.repeat(300)}`;
    assert.ok(problemsOf(long).every((problem) => problem.endsWith('another step has the id "a"')));
    const block =
      '  - swap:\n      id: a\n      checkpoint: in\n      pairs: "[[[["\n      functions:\n        - ocr\n';
    assert.equal(parseExperiment(`${start}steps:\n${block}`).problems.length, 0);
    assert.equal(problemsOf(`${start}steps:\n${block.repeat(100)}`).length, 99);
  });

  it('no text makes it throw', () => {
    const pieces = [
      start,
      'steps:',
      ' - swap:',
      '   id: a',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      ': ',
      '"',
      '\n',
      '!!set',
      '? ',
      '\t',
      '|',
      '~',
    ];
    for (let seed = 1; seed < 400; seed++) {
      const text = Array.from(
        { length: 8 },
        (_, i) => pieces[(seed * (i + 3) * 7919 + ((seed * seed) >> i)) % pieces.length],
      );
      parseExperiment(text.join(seed % 2 === 0 ? '' : '\n'));
    }
  });
});

describe('loadExperiment', () => {
  function load(text: string, name = 'lab.frankenstein.yaml') {
    const file = path.join(folder(), name);
    writeFileSync(file, text);
    return { file, loaded: loadExperiment(file) };
  }

  it('resolves paths against the file, roles by what is said or by the name', async () => {
    const text = 'version: 1\ncheckpoints: { IN: ../in, other: { path: /abs/rl, role: rl }, plain: ./p }\n';
    const { file, loaded } = load(text);
    const experiment = await loaded;
    const directory = path.dirname(file);
    assert.deepEqual(
      [...experiment.checkpoints.values()],
      [
        { name: 'IN', directory: path.resolve(directory, '../in'), role: 'in' },
        { name: 'other', directory: '/abs/rl', role: 'rl' },
        { name: 'plain', directory: path.join(directory, 'p'), role: null },
      ],
    );
    assert.equal(experiment.runs, path.join(directory, 'lab.runs'));
    assert.equal(resolvePath(experiment, 'x/../y'), path.join(directory, 'y'));
    assert.equal(runsDirectory('/a/b.yml'), '/a/b.runs');
  });

  it('names file, line and column of the first error', async () => {
    const { file, loaded } = load(`${start}stepz: []\n`);
    await assert.rejects(loaded, {
      name: 'InputError',
      message: `${file}:5:1: unknown key "stepz"; did you mean "steps"?`,
    });
    const binary = load('').file;
    writeFileSync(binary, Buffer.from('version: 1', 'utf16le').fill(0xff, 0, 2));
    await assert.rejects(loadExperiment(binary), { name: 'InputError', message: `${binary} is not UTF-8 text` });
    writeFileSync(binary, '#'.repeat((1 << 20) + 1));
    await assert.rejects(loadExperiment(binary), { name: 'InputError', message: / is too large: 1\.0 MB/ });
  });

  it('steps and checkpoints by name', async () => {
    const text = `${start}hybrids: { h: [in, in, in] }\nsteps: [swap: { id: a, checkpoint: in, pairs: ./p }]\n`;
    const { file, loaded } = load(text);
    const experiment = await loaded;
    assert.equal(optionsOf(stepById(experiment, 'a')).id, 'a');
    assert.throws(() => stepById(experiment, 'b'), {
      message: `${file} has no step "b"`,
      mend: 'Its steps: a (swap).',
    });
    assert.equal(resolveCheckpoint(experiment, 'in').role, 'in');
    assert.throws(() => resolveCheckpoint(experiment, 'toString'), {
      message: `${file} has no checkpoint "toString"`,
      mend: 'It has base, in, h.',
    });
  });

  it('regions and layers against the model', async () => {
    const text = `${start}regions: [4, 8]\nsteps: [swap: { id: a, checkpoint: in, pairs: ./p, layers: 6-10 }]\n`;
    const { file, loaded } = load(text);
    const experiment = await loaded;
    const [step] = experiment.content.steps;
    checkLayers(experiment, step!, 10);
    assert.throws(() => checkLayers(experiment, step!, 9), {
      name: 'InputError',
      message: `${file}: swap step "a": layer 9 is past the last one`,
      mend: 'The model has layers 0 to 8.',
    });
    assert.throws(() => checkLayers(experiment, step!, 8), {
      message: `${file}: regions: the cuts [4, 8] must be two layers from 1 to 7, the smaller one first`,
    });
  });
});
