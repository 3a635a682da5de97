import assert from 'node:assert/strict';
import { resolveRegions, type RegionSpec } from '../../../src/core/checkpoint/regions';
import { resolveLayers } from '../../../src/core/experiment/layers';
import { InputError } from '../../../src/shared/errors';

describe('resolveRegions', () => {
  const cases: [RegionSpec, number, number[]][] = [
    ['thirds', 12, [0, 4, 8, 12]],
    ['thirds', 28, [0, 9, 18, 28]],
    ['thirds', 10, [0, 3, 6, 10]],
    ['thirds', 2, [0, 0, 1, 2]],
    ['thirds', 0, [0, 0, 0, 0]],
    ['paper', 28, [0, 8, 20, 28]],
    ['8-12-8', 28, [0, 8, 20, 28]],
    [[1, 11], 12, [0, 1, 11, 12]],
    [{ early: [0, 2], mid: [2, 2], late: [2, 12] }, 12, [0, 2, 2, 12]],
  ];
  for (const [spec, numLayers, [a, b, c, d]] of cases) {
    it(`${JSON.stringify(spec)} of ${numLayers}`, () => {
      assert.deepEqual(resolveRegions(spec, numLayers), { early: [a, b], mid: [b, c], late: [c, d] });
    });
  }

  const ranges = (...[a, b, c]: [number, number][]) => ({ early: a!, mid: b!, late: c! });
  const wrong: [RegionSpec, number, string][] = [
    ['paper', 36, 'paper divides 28 layers, this model has 36'],
    ['8-12-8', 12, '8-12-8 divides 28 layers, this model has 12'],
    [[4, 12], 12, 'the cuts [4, 12] must be two layers from 1 to 11, the smaller one first'],
    [[8, 4], 12, 'the cuts [8, 4] must be two layers from 1 to 11, the smaller one first'],
    [[0, 4], 12, 'the cuts [0, 4] must be two layers from 1 to 11, the smaller one first'],
    [[4, 4], 12, 'the cuts [4, 4] must be two layers from 1 to 11, the smaller one first'],
    [[1.5, 4], 12, 'the cuts [1.5, 4] must be two layers from 1 to 11, the smaller one first'],
    [ranges([0, 4], [4, 8], [8, 13]), 12, 'late [8, 13] goes past the last layer: the model has 12'],
    [ranges([0, 4], [4, 8], [8, 11]), 12, 'late ends at 11: the layers from there to 11 are in no region'],
    [ranges([0, 4], [3, 8], [8, 12]), 12, 'mid [3, 8] overlaps the region before it, which ends at 4'],
    [ranges([0, 4], [5, 8], [8, 12]), 12, 'mid [5, 8] leaves a hole: it must begin at 4'],
    [ranges([1, 4], [4, 8], [8, 12]), 12, 'early [1, 4] leaves a hole: it must begin at 0'],
    [ranges([0, 4], [8, 4], [8, 12]), 12, 'mid [8, 4] ends before it begins'],
    [ranges([0, 0.5], [1, 8], [8, 12]), 12, 'early [0, 0.5] must be two layers'],
  ];
  for (const [spec, numLayers, message] of wrong) {
    it(message, () => {
      assert.throws(() => resolveRegions(spec, numLayers), { name: 'InputError', message: `regions: ${message}` });
    });
  }
});

describe('resolveLayers', () => {
  it('all, a list, a half-open range', () => {
    assert.deepEqual(resolveLayers('all', 3), [0, 1, 2]);
    assert.deepEqual(resolveLayers([2, 0, 2], 3), [0, 2]);
    assert.deepEqual(resolveLayers('4-8', 12), [4, 5, 6, 7]);
  });

  it('past the last layer, and none', () => {
    assert.throws(
      () => resolveLayers([0, 3], 3),
      (error: InputError) => {
        assert.deepEqual([error.message, error.mend], ['layer 3 is past the last one', 'The model has layers 0 to 2.']);
        return error instanceof InputError;
      },
    );
    assert.throws(() => resolveLayers('0-99999999999', 3), /layer 3 is past the last one/);
    for (const spec of ['4-4', '8-4']) {
      assert.throws(() => resolveLayers(spec, 12), { name: 'InputError', message: `the layers ${spec} are none` });
    }
  });
});
