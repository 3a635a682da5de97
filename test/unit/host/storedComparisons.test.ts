import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { resolveExperiment } from '../../../src/core/experiment/experiment';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import {
  comparisonText,
  compareSteps,
  StoredComparisons,
  type ComparedCheckpoint,
} from '../../../src/host/experiments/storedComparisons';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

function checkpoint(directory: string, part: Partial<ComparedCheckpoint> = {}): ComparedCheckpoint {
  return { name: path.basename(directory), directory, role: null, regions: 'thirds', ...part };
}

function experiment(text: string, file = '/w/x.frankenstein.yaml') {
  const { content, problems } = parseExperiment(text);
  assert.deepEqual(problems, []);
  return resolveExperiment(file, content!);
}

describe('the file of a comparison', () => {
  it('is a sound experiment file, whatever names and folders there are', () => {
    const chain = [
      checkpoint('/a/org/"model": #1', { name: 'org/"model": {x}', role: 'base' }),
      checkpoint('/b/final', { name: 'final' }),
      checkpoint('/c/final', { name: 'final', role: 'rl', regions: [2, 9] }),
    ];
    const { content, checkpoints } = experiment(comparisonText(chain));
    assert.deepEqual(
      [...checkpoints.values()].map(({ name, directory, role }) => [name, directory, role]),
      [
        ['org/"model": {x}', '/a/org/"model": #1', 'base'],
        ['final', '/b/final', null],
        ['final-2', '/c/final', 'rl'],
      ],
    );
    assert.deepEqual(content.regions, [2, 9]);
    const phases = [
      ['org/"model": {x}', 'final'],
      ['final', 'final-2'],
    ];
    assert.deepEqual(content.steps, [
      { compare: { id: 'energy', phases, spectrum: false } },
      { compare: { id: 'spectrum', phases, spectrum: true } },
    ]);
  });
});

describe('a compare step for given checkpoints', () => {
  const text = [
    'version: 1',
    'checkpoints: { base: ./a, in: ./b, rl: ./c }',
    'steps:',
    '  - swap: { id: s, checkpoint: base, pairs: ./pairs }',
    '  - compare: { id: one, phases: [[base, in]] }',
    '  - compare: { id: chain, phases: [[base, in], [in, rl]] }',
    '  - compare: { id: whole, phases: [[base, in], [in, rl]], spectrum: true }',
    '  - compare: { id: back, phases: [[in, base]] }',
  ].join('\n');
  const [a, b, c] = ['/w/a', '/w/b', '/w/c'].map((directory) => checkpoint(directory)) as [
    ComparedCheckpoint,
    ComparedCheckpoint,
    ComparedCheckpoint,
  ];

  it('has just these phases, that way round; one with a spectrum comes first', () => {
    const found = (...chain: ComparedCheckpoint[]) => compareSteps(experiment(text), chain);
    assert.deepEqual(found(a, b), ['one']);
    assert.deepEqual(found(a, b, c), ['whole', 'chain']);
    assert.deepEqual(found(b, a), ['back']);
    assert.deepEqual(found(b, c), []);
    assert.deepEqual(found(a, b, checkpoint('/w/d')), []);
  });
});

describe('stored comparisons', () => {
  const made = (root: string, name: string) => {
    const directory = path.join(root, name);
    mkdirSync(directory);
    return checkpoint(directory);
  };

  it('one file per set of checkpoints, which stays as it is', async () => {
    const root = folder();
    const stored = new StoredComparisons(path.join(root, 'not', 'there', 'yet'));
    assert.deepEqual(await stored.files(), []);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => made(root, name));
    const energy = await stored.step([a!, b!], false);
    const text = readFileSync(energy.file, 'utf8');
    const again = await stored.step([{ ...a!, name: 'renamed', role: 'base' }, b!], true);
    assert.deepEqual([energy.step, again.step, again.file], ['energy', 'spectrum', energy.file]);
    assert.equal(readFileSync(energy.file, 'utf8'), text, 'rows have its names');
    const others = [await stored.step([b!, a!], false), await stored.step([a!, b!, c!], false)];
    assert.equal(new Set([energy.file, ...others.map(({ file }) => file)]).size, 3);
    assert.deepEqual((await stored.files()).sort(), [energy.file, ...others.map(({ file }) => file)].sort());
  });

  it('writes a file that is broken, or of other folders, anew', async () => {
    const root = folder();
    const stored = new StoredComparisons(path.join(root, 'stored'));
    const chain = [made(root, 'a'), made(root, 'b')];
    const { file } = await stored.step(chain, false);
    const text = readFileSync(file, 'utf8');
    for (const other of ['steps: [', text.replaceAll(JSON.stringify(chain[1]!.directory), '"/elsewhere"')]) {
      writeFileSync(file, other);
      await stored.step(chain, false);
      assert.equal(readFileSync(file, 'utf8'), text);
    }
  });

  it('knows a checkpoint through a link, and refuses one that is not there', async () => {
    const root = folder();
    const stored = new StoredComparisons(path.join(root, 'stored'));
    const [a, b] = [made(root, 'a'), made(root, 'b')];
    symlinkSync(b.directory, path.join(root, 'link'));
    const { file } = await stored.step([a, b], false);
    const [linked, text] = [checkpoint(path.join(root, 'link')), readFileSync(file, 'utf8')];
    assert.equal((await stored.step([a, linked], false)).file, file);
    assert.equal(readFileSync(file, 'utf8'), text);
    await refuses(stored.step([a, checkpoint(path.join(root, 'gone'))], false), /gone/);
  });
});
