import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { CheckpointFactsReader } from '../../../src/core/experiment/language/checkpointFacts';
import { fileProblems } from '../../../src/core/experiment/language/fileProblems';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { writeCheckpoint } from '../../harness/writeCheckpoint';

const folder = temporaryFolders();
const reader = new CheckpointFactsReader();
let directory: string;

before(() => {
  directory = folder();
  cpSync('media/sample-lab/base', join(directory, 'base'), { recursive: true }); // 12 decoder layers
  mkdirSync(join(directory, 'pairs', 'counting'), { recursive: true });
  writeFileSync(join(directory, 'pairs', 'counting', 'data.jsonl'), '');
  writeFileSync(join(directory, 'items.jsonl'), '');
});

/** Severity, what is marked, and message of each problem that the disk tells. */
async function problemsOf(...lines: readonly string[]): Promise<string[]> {
  const text = ['version: 1', ...lines, ''].join('\n');
  const found = await fileProblems(parseExperiment(text), directory, reader);
  return found.map(({ severity, from, to, message }) => {
    return `${severity} ${text.slice(from, to)}: ${message.replaceAll(directory, 'DIR')}`;
  });
}

const base = 'checkpoints: { base: ./base }';
const swap = (rest: string) => `steps: [{ swap: { id: a, checkpoint: base, ${rest} } }]`;

describe('what only the disk tells of an experiment file', () => {
  it('nothing is wrong where all is there', async () => {
    const steps = [swap('pairs: ./pairs, functions: [counting], layers: 4-12')];
    assert.deepEqual(await problemsOf(base, 'regions: [4, 8]', ...steps), []);
    assert.deepEqual(
      await problemsOf(base, 'steps: [{ ablate: { id: a, checkpoint: base, dataset: items.jsonl } }]'),
      [],
    );
  });

  it('a checkpoint that is not there: an error where a step needs it, else a warning', async () => {
    const missing = 'cannot read the folder DIR/none: it does not exist';
    assert.deepEqual(await problemsOf('checkpoints: { x: ./none }'), [`warning ./none: ${missing}`]);
    const used = await problemsOf(
      'checkpoints: { x: { path: ./none } }',
      'steps: [{ compare: { id: a, phases: [[x, x]] } }]',
    );
    assert.deepEqual(used, [`error ./none: ${missing}`]);
  });

  it('a checkpoint that an earlier step will write', async () => {
    const [problem] = await problemsOf(
      'checkpoints: { base: ./base, made: ./made }',
      'hybrids: { h: [base, base, base] }',
      'steps: [{ merge: { id: write, hybrid: h, output: ./made } }, { compare: { id: c, phases: [[base, made]] } }]',
    );
    assert.equal(problem, 'information ./made: not there yet: the step "write" writes it');
  });

  it('a checkpoint that cannot be opened, in the words of openCheckpoint; and again once it is mended', async () => {
    const copy = join(directory, 'broken');
    cpSync(join(directory, 'base'), copy, { recursive: true });
    writeFileSync(join(copy, 'config.json'), '{');
    const lines = ['checkpoints: { base: ./broken }', swap('pairs: ./pairs')];
    const [problem, ...others] = await problemsOf(...lines);
    assert.match(problem!, /^error \.\/broken: DIR\/broken\/config\.json/);
    assert.deepEqual(others, []);
    cpSync(join(directory, 'base', 'config.json'), join(copy, 'config.json'));
    assert.deepEqual(await problemsOf(...lines), []);
    rmSync(copy, { recursive: true });
  });

  it('a model that can only be compared: an error where it is to run', async () => {
    const other = join(directory, 'other');
    cpSync(join(directory, 'base'), other, { recursive: true });
    writeFileSync(join(other, 'config.json'), JSON.stringify({ model_type: 'llama', num_hidden_layers: 12 }));
    const found = await problemsOf(
      'checkpoints: { o: ./other }',
      'steps: [{ swap: { id: a, checkpoint: o, pairs: ./pairs } }, { compare: { id: b, phases: [[o, o]] } }]',
    );
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^error o: DIR\/other: models of type "?llama"? can be inspected and compared only/);
  });

  it('regions that do not fit', async () => {
    const [paper] = await problemsOf(base, 'regions: paper');
    assert.match(
      paper!,
      /^error paper: regions: paper divides 28 layers, this model has 12.*\("base" has 12 layers\)$/,
    );
    const [cuts] = await problemsOf(base, 'regions: [4, 12]');
    assert.match(cuts!, /^error \[4, 12\]: regions: the cuts/);
  });

  it('layers past the last one, of a checkpoint and of a hybrid', async () => {
    const [list] = await problemsOf(base, swap('pairs: ./pairs, layers: [3, 12]'));
    assert.equal(list, 'error [3, 12]: layer 12 is past the last one. The model has layers 0 to 11.');
    const hybrid = 'hybrids: { h: { skeleton: base, layers: { "8-13": base } } }';
    const [range] = await problemsOf(base, hybrid);
    assert.equal(range, 'error "8-13": layers "8-13" goes past the last layer: the model has 12');
    const [step] = await problemsOf(
      base,
      hybrid,
      'steps: [{ swap: { id: a, checkpoint: h, pairs: ./pairs, layers: 12-14 } }]',
    ).then((all) => all.slice(1));
    assert.match(step!, /^error 12-14: layer 12 is past/);
  });

  it('a hybrid that cannot be made: at the range, or at its name', async () => {
    const tower = 'hybrids: { h: { skeleton: base, visionLayers: { "0-2": base, "1": { mlp: base } } } }';
    assert.deepEqual(await problemsOf(base, tower), [
      'error "1": visionLayers: layer 1 is in "1" and in "0-2". Give it one donor.',
    ]);
    const other = join(directory, 'other');
    writeCheckpoint(other, { model_type: 'llama' }, ['model.layers.0.mlp.up_proj.weight']);
    const both = 'checkpoints: { base: ./base, other: ./other }';
    const [apart] = await problemsOf(both, 'hybrids: { h: { skeleton: base, head: other } }');
    const what = 'other is a llama, its skeleton base a qwen2_5_vl. Donors must be of one architecture.';
    assert.equal(apart, `error h: ${what}`);
    rmSync(other, { recursive: true });
    const [first, ...others] = await problemsOf(both, 'hybrids: { h: [base, other, other] }');
    assert.match(first!, /^error .\/other: cannot read/);
    assert.deepEqual(others, [], 'of a hybrid whose donor is not there nothing more is said');
  });

  it('pairs: no folder, no data.jsonl in it, functions it does not have', async () => {
    assert.match(
      (await problemsOf(base, swap('pairs: ./none')))[0]!,
      /^error \.\/none: cannot read the folder DIR\/none/,
    );
    assert.match((await problemsOf(base, swap('pairs: ./base')))[0]!, /^error \.\/base: DIR\/base: no pairs/);
    const text = `version: 1\n${base}\n${swap('pairs: ./pairs, functions: [countin, ocr]')}`;
    const found = await fileProblems(parseExperiment(text), directory, reader);
    assert.deepEqual(
      found.map(({ message, suggestion }) => [message, suggestion]),
      [
        ['the pairs folder has no function "countin"; did you mean "counting"?', 'counting'],
        ['the pairs folder has no function "ocr"; it has: counting', undefined],
      ],
    );
  });

  it('a data set that is not there, and a merge into a folder that is', async () => {
    const [set] = await problemsOf(base, 'steps: [{ ablate: { id: a, checkpoint: base, dataset: ./no.jsonl } }]');
    assert.equal(set, 'error ./no.jsonl: there is no data set DIR/no.jsonl');
    assert.deepEqual(await problemsOf(base, 'steps: [{ ablate: { id: a, checkpoint: base, dataset: "hf:a/b" } }]'), []);
    const merge = 'steps: [{ merge: { id: w, hybrid: h, output: ./pairs } }]';
    const [output] = await problemsOf(base, 'hybrids: { h: [base, base, base] }', merge);
    assert.match(output!, /^warning \.\/pairs: DIR\/pairs exists and is not empty/);
  });

  it('also in a file with errors elsewhere, and in one that is no experiment at all', async () => {
    const found = await problemsOf('checkpoints: { x: ./none }', 'steps:', '  - swap: { id: x, mo');
    assert.equal(found.length, 1);
    for (const text of [
      '',
      '- 1',
      'checkpoints: 3',
      'checkpoints: *x',
      '? : ./x',
      'steps: [{ swap: 4 }, 5, { swap: { layers: 3 } }]',
    ]) {
      assert.deepEqual(await fileProblems(parseExperiment(text), directory, reader), [], text);
    }
  });
});
