import assert from 'node:assert/strict';
import { openCheckpoint, type Checkpoint } from '../../../src/core/checkpoint/checkpoint';
import { familyOf, requireComplete } from '../../../src/core/checkpoint/families';
import { resolveRegions } from '../../../src/core/checkpoint/regions';
import type { TrainOptions } from '../../../src/core/experiment/schema';
import { resolveFreeze } from '../../../src/core/train/freeze';
import { InputError } from '../../../src/shared/errors';

/** 12 layers, tied; and 3 layers with a head of its own under new names. */
const tied = 'media/sample-lab/in';
const untied = 'test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint';
const open = new Map<string, Checkpoint>();

before(async () => {
  for (const folder of [tied, untied]) open.set(folder, await openCheckpoint(folder));
});

function freeze(selectors: TrainOptions['freeze'], folder = tied) {
  const checkpoint = open.get(folder)!;
  const trainable = familyOf(checkpoint.family).expectedTensors!(requireComplete(checkpoint));
  const regions = resolveRegions('thirds', checkpoint.config.numLayers);
  const names = new Set(trainable.map(({ canonicalName }) => canonicalName));
  return resolveFreeze(selectors, checkpoint, regions, names);
}

function refused(selectors: TrainOptions['freeze'], message: RegExp, folder = tied): void {
  assert.throws(
    () => freeze(selectors, folder),
    (error) => error instanceof InputError && message.test(error.message),
  );
}

const layersOf = (names: readonly string[]) =>
  [...new Set(names.map((name) => Number(/layers\.(\d+)\./.exec(name)?.[1] ?? NaN)))].sort((a, b) => a - b);

describe('which tensors are frozen', () => {
  it('a region is its decoder layers, whole', () => {
    const { frozen, trained, selectors } = freeze(['late']);
    assert.deepEqual(layersOf(frozen), [8, 9, 10, 11]);
    assert.equal(frozen.length, 48);
    assert.equal(trained.length + frozen.length, open.get(tied)!.tensors.size);
    assert.ok(trained.includes('model.norm.weight'));
    assert.deepEqual(
      selectors.map(({ selector, tensors }) => [selector, tensors]),
      [['late', 48]],
    );
    assert.equal(selectors[0]!.parameters, 739_328);
  });

  it('a part, a range, a layer, and all of them together', () => {
    const vision = freeze(['vision']).frozen;
    assert.ok(vision.every((name) => name.startsWith('visual.') && !name.startsWith('visual.merger.')));
    assert.ok(vision.includes('visual.patch_embed.proj.weight'));
    assert.deepEqual(layersOf(freeze(['4-8']).frozen), [4, 5, 6, 7]);
    assert.deepEqual(layersOf(freeze(['5']).frozen), [5]);
    assert.equal(freeze(['vision', '4-8', '5']).frozen.length, vision.length + 48);
    assert.equal(freeze([]).frozen.length, 0);
  });

  it('a mapping holds where all of it holds; layers without a part are the language model’s', () => {
    assert.ok(
      freeze([{ part: 'vision', layers: '0-2', component: 'attention' }]).frozen.every((name) =>
        /^visual\.blocks\.[01]\.attn\./.test(name),
      ),
    );
    const norms = freeze([{ layers: [3, 1], component: 'norm' }]).frozen;
    assert.deepEqual(norms.length, 4);
    assert.deepEqual(layersOf(norms), [1, 3]);
    const biases = freeze([{ name: '*.self_attn.*.bias' }]).frozen;
    assert.equal(biases.length, 36);
    assert.deepEqual(freeze([{ name: 'model.norm.weight' }]).frozen, ['model.norm.weight']);
  });

  it('a pattern may use the names of the file', () => {
    const byFile = freeze([{ name: 'model.language_model.layers.0.*' }], untied);
    assert.deepEqual(byFile.frozen, freeze([{ name: 'model.layers.0.*' }], untied).frozen);
    assert.equal(byFile.frozen.length, 12);
    assert.ok(byFile.selectors[0]!.names.every((name) => name.startsWith('model.language_model.layers.0.')));
  });

  it('head and embeddings of a tied head are one matrix, and that is said', () => {
    for (const selector of ['head', 'embeddings'] as const) {
      const { frozen, notes } = freeze([selector]);
      assert.deepEqual(frozen, ['model.embed_tokens.weight']);
      assert.equal(notes.length, 1);
      assert.match(notes[0]!, /one matrix/);
      assert.deepEqual(freeze([{ part: selector }]).frozen, frozen);
    }
    assert.deepEqual(freeze(['head'], untied).frozen, ['lm_head.weight']);
    assert.deepEqual(freeze(['embeddings'], untied).notes, []);
  });

  it('what matches nothing, cannot be read or leaves nothing is refused by name', () => {
    refused(['lat'], /"lat" is no region, part or range/);
    refused(['10-14'], /freeze: layer 12 is past the last one/);
    refused(['8-4'], /the layers 8-4 are none/);
    refused([{ name: 'model.layers.99.*' }], /name model\.layers\.99\.\*.* matches no tensor/);
    refused([{ part: 'projector', component: 'attention' }], /part projector; component attention/);
    refused([{}], /a mapping without conditions/);
    refused(['vision', 'projector', 'embeddings', 'languageModel'], /everything is frozen/);
  });

  it('a pattern of many stars takes no time', () => {
    const started = performance.now();
    refused([{ name: '*a'.repeat(2000) + 'b' }], /matches no tensor/);
    assert.ok(performance.now() - started < 1000);
  });
});
