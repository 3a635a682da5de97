import assert from 'node:assert/strict';
import type { TransplantSpec } from '../../../src/core/merge/transplant';
import { donorMapOf, transplantOf } from '../../../src/host/panels/mergeRecipe';
import {
  alternateMap,
  donorsAt,
  layersOf,
  paintDonors,
  uniformMap,
  type MergePlace,
} from '../../../src/shared/donorMap';

const depths = { numLayers: 12, visionLayers: 3, regions: { early: [0, 4], mid: [4, 8], late: [8, 12] } } as const;
const layer = (index: number, component: 'attention' | 'mlp' | 'norm' | null = null): MergePlace => {
  return { part: 'languageModel', layer: index, component };
};
const paint = (spec: TransplantSpec, places: readonly MergePlace[], donor: string) =>
  transplantOf(paintDonors(donorMapOf(spec, depths), places, donor), depths);

describe('a transplant as a donor for every place', () => {
  it('of three donors: parts from the first, layers by region', () => {
    const map = donorMapOf(['in', 'rl', 'base'], depths);
    assert.deepEqual([map.skeleton, map.vision, map.projector, map.embeddings, map.head], Array(5).fill('in'));
    assert.equal(map.layers.map(({ mlp }) => mlp[0]).join(''), 'iiiirrrrbbbb');
    assert.deepEqual(map.visionLayers[2], { attention: 'in', mlp: 'in', norm: 'in' });
  });

  it('of named parts: what is not named follows the part, then the skeleton', () => {
    const spec = {
      skeleton: 'in',
      vision: 'base',
      layers: { '4-6': 'rl', '7': { attention: 'rl' } },
      visionLayers: { '1': { mlp: 'rl' } },
    };
    const map = donorMapOf(spec, depths);
    assert.deepEqual(map.layers[7], { attention: 'rl', mlp: 'in', norm: 'in' });
    assert.deepEqual(map.visionLayers[1], { attention: 'base', mlp: 'rl', norm: 'base' });
    assert.equal(map.projector, 'in');
    assert.deepEqual(donorsAt(map, layer(7)), ['rl', 'in']);
    assert.deepEqual(donorsAt(map, layer(7, 'norm')), ['in']);
    assert.deepEqual(donorsAt(map, layer(99)), []);
  });

  it('is written in the shortest form, and reads as the same', () => {
    const specs: TransplantSpec[] = [
      ['in', 'rl', 'rl'],
      ['in', 'in', 'in'],
      { skeleton: 'in', layers: { '4-6': 'rl', '7': { attention: 'rl' } } },
      { skeleton: 'in', layers: { '0-12': 'rl' } },
      { skeleton: 'in', vision: 'rl', visionLayers: { '0': 'in', '2': { attention: 'base', norm: 'in' } } },
      { skeleton: 'in', projector: 'rl', embeddings: 'base', head: 'base' },
    ];
    for (const spec of specs)
      assert.deepEqual(transplantOf(donorMapOf(spec, depths), depths), spec, JSON.stringify(spec));
  });

  it('leaves out what a longer form said twice', () => {
    const spec = { skeleton: 'in', vision: 'in', layers: { '0': 'in', '4-6': 'rl', '6-8': 'rl', '8-12': 'rl' } };
    assert.deepEqual(transplantOf(donorMapOf(spec, depths), depths), ['in', 'rl', 'rl']);
  });

  it('off its regions becomes the named form, and back where it fits again', () => {
    const grafted = paint(['in', 'rl', 'rl'], [layer(5)], 'base');
    assert.deepEqual(grafted, { skeleton: 'in', layers: { '4': 'rl', '5': 'base', '6-12': 'rl' } });
    assert.deepEqual(paint(grafted, [layer(5)], 'rl'), ['in', 'rl', 'rl']);
  });

  it('paints components, parts and the skeleton alone', () => {
    const attention = paint(['in', 'in', 'in'], [layer(2, 'attention'), layer(3, 'attention')], 'rl');
    assert.deepEqual(attention, { skeleton: 'in', layers: { '2-4': { attention: 'rl' } } });
    assert.deepEqual(paint(['in', 'in', 'in'], [{ part: 'projector' }], 'rl'), { skeleton: 'in', projector: 'rl' });
    // Everything else stays where it was.
    const other = paint(['in', 'in', 'in'], [{ part: 'skeleton' }], 'rl');
    const parts = { vision: 'in', projector: 'in', embeddings: 'in', head: 'in' };
    assert.deepEqual(other, { skeleton: 'rl', ...parts, layers: { '0-12': 'in' } });
    assert.deepEqual(paint(['in', 'in', 'in'], [layer(40), { part: 'vision', layer: 3, component: null }], 'rl'), [
      'in',
      'in',
      'in',
    ]);
  });

  it('painted everywhere is a list again', () => {
    const everywhere: MergePlace[] = [
      ...(['skeleton', 'vision', 'projector', 'embeddings', 'head'] as const).map((part) => ({ part })),
      ...layersOf(0, 12),
      ...[0, 1, 2].map((index): MergePlace => ({ part: 'vision', layer: index, component: null })),
    ];
    assert.deepEqual(paint({ skeleton: 'in', vision: 'base', layers: { '3': { mlp: 'rl' } } }, everywhere, 'rl'), [
      'rl',
      'rl',
      'rl',
    ]);
    assert.deepEqual(transplantOf(uniformMap('rl', 12, 3), depths), ['rl', 'rl', 'rl']);
  });

  it('of a model without layers in a region is still a list', () => {
    const small = { numLayers: 2, visionLayers: 0, regions: { early: [0, 0], mid: [0, 1], late: [1, 2] } } as const;
    const map = donorMapOf(['in', 'rl', 'base'], small);
    assert.deepEqual(transplantOf(map, small), ['in', 'rl', 'base']);
  });

  it('alternates layer by layer', () => {
    const map = alternateMap(['in', 'rl'], 5, 1);
    assert.equal(map.layers.map(({ norm }) => norm).join(' '), 'in rl in rl in');
    assert.equal(map.skeleton, 'in');
  });
});
