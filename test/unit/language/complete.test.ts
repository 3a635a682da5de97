import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { complete, type Completion } from '../../../src/core/experiment/language/complete';
import { stepKinds } from '../../../src/core/experiment/schema';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { markedText } from './markedText';

const head = [
  'version: 1',
  'checkpoints: { base: ./base, in: ./in }',
  'hybrids: { "IN:RL:RL": [in, base, base] }',
  '',
].join('\n');
const folder = temporaryFolders();
let directory: string;

before(() => {
  directory = folder();
  for (const name of ['ocr', 'counting']) {
    mkdirSync(join(directory, 'pairs', name), { recursive: true });
    writeFileSync(join(directory, 'pairs', name, 'data.jsonl'), '');
  }
  for (const name of ['base', 'in', 'rl model']) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'config.json'), '{}');
    writeFileSync(join(directory, name, 'model.safetensors'), '');
  }
  mkdirSync(join(directory, 'lab.runs'));
  writeFileSync(join(directory, 'items.jsonl'), '');
  writeFileSync(join(directory, 'notes.txt'), '');
});

async function at(marked: string): Promise<Completion[]> {
  const { text, offset } = markedText(marked);
  return complete(text, offset, directory);
}

async function labels(marked: string): Promise<string[]> {
  return (await at(marked)).map(({ label }) => label);
}

/** The text after a completion was taken: tab stops keep what they propose. */
function take(marked: string, { insert, at: { from, to } }: Completion): string {
  const { text, offset } = markedText(marked);
  const indent = /^[ ]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))![0];
  const plain = insert
    .replace(/\$\{\d+\|((?:\\.|[^,|\\])*)(?:\\.|[^|])*\|\}/g, '$1')
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replace(/\\(.)/g, '$1');
  return text.slice(0, from) + plain.replaceAll('\n', `\n${indent}`) + text.slice(to);
}

describe('completion of keys', () => {
  it('an empty file: the keys of an experiment', async () => {
    assert.deepEqual(await labels('|'), ['version', 'checkpoints', 'regions', 'hybrids', 'steps']);
  });

  it('leaves out what is there, and says what is required and what the default is', async () => {
    const found = await at(`${head}steps:\n  - swap:\n      id: x\n      |\n      pairs: ./pairs\n`);
    assert.ok(!found.some(({ label }) => label === 'id' || label === 'pairs'));
    assert.equal(found.find(({ label }) => label === 'checkpoint')?.detail, 'required');
    const mode = found.find(({ label }) => label === 'mode')!;
    assert.equal(mode.detail, 'default suffix');
    assert.match(mode.documentation!, /^In which layers the image/);
    assert.equal(mode.goesOn, true);
  });

  it('in braces too, and in a hybrid', async () => {
    assert.ok((await labels(`${head}steps:\n  - swap: { id: x, m| }\n`)).includes('mode'));
    const hybrid = await labels('checkpoints: { in: ./in }\nhybrids:\n  a: { skeleton: in, | }\n');
    assert.deepEqual(hybrid, ['layers', 'visionLayers', 'vision', 'projector', 'embeddings', 'head']);
    const start = 'checkpoints: { in: ./in, rl: ./rl }\nhybrids:\n  a:\n    skeleton: in\n';
    const [range, ...others] = await at(`${start}    layers: { | }\n`);
    assert.deepEqual([range!.label, others.length], ['from-to', 0]);
    assert.equal(take(`${start}    layers: { | }\n`, range!), `${start}    layers: { 0-4:  }\n`);
    assert.equal(
      take(`${start}    visionLayers:\n      |\n`, (await at(`${start}    visionLayers:\n      |\n`))[0]!),
      `${start}    visionLayers:\n      0-4: \n`,
    );
    const donors = await labels(`${start}    layers: { "4-8": | }\n`);
    assert.deepEqual(donors.slice(0, 2), ['in', 'rl']);
    assert.ok(donors.includes('{…}'), donors.join());
    assert.deepEqual(await labels(`${start}    layers: { "4-8": { attention: rl, | } }\n`), ['mlp', 'norm']);
  });

  it('a key that has its value already is replaced alone', async () => {
    const [version] = await at('vers|: 1\n');
    assert.equal(version!.insert, 'version');
  });

  it('offers no second kind in a step', async () => {
    assert.deepEqual(await labels(`${head}steps:\n  - swap: { id: x }\n    |\n`), []);
  });
});

describe('completion of steps', () => {
  const places = {
    'behind a dash': `${head}steps:\n  - |`,
    'below a list': `${head}steps:\n  - swap: { id: swap, checkpoint: base, pairs: ./pairs }\n  |\n`,
    'in an empty list': `${head}steps:\n  |`,
    'in brackets': `${head}steps: [|]`,
  };
  for (const [where, marked] of Object.entries(places)) {
    it(`${where}: every kind, and what is put there is a step without errors`, async () => {
      const steps = (await at(marked)).filter(({ kind }) => kind === 'step');
      assert.deepEqual(
        steps.map(({ label }) => label),
        stepKinds,
      );
      for (const step of steps) {
        const text = take(marked, step);
        assert.deepEqual(parseExperiment(text).problems, [], text);
        assert.ok(
          parseExperiment(text).content!.steps.some((made) => step.label in made),
          text,
        );
      }
    });
  }

  it('proposes an id that is free', async () => {
    const swap = (await at(places['below a list'])).find(({ label }) => label === 'swap')!;
    assert.match(swap.insert, /id: \$\{1:swap-2\}/);
  });
});

describe('completion of values', () => {
  const step = (kind: string, rest: string) => `${head}steps:\n  - ${kind}: { id: x, ${rest} }\n`;
  it('words of the schema, the default marked', async () => {
    const modes = await at(step('swap', 'mode: |'));
    assert.deepEqual(
      modes.map(({ label }) => label),
      ['suffix', 'single', 'window', 'prefix'],
    );
    assert.equal(modes[0]!.detail, 'default');
    assert.deepEqual((await labels(`${head}regions: |\n`)).slice(0, 3), ['thirds', 'paper', '8-12-8']);
    assert.deepEqual(await labels(step('compare', 'spectrum: |')), ['true', 'false']);
  });

  it('checkpoints and hybrids where a checkpoint is meant', async () => {
    const found = await at(step('swap', 'checkpoint: |'));
    assert.deepEqual(
      found.map(({ label, kind }) => [label, kind]),
      [
        ['base', 'checkpoint'],
        ['in', 'checkpoint'],
        ['IN:RL:RL', 'hybrid'],
      ],
    );
    assert.equal(found[2]!.insert, '"IN:RL:RL"', 'a name with colons needs quotes');
    assert.equal((await at(step('swap', 'checkpoint: "IN|"')))[2]!.insert, 'IN:RL:RL', 'inside of quotes it has them');
    assert.deepEqual(await labels(step('merge', 'hybrid: |')), ['IN:RL:RL']);
    assert.deepEqual(await labels('checkpoints: { a: x, b: y }\nhybrids:\n  h: [a, |]\n'), ['a', 'b']);
    assert.deepEqual(await labels(step('attention', 'checkpoints: [base, |]')), ['in', 'IN:RL:RL']);
  });

  it('functions of the pairs folder', async () => {
    assert.deepEqual(await labels(step('swap', 'pairs: ./pairs, functions: [|]')), ['counting', 'ocr']);
    const block = `${head}steps:\n  - swap:\n      pairs: ./pairs\n      functions:\n        - ocr\n        - |\n`;
    assert.deepEqual(await labels(block), ['counting']);
    assert.equal((await labels(step('swap', 'pairs: ./pairs, functions: |')))[0], '[counting, ocr]');
    assert.deepEqual(await labels(step('swap', 'pairs: ./none, functions: [|]')), []);
  });

  it('folders and data sets beside the file, no run folders', async () => {
    assert.deepEqual(await labels(step('swap', 'pairs: |')), ['./base', './in', './pairs', './rl model']);
    assert.deepEqual(await labels(step('swap', 'pairs: ./pairs/|')), ['./pairs/counting', './pairs/ocr']);
    const sets = await labels(step('ablate', 'dataset: |'));
    assert.ok(sets.includes('./items.jsonl') && sets.includes('./pairs/') && !sets.includes('./notes.txt'));
  });

  it('checkpoints that the file does not name yet', async () => {
    const found = await at('version: 1\ncheckpoints:\n  base: ./base\n  |\n');
    assert.deepEqual(
      found.map(({ insert }) => insert),
      ['in: ./in', 'rl model: ./rl model'],
    );
  });

  it('nothing of the disk for a file that is not saved', async () => {
    const { text, offset } = markedText(step('swap', 'pairs: |'));
    assert.deepEqual(await complete(text, offset, null), []);
  });
});
