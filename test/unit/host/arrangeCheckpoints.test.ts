import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import { resolveExperiment, type Experiment } from '../../../src/core/experiment/experiment';
import { arrangeCheckpoints, type CheckpointSources } from '../../../src/host/trees/arrangeCheckpoints';

const none: CheckpointSources = {
  experiments: [],
  found: [],
  addedFolders: [],
  cached: [],
  chosenRole: () => undefined,
  shown: (directory) => directory.replace('/w/', ''),
};

describe('the order of the checkpoints in the tree', () => {
  it("puts the experiment's own first, along the chain, then others, then the cache", () => {
    const listed = arrangeCheckpoints({
      ...none,
      experiments: [experiment('/w/lab.frankenstein.yaml', 'rl: ./c', 'extra: ./x', 'in: ./b', 'base: ./a')],
      found: ['/w/a', '/w/b', '/w/other'],
      cached: [{ repository: 'org/model', revision: 'abc', directory: '/cache/abc' }],
    });
    assert.deepEqual(
      listed.map(({ name, role, origin }) => [name, role, origin]),
      [
        ['base', 'base', 'experiment'],
        ['in', 'in', 'experiment'],
        ['rl', 'rl', 'experiment'],
        ['extra', null, 'experiment'],
        ['other', null, 'folder'],
        ['org/model', null, 'cache'],
      ],
    );
    assert.deepEqual(listed[0]!.experiments, ['/w/lab.frankenstein.yaml']);
  });

  it('knows which step writes a checkpoint', () => {
    const text = [
      'version: 1',
      'checkpoints: { in: ./b, arm: ./out/arm }',
      'steps: [{ train: { id: frozen, from: in, method: sft, dataset: ./d.jsonl, steps: 1, output: ./out/arm } }]',
    ].join('\n');
    const lab = resolveExperiment('/w/lab.frankenstein.yaml', parseExperiment(text).content!);
    const listed = arrangeCheckpoints({ ...none, experiments: [lab] });
    assert.deepEqual(
      listed.map(({ name, writtenBy }) => [name, writtenBy]),
      [
        ['in', null],
        ['arm', 'frozen'],
      ],
    );
  });

  it("lets the user's choice win over the experiment's role, also when it is none", () => {
    const sources = { ...none, experiments: [experiment('/w/x.frankenstein.yaml', 'base: ./a', 'in: ./b')] };
    const chosen = new Map([
      ['/w/a', 'rl' as const],
      ['/w/b', null],
    ]);
    const listed = arrangeCheckpoints({ ...sources, chosenRole: (directory) => chosen.get(directory) });
    assert.deepEqual(
      listed.map(({ name, role }) => [name, role]),
      [
        ['base', 'rl'],
        ['in', null],
      ],
    );
  });

  it('lists a checkpoint once that two experiments name, with the name of the first and both files', () => {
    const experiments = [
      experiment('/w/1.frankenstein.yaml', 'm: ./a'),
      experiment('/w/2.frankenstein.yaml', 'base: ./a'),
    ];
    const listed = arrangeCheckpoints({ ...none, experiments, found: ['/w/a'] });
    assert.equal(listed.length, 1);
    const [{ name, role, experiments: files }] = listed;
    assert.deepEqual([name, role, files], ['m', 'base', ['/w/1.frankenstein.yaml', '/w/2.frankenstein.yaml']]);
  });

  it('tells checkpoints of one name apart', () => {
    const revisions = ['0123456789', 'abcdef0123'];
    const listed = arrangeCheckpoints({
      ...none,
      found: ['/w/one/final', '/w/two/final', '/w/single'],
      cached: revisions.map((revision) => ({ repository: 'o/m', revision, directory: `/cache/${revision}` })),
    });
    assert.deepEqual(
      listed.map(({ hint }) => hint),
      ['one/final', 'two/final', null, '0123456', 'abcdef0'],
    );
  });

  it('knows what came through a folder of the settings', () => {
    const found = ['/models', '/models/a', '/modelsx/b', '/w/c'];
    const listed = arrangeCheckpoints({ ...none, found, addedFolders: ['/models'] });
    assert.deepEqual(
      listed.map(({ addedBy }) => addedBy),
      ['/models', '/models', null, null],
    );
  });
});

function experiment(file: string, ...checkpoints: readonly string[]): Experiment {
  const text = ['version: 1', 'checkpoints:', ...checkpoints.map((line) => `  ${line}`), ''].join('\n');
  return resolveExperiment(file, parseExperiment(text).content!);
}
