import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { CheckpointFactsReader } from '../../../src/core/experiment/language/checkpointFacts';
import { fileProblems } from '../../../src/core/experiment/language/fileProblems';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const reader = new CheckpointFactsReader();
let directory: string;

type Fields = Record<string, unknown>;

before(() => {
  directory = folder();
  const copyOf = (name: string) => cpSync('media/sample-lab/base', join(directory, name), { recursive: true });
  for (const name of ['base', 'same', 'prompt', 'wide', 'retokenised', 'broken']) copyOf(name);
  edit('prompt/chat_template.jinja', (text) => `${text}\nThink first.`);
  editJson('wide/config.json', (config) => ({
    ...config,
    text_config: { ...(config.text_config as Fields), vocab_size: 640 },
  }));
  editJson('retokenised/tokenizer.json', (json) => {
    const model = json.model as Fields;
    return { ...json, model: { ...model, merges: (model.merges as unknown[]).slice(1) } };
  });
  edit('broken/tokenizer.json', () => '{');
});

function edit(name: string, change: (text: string) => string): void {
  const file = join(directory, name);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

function editJson(name: string, change: (json: Fields) => Fields): void {
  edit(name, (text) => JSON.stringify(change(JSON.parse(text) as Fields)));
}

/** Severity, what is marked, and message of each problem that the disk tells. */
async function problemsOf(...lines: readonly string[]): Promise<string[]> {
  const text = ['version: 1', ...lines, ''].join('\n');
  const found = await fileProblems(parseExperiment(text), directory, reader);
  return found.map(({ severity, from, to, message }) => `${severity} ${text.slice(from, to)}: ${message}`);
}

const checkpoints = (entries: string) => `checkpoints: { ${entries} }`;
const template = String.raw`chat_template.jinja \(\w+ .*, \w+ .*Think first.*\)`;

describe('what an experiment file puts together', () => {
  it('says nothing of checkpoints that agree, nor of the sample lab', async () => {
    const lines = ['hybrids: { h: [base, in, base] }', 'steps: [{ compare: { id: c, phases: [[base, in]] } }]'];
    assert.deepEqual(await problemsOf(checkpoints('base: ./base, in: ./same'), ...lines), []);
    const lab = 'media/sample-lab';
    const text = readFileSync(join(lab, 'lab.frankenstein.yaml'), 'utf8');
    const found = await fileProblems(parseExperiment(text), lab, new CheckpointFactsReader());
    assert.deepEqual(
      found.filter(({ severity }) => severity !== 'information'),
      [],
    );
  });

  it('a checkpoint of the chain is marked where it differs from the first, wherever it stands', async () => {
    const [problem, ...others] = await problemsOf(
      checkpoints('rl: ./same, tuned: { path: ./prompt, role: in }, base: ./base, other: ./prompt'),
    );
    assert.deepEqual(others, []);
    assert.match(problem!, new RegExp(`^warning tuned: side files differ from those of "base": ${template}$`));
  });

  it('a phase of a comparison, of hybrids by their skeletons', async () => {
    const [phase, ...others] = await problemsOf(
      checkpoints('a: ./base, b: ./prompt, c: ./same'),
      'hybrids: { h: { skeleton: b } }',
      'steps: [{ compare: { id: x, phases: [[a, c], [c, h]] } }]',
    );
    assert.deepEqual(others, []);
    assert.match(phase!, new RegExp(String.raw`^warning \[c, h\]: side files differ: ${template}$`));
  });

  it('a hybrid whose donors are asked otherwise: a warning that names whose files are used', async () => {
    const [problem, ...others] = await problemsOf(checkpoints('a: ./base, b: ./prompt'), 'hybrids: { h: [a, b, b] }');
    assert.deepEqual(others, []);
    assert.match(problem!, /^warning h: its donors' side files differ: chat_template\.jinja \(/);
    assert.match(problem!, /stop tokens are those of a; those of b are not used\.$/);
  });

  it('a hybrid whose donors cannot be combined: an error; in a chain the same is a warning', async () => {
    const found = await problemsOf(checkpoints('base: ./base, rl: ./retokenised'), 'hybrids: { h: [base, rl, rl] }');
    assert.equal(found.length, 2);
    assert.match(found[0]!, /^warning rl: side files differ from those of "base": model\.merges \(base \d+ merges/);
    assert.match(found[1]!, /^error h: its donors cannot be combined: model\.merges \(base \d+ merges/);
  });

  it('a donor with more rows for tokens is no matter where it gives layers only', async () => {
    const both = checkpoints('a: ./base, b: ./wide');
    assert.deepEqual(await problemsOf(both, 'hybrids: { h: [a, b, b], i: { skeleton: a, layers: { "4-8": b } } }'), []);
    const [problem] = await problemsOf(both, 'hybrids: { h: { skeleton: a, embeddings: b, head: b } }');
    assert.match(problem!, /^error h: its donors cannot be combined: vocab_size \(a 512, b 640\)/);
    const [computed] = await problemsOf(
      both,
      'hybrids: { h: { method: linear, models: [{ model: b, weight: 1 }, { model: a, weight: 1 }] } }',
    );
    assert.match(computed!, /^error h: .*vocab_size \(b 640, a 512\)\. .* those of b; those of a are not used\.$/);
  });

  it('a side file that cannot be read, and again once it is mended', async () => {
    const lines = [checkpoints('base: ./base, in: ./broken')];
    const [problem, ...others] = await problemsOf(...lines);
    assert.deepEqual(others, []);
    assert.match(
      problem!,
      /^warning in: .*tokenizer\.json \(base can be read, in tokenizer\.json: a key must be a string/,
    );
    cpSync(join(directory, 'base', 'tokenizer.json'), join(directory, 'broken', 'tokenizer.json'));
    assert.deepEqual(await problemsOf(...lines), []);
  });

  it('a checkpoint that cannot be opened is said once; half-written files do no harm', async () => {
    rmSync(join(directory, 'broken'), { recursive: true });
    const [missing, ...others] = await problemsOf(
      checkpoints('base: ./base, in: ./broken'),
      'hybrids: { h: [base, in, in] }',
    );
    assert.match(missing!, /^error \.\/broken: cannot read the folder/);
    assert.deepEqual(others, []);
    for (const rest of [
      'hybrids: { h: , i: [a], j: { skeleton: }, k: 3 }',
      'steps: [{ compare: { phases: [a, [b], 4] } }]',
    ]) {
      assert.deepEqual(await problemsOf(checkpoints('a: ./base, b: ./prompt'), rest), [], rest);
    }
  });
});
