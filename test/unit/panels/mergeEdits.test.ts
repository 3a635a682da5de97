import assert from 'node:assert/strict';
import path from 'node:path';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { experimentFromText } from '../../../src/core/experiment/experiment';
import { applyEdits, type TextEdit } from '../../../src/core/experiment/hybridEdits';
import { readTransplant, type OpenedDonor, type OpenedDonors } from '../../../src/host/panels/mergeColumns';
import {
  addEdits,
  computeEdits,
  duplicateEdits,
  paintEdits,
  presetEdits,
  writeStep,
} from '../../../src/host/panels/mergeEdits';
import { heatOf } from '../../../src/host/panels/mergeHeat';
import { readArithmetic } from '../../../src/host/panels/mergeArithmetic';
import { mergekitOf } from '../../../src/host/panels/mergeMergekit';
import { isArithmetic } from '../../../src/core/merge/openNamed';
import type { ComparePhase } from '../../../src/shared/compareResults';
import type { ArithmeticRecipe } from '../../../src/shared/protocol/merge';
import { InputError } from '../../../src/shared/errors';
import { layersOf } from '../../../src/shared/donorMap';

const lab = path.resolve('media/sample-lab');
const file = path.join(lab, 'lab.frankenstein.yaml');
const text = `version: 1
checkpoints:
  base: ./base
  in: ./in # the cold start
  rl: ./rl
regions: thirds
hybrids:
  # the paper's best
  IN:RL:RL: [in, rl, rl]
  grafted:
    skeleton: in # its config
    layers: { "4-6": rl }
steps: []
`;

async function openLab(): Promise<OpenedDonors> {
  const opened = ['base', 'in', 'rl'].map(async (name): Promise<[string, OpenedDonor]> => {
    return [name, { kind: 'opened', checkpoint: await openCheckpoint(path.join(lab, name)) }];
  });
  return new Map(await Promise.all(opened));
}

describe('what the merge wizard does to the file', () => {
  let opened: OpenedDonors;
  before(async () => (opened = await openLab()));
  const experiment = experimentFromText(file, text);
  const after = (edits: readonly TextEdit[]) => applyEdits(text, edits);
  const hybridsAfter = (edits: readonly TextEdit[]) => experimentFromText(file, after(edits)).content.hybrids;

  it('paints: only the hybrid changes, and the comments stay', () => {
    const edits = paintEdits(text, experiment, opened, 'IN:RL:RL', 'base', layersOf(5, 6));
    const changed = after(edits);
    assert.deepEqual(hybridsAfter(edits)['IN:RL:RL'], {
      skeleton: 'in',
      layers: { '4': 'rl', '5': 'base', '6-12': 'rl' },
    });
    for (const comment of ['# the cold start', "# the paper's best", '# its config'])
      assert.ok(changed.includes(comment));
    assert.deepEqual(hybridsAfter(edits)['grafted'], experiment.content.hybrids['grafted']);
  });

  it('paints what is painted already without a change', () => {
    assert.deepEqual(paintEdits(text, experiment, opened, 'IN:RL:RL', 'rl', layersOf(5, 6)), []);
  });

  it('refuses what the file does not have', () => {
    assert.throws(() => paintEdits(text, experiment, opened, 'none', 'rl', layersOf(0, 1)), /no hybrid "none"/);
    assert.throws(() => paintEdits(text, experiment, opened, 'grafted', 'grafted', layersOf(0, 1)), InputError);
    assert.throws(
      () => presetEdits(text, experiment, opened, 'grafted', { kind: 'all', donor: '__proto__' }),
      InputError,
    );
  });

  it('applies presets', () => {
    const preset = (given: Parameters<typeof presetEdits>[4]) =>
      hybridsAfter(presetEdits(text, experiment, opened, 'grafted', given))['grafted'];
    assert.deepEqual(preset({ kind: 'all', donor: 'rl' }), ['rl', 'rl', 'rl']);
    assert.deepEqual(preset({ kind: 'regions', donors: ['rl', 'in', 'rl'] }), ['rl', 'in', 'rl']);
    const odd = ['1', '3', '5', '7', '9', '11'].map((layer) => [layer, 'rl']);
    assert.deepEqual(preset({ kind: 'alternate', donors: ['in', 'rl'] }), {
      skeleton: 'in',
      layers: Object.fromEntries(odd),
    });
  });

  it('adds hybrids: those that are there are left, and names that are taken get a number', () => {
    const edits = addEdits(text, experiment, [
      { name: 'IN:RL:RL', donors: ['in', 'rl', 'rl'] },
      { name: 'RL:IN:RL', donors: ['rl', 'in', 'rl'] },
      { name: 'grafted', donors: ['rl', 'rl', 'rl'] },
      { name: 'base', donors: ['rl', 'rl', 'in'] },
    ]);
    const hybrids = hybridsAfter(edits);
    assert.deepEqual(Object.keys(hybrids), ['IN:RL:RL', 'grafted', 'RL:IN:RL', 'grafted-2', 'base-2']);
    assert.equal(edits.length, 1, 'one step of the undo');
    assert.deepEqual(addEdits(text, experiment, [{ name: 'IN:RL:RL', donors: ['in', 'rl', 'rl'] }]), []);
  });

  it('adds the first hybrid of a file', () => {
    const bare = text.replace(/hybrids:[^]*steps/, 'steps');
    const changed = applyEdits(
      bare,
      addEdits(bare, experimentFromText(file, bare), [{ name: 'A:B', donors: ['in', 'rl', 'rl'] }]),
    );
    assert.deepEqual(experimentFromText(file, changed).content.hybrids, { 'A:B': ['in', 'rl', 'rl'] });
  });

  it('duplicates', () => {
    assert.deepEqual(
      hybridsAfter(duplicateEdits(text, experiment, 'grafted'))['grafted-copy'],
      experiment.content.hybrids['grafted'],
    );
  });

  it('writes through the step there is, else through a new one', () => {
    const fresh = writeStep(experiment, 'IN:RL:RL', './merged');
    assert.deepEqual(fresh, {
      id: 'write-in-rl-rl',
      step: { merge: { id: 'write-in-rl-rl', hybrid: 'IN:RL:RL', output: './merged' } },
    });
    const stepped = text.replace(
      'steps: []',
      'steps:\n  - merge: { id: write-in-rl-rl, hybrid: "IN:RL:RL", output: ./merged }',
    );
    const known = experimentFromText(file, stepped);
    assert.deepEqual(writeStep(known, 'IN:RL:RL', './merged'), { id: 'write-in-rl-rl', step: null });
    assert.equal(writeStep(known, 'IN:RL:RL', './elsewhere').id, 'write-in-rl-rl-2');
  });
});

describe('computed hybrids of the merge wizard', () => {
  let opened: OpenedDonors;
  before(async () => (opened = await openLab()));
  const experiment = experimentFromText(file, text);
  const recipe: ArithmeticRecipe = {
    method: 'ties',
    base: 'base',
    models: [
      { model: 'in', settings: { weight: 0.5, density: 0.3 } },
      { model: 'rl', settings: { weight: [0, 1] } },
    ],
    parameters: { lambda: 0.9 },
    seed: null,
  };
  const specAfter = (hybrid: string | null, given: ArithmeticRecipe) => {
    const changed = applyEdits(text, computeEdits(text, experiment, hybrid, given));
    return Object.entries(experimentFromText(file, changed).content.hybrids);
  };

  it('are written as the file has them, and read as the same recipe', () => {
    const [name, spec] = specAfter(null, recipe).at(-1)!;
    assert.equal(name, 'ties');
    assert.ok(isArithmetic(spec));
    const read = readArithmetic(name, spec, opened);
    assert.deepEqual(read.recipe, recipe);
    assert.deepEqual([read.used, read.problems], [['base', 'in', 'rl'], []]);
    assert.ok(read.bytes! > 0);
    assert.match(read.hash!, /^[0-9a-f]{12}$/);
  });

  it('take the place of a transplant', () => {
    const hybrids = specAfter('grafted', { ...recipe, method: 'linear', base: null });
    assert.deepEqual(
      hybrids.map(([name]) => name),
      ['IN:RL:RL', 'grafted'],
    );
    assert.ok(isArithmetic(hybrids[1]![1]));
  });

  it('say what is wrong with them, and stay in the form', () => {
    const wrong = [
      { ...recipe, method: 'tie' },
      { ...recipe, base: null },
      { ...recipe, models: [{ model: 'in', settings: {} }] },
      { ...recipe, parameters: { lamda: 1 } },
    ];
    const patterns = [/no merge method "tie"/, /needs a base/, /needs weight/, /no parameter "lamda"/];
    wrong.forEach((given, i) => {
      const spec = specAfter(null, given).at(-1)![1];
      assert.ok(isArithmetic(spec));
      const { problems, hash, recipe: shown } = readArithmetic('x', spec, opened);
      assert.match(problems[0]!.message, patterns[i]!);
      assert.equal(hash, null);
      assert.equal(shown.method, given.method);
    });
    assert.throws(() => computeEdits(text, experiment, null, { ...recipe, base: 'gone' }), InputError);
  });

  it('and transplants are copied as mergekit has them', () => {
    const [, spec] = specAfter(null, recipe).at(-1)!;
    assert.match(mergekitOf(experiment, spec, opened).text, /^merge_method: ties$/m);
    const { text: yaml, traps } = mergekitOf(experiment, ['in', 'rl', 'rl'], opened);
    assert.match(yaml, /vision_tower/);
    assert.ok(yaml.includes(path.join(lab, 'rl')) && traps.length > 0);
    assert.throws(() => mergekitOf(experiment, ['gone', 'rl', 'rl'], opened), InputError);
  });
});

describe('what the merge wizard shows of a comparison', () => {
  it('is the relative energy by place', () => {
    const group = { energy: 1, changedFraction: 1, largest: 1, roundingFloor: 0, cosine: null, tensors: 1 };
    const place = { part: 'languageModel', layer: 3 } as const;
    const phase: ComparePhase = {
      from: 'in',
      to: 'rl',
      tensors: [],
      parts: [{ ...group, part: 'vision', relativeEnergy: 0.1 }],
      layers: [
        { ...group, ...place, relativeEnergy: 0.2 },
        { ...group, ...place, layer: null, relativeEnergy: 9 },
      ],
      components: [{ ...group, ...place, component: 'mlp', relativeEnergy: null }],
      regions: [],
      onlyFrom: [],
      onlyTo: [],
    };
    assert.deepEqual(heatOf(phase), {
      title: 'in → rl',
      relativeEnergy: { vision: 0.1, 'languageModel/3': 0.2, 'languageModel/3/mlp': null },
    });
  });
});

describe('what the merge wizard reads of a hybrid', () => {
  let opened: OpenedDonors;
  before(async () => (opened = await openLab()));
  const read = (spec: Parameters<typeof readTransplant>[1], donors = opened, name = 'x') =>
    readTransplant(name, spec, 'thirds', donors);

  it('its donors, its size, and a hash of its pointers', () => {
    const { used, bytes, hash, problems, donors } = read(['in', 'rl', 'rl']);
    assert.deepEqual([used, problems], [['in', 'rl'], []]);
    const own = opened.get('in')!;
    assert.ok(own.kind === 'opened');
    assert.equal(
      bytes,
      [...own.checkpoint.tensors.values()].reduce((sum, { length }) => sum + length, 0),
    );
    assert.match(hash!, /^[0-9a-f]{12}$/);
    assert.equal(donors?.layers[11]?.norm, 'rl');
  });

  it('the hash does not depend on the name or the form, but on every donor', () => {
    const { hash } = read(['in', 'rl', 'rl']);
    assert.equal(read({ skeleton: 'in', layers: { '4-12': 'rl' } }, opened, 'another').hash, hash);
    assert.notEqual(read({ skeleton: 'in', layers: { '4-11': 'rl' } }).hash, hash);
    assert.notEqual(read({ skeleton: 'in', layers: { '4-12': 'rl', '3': { norm: 'rl' } } }).hash, hash);
  });

  it('its problems, in place of a failure', () => {
    const broken = new Map(opened).set('rl', { kind: 'broken', message: 'there is no config.json' });
    const message = (given: ReturnType<typeof read>) => given.problems.map((problem) => problem.message).join();
    assert.equal(message(read(['in', 'rl', 'rl'], broken)), 'rl cannot be read: there is no config.json');
    assert.notEqual(read(['in', 'rl', 'rl'], broken).donors, null, 'the words can still be painted');
    assert.equal(read(['rl', 'in', 'in'], broken).donors, null);
    assert.equal(message(read(['gone', 'in', 'in'])), 'there is no checkpoint "gone"');
    assert.match(message(read({ skeleton: 'in', layers: { '4-99': 'rl' } })), /past the last layer/);
    assert.match(message(read({ skeleton: 'in', head: 'rl' })), /tied/);
  });
});
