import assert from 'node:assert/strict';
import { summariseCompare } from '../../../src/core/compare/compareSummary';
import type { CompareFacts, CompareRow } from '../../../src/shared/compareResults';

const facts: CompareFacts = {
  phases: [
    { from: 'base', to: 'in', onlyFrom: [], onlyTo: ['x'] },
    { from: 'in', to: 'rl', onlyFrom: [], onlyTo: [] },
  ],
  spectrum: true,
  numLayers: 3,
  regions: { early: [0, 1], mid: [1, 2], late: [2, 3] },
  rows: 8,
};

function row(name: string, fields: Partial<CompareRow>): CompareRow {
  const [from, to] = [fields.from ?? 'base', fields.to ?? 'in'];
  return {
    key: `${from}→${to}/${name}`,
    from,
    to,
    name,
    part: 'languageModel',
    layer: 0,
    component: 'mlp',
    dtype: 'F32',
    shape: [10],
    energy: 0,
    relativeEnergy: 0,
    changedFraction: 0,
    largest: 0,
    roundingFloor: 0,
    fromNorm: 1,
    toNorm: 1,
    cosine: null,
    ...fields,
  };
}

describe('summariseCompare', () => {
  it('root sums of squares, counts by entries, largest of all', () => {
    const { layers, parts, components, regions, onlyTo } = summariseCompare(facts, [
      row('a.weight', { energy: 3, fromNorm: 6, changedFraction: 1, largest: 1, roundingFloor: 3, shape: [30] }),
      row('b.norm.weight', { energy: 4, fromNorm: 8, largest: 2, roundingFloor: 4, component: 'norm', shape: [10] }),
    ]).phases[0]!;
    const whole = {
      energy: 5,
      relativeEnergy: 0.5,
      changedFraction: 0.75,
      largest: 2,
      roundingFloor: 5,
      cosine: null,
      tensors: 2,
      // The norm does not count, and the mean is relative to the later checkpoint.
      authors: { froNormMean: 3, froNormSum: 3, relativeNormMean: 3 },
    };
    assert.deepEqual(layers, [{ part: 'languageModel', layer: 0, ...whole }]);
    assert.deepEqual(parts, [{ part: 'languageModel', ...whole }]);
    assert.deepEqual(regions, [{ region: 'early', ...whole }]);
    assert.deepEqual(
      components.map(({ component, energy }) => [component, energy]),
      [
        ['mlp', 3],
        ['norm', 4],
      ],
    );
    assert.deepEqual(onlyTo, ['x']);
  });

  it('in the order of the model, what is outside of layers before them', () => {
    const places = [
      ['languageModel', 2],
      ['languageModel', null],
      ['vision', 1],
      [null, null],
      ['head', null],
      ['languageModel', 10],
      ['vision', null],
    ] as const;
    const rows = places.map(([part, layer], i) => row(`t${i}`, { part, layer }));
    const { layers } = summariseCompare(facts, rows).phases[0]!;
    assert.deepEqual(
      layers.map(({ part, layer }) => [part, layer]),
      [
        ['vision', null],
        ['vision', 1],
        ['languageModel', null],
        ['languageModel', 2],
        ['languageModel', 10],
        ['head', null],
        [null, null],
      ],
    );
  });

  it('ranks are means over matrices; a volume of a zero update is none', () => {
    const ranks = (stableRank: number, logVolume: number | null) => ({
      stableRank,
      effectiveRank: 2 * stableRank,
      logVolume,
    });
    const group = (...rows: CompareRow[]) => summariseCompare(facts, rows).phases[0]!.layers[0]!;
    const both = group(row('a', ranks(1, -1)), row('b', ranks(3, -3)), row('bias', {}));
    assert.deepEqual([both.stableRank, both.effectiveRank, both.logVolume], [2, 4, -2]);
    const frozen = group(row('a', ranks(0, null)), row('b', ranks(0, null)));
    assert.deepEqual([frozen.stableRank, frozen.effectiveRank, frozen.logVolume], [0, 0, undefined]);
    assert.equal(group(row('bias', {})).stableRank, undefined);
  });

  it('the second phase is relative to its first checkpoint in the authors’ way, and knows the cosine of a group', () => {
    const second = { from: 'in', to: 'rl', fromNorm: 2, toNorm: 4 };
    const rows = [
      row('a.weight', { ...second, energy: 1, cosine: 1, previous: { energy: 2, product: 2 } }),
      row('b.weight', { ...second, energy: 1, cosine: -1, previous: { energy: 2, product: -2 } }),
    ];
    const { layers } = summariseCompare(facts, rows).phases[1]!;
    assert.equal(layers[0]!.authors!.relativeNormMean, 0.5);
    assert.equal(layers[0]!.cosine, 0);
  });

  it('skipped tensors are listed and count nowhere', () => {
    const skipped = { energy: null, fromNorm: null, toNorm: null, largest: null, roundingFloor: null, skipped: 'why' };
    const { tensors, layers } = summariseCompare(facts, [row('a.weight', { ...skipped, changedFraction: null })])
      .phases[0]!;
    assert.equal(tensors.length, 1);
    assert.deepEqual([layers[0]!.tensors, layers[0]!.energy, layers[0]!.authors], [0, 0, undefined]);
  });
});
