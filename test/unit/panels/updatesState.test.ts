import assert from 'node:assert/strict';
import { updatesState, type CompareRun } from '../../../src/host/panels/updatesState';
import type { CompareFacts, CompareRow } from '../../../src/shared/compareResults';

const facts: CompareFacts = {
  phases: [
    { from: 'base', to: 'in', onlyFrom: ['gone'], onlyTo: [] },
    { from: 'in', to: 'rl', onlyFrom: [], onlyTo: [] },
  ],
  spectrum: true,
  numLayers: 2,
  regions: { early: [0, 1], mid: [1, 1], late: [1, 2] },
  rows: 4,
};

function row(from: string, to: string, layer: number, change: Partial<CompareRow> = {}): CompareRow {
  const name = `model.layers.${layer}.mlp.up_proj.weight`;
  return {
    key: `${from}→${to}/${name}`,
    from,
    to,
    name,
    part: 'languageModel',
    layer,
    component: 'mlp',
    dtype: 'BF16',
    shape: [4, 8],
    energy: 5,
    relativeEnergy: 0.5,
    changedFraction: 0.25,
    largest: 4,
    roundingFloor: 0.1,
    fromNorm: 10,
    toNorm: 11,
    cosine: null,
    ...change,
  };
}

const spectrum = { spectral: 4, nuclear: 7, stableRank: 1.5, effectiveRank: 1.9, singularValues: [4, 3, 0, 0] };
const estimate = {
  spectral: 4,
  nuclear: 7.1,
  stableRank: 1.5,
  effectiveRank: 2,
  nuclearError: 0.1,
  effectiveRankError: 0.2,
};

function stateOf(change: Partial<CompareRun> = {}) {
  const run: CompareRun = {
    id: 'updates',
    state: 'running',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: [],
    ahead: null,
    ...change,
  };
  return updatesState(run, { experiment: 'lab.frankenstein.yaml', canRun: true });
}

describe('the state of the Updates panel', () => {
  it('counts rows against those to come, or what whoever runs it told', () => {
    const rows = [row('base', 'in', 0)];
    const { run } = stateOf({ rows });
    assert.deepEqual([run.done, run.total, run.secondsLeft], [1, 4, null]);
    const told = stateOf({ rows, progress: { done: 2, total: 4, secondsLeft: 9 } }).run;
    assert.deepEqual([told.done, told.total, told.secondsLeft], [2, 4, 9]);
    // While the checkpoints are opened nothing is known yet.
    assert.equal(stateOf({ rows, progress: { done: 0, total: 0, secondsLeft: null } }).run.total, 4);
    assert.equal('progress' in told || 'facts' in told || 'rows' in told, false);
  });

  it('has the facts of the run, also before its first row', () => {
    const { phases, ...state } = stateOf();
    assert.deepEqual([state.spectrum, state.numLayers, state.regions], [true, 2, facts.regions]);
    assert.deepEqual(
      phases.map(({ from, to, tensors, onlyFrom }) => [from, to, tensors.length, onlyFrom]),
      [
        ['base', 'in', 0, ['gone']],
        ['in', 'rl', 0, []],
      ],
    );
  });

  it('cuts spectra to what can be seen: logarithms over the largest, as far as they are not zero', () => {
    const [tensor] = stateOf({ rows: [row('base', 'in', 0, spectrum)] }).phases[0]!.tensors;
    assert.deepEqual([tensor!.rank, tensor!.decay], [4, [0, -0.1249]]);
    assert.equal('singularValues' in tensor!, false);
    const singularValues = Array.from({ length: 3584 }, (_, i) => 1 / (i + 1));
    const [large] = stateOf({ rows: [row('base', 'in', 0, { ...spectrum, singularValues })] }).phases[0]!.tensors;
    assert.ok(large!.decay!.length <= 64);
    assert.equal(large!.decay!.at(-1), -3.5544);
  });

  it('of a zero update has no directions', () => {
    const zero = {
      ...spectrum,
      spectral: 0,
      nuclear: 0,
      stableRank: 0,
      effectiveRank: 0,
      singularValues: [0, 0, 0, 0],
    };
    const [tensor] = stateOf({ rows: [row('base', 'in', 0, { energy: 0, ...zero })] }).phases[0]!.tensors;
    assert.deepEqual([tensor!.rank, tensor!.decay, tensor!.stableRank], [4, [], 0]);
  });

  it('shows what is told ahead until the row is there: exact energies, and estimates of spectra', () => {
    const early = row('in', 'rl', 1);
    const ahead = { rows: [early], estimates: [{ key: early.key, ...estimate }] };
    const before = stateOf({ ahead });
    const [tensor] = before.phases[1]!.tensors;
    assert.deepEqual([tensor!.energy, tensor!.stableRank, tensor!.estimate], [5, undefined, estimate]);
    assert.deepEqual([before.run.done, before.phases[1]!.layers[0]!.energy], [0, 5]);
    const after = stateOf({ ahead, rows: [row('in', 'rl', 1, spectrum)] });
    assert.equal(after.phases[1]!.tensors.length, 1);
    assert.deepEqual(
      [after.phases[1]!.tensors[0]!.estimate, after.phases[1]!.tensors[0]!.stableRank],
      [undefined, 1.5],
    );
    // The same tensor's estimate in another phase is another one.
    assert.equal(stateOf({ ahead, rows: [row('base', 'in', 1)] }).phases[0]!.tensors[0]!.estimate, undefined);
  });
});
