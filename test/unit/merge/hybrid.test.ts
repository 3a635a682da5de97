import assert from 'node:assert/strict';
import { openCheckpoint, type Checkpoint } from '../../../src/core/checkpoint/checkpoint';
import { resolveRegions } from '../../../src/core/checkpoint/regions';
import { composeHybrid } from '../../../src/core/merge/hybrid';
import { resolveTransplant, type TransplantSpec } from '../../../src/core/merge/transplant';
import { InputError } from '../../../src/shared/errors';
import { writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { writeWeights, type Weights } from '../../harness/weights';

const folder = temporaryFolders();
const depths = { numLayers: 6, visionLayers: 2, regions: resolveRegions('thirds', 6) };

function donorsOfLayers(spec: TransplantSpec, component: 'attention' | 'mlp' = 'mlp'): string {
  const { donorOf } = resolveTransplant(spec, depths);
  return Array.from({ length: 6 }, (_, layer) => donorOf({ part: 'languageModel', layer, component })).join(' ');
}

const refused = (message: string | RegExp) => (error: Error) => {
  assert.ok(error instanceof InputError, error.stack);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
  return true;
};

describe('resolveTransplant', () => {
  it('three donors: Early, Mid, Late, everything else from the first', () => {
    assert.equal(donorsOfLayers(['a', 'b', 'c']), 'a a b b c c');
    const { donorOf, skeleton, donors } = resolveTransplant(['a', 'b', 'b'], depths);
    for (const part of ['vision', 'projector', 'embeddings', 'head', 'languageModel', null] as const) {
      assert.equal(donorOf({ part, layer: null, component: null }), 'a');
    }
    assert.equal(donorOf({ part: 'vision', layer: 1, component: 'mlp' }), 'a');
    assert.deepEqual([skeleton, donors], ['a', ['a', 'b']]);
  });

  it('named: parts, ranges, single layers, components', () => {
    const spec = {
      skeleton: 'a',
      layers: { '1-3': 'b', '4': { attention: 'c' } },
      visionLayers: { '0': 'b' },
      vision: 'c',
      projector: 'd',
    };
    assert.equal(donorsOfLayers(spec), 'a b b a a a');
    assert.equal(donorsOfLayers(spec, 'attention'), 'a b b a c a');
    const { donorOf, donors } = resolveTransplant(spec, depths);
    assert.equal(donorOf({ part: 'vision', layer: 0, component: 'norm' }), 'b');
    assert.equal(donorOf({ part: 'vision', layer: 1, component: 'norm' }), 'c');
    assert.equal(donorOf({ part: 'vision', layer: null, component: null }), 'c');
    assert.equal(donorOf({ part: 'projector', layer: null, component: 'mlp' }), 'd');
    assert.equal(donorOf({ part: 'languageModel', layer: null, component: 'norm' }), 'a', 'the final norm follows');
    assert.deepEqual(donors, ['a', 'c', 'd', 'b']);
  });

  it('layers that there are not, ranges without layers, layers with two donors', () => {
    const layers = (ranges: Record<string, string>) => () =>
      resolveTransplant({ skeleton: 'a', layers: ranges }, depths);
    assert.throws(layers({ '4-7': 'b' }), refused('layers "4-7" goes past the last layer: the model has 6'));
    assert.throws(layers({ '6': 'b' }), refused('layers "6" goes past the last layer: the model has 6'));
    assert.throws(layers({ '3-3': 'b' }), refused('layers "3-3" holds no layer'));
    assert.throws(layers({ '1-4': 'b', '3': 'c' }), refused('layers: layer 3 is in "3" and in "1-4"'));
    const towers = { skeleton: 'a', visionLayers: { '2': 'b' } };
    assert.throws(() => resolveTransplant(towers, depths), refused(/^visionLayers "2" goes past/));
  });
});

describe('composeHybrid', () => {
  const one = (rows = 2): Weights => ({ dtype: 'F32', shape: [rows], values: new Array<number>(rows).fill(1) });
  const layer = (l: number, name = 'mlp.up_proj') => `model.layers.${l}.${name}.weight`;
  const whole = { 'model.embed_tokens.weight': one(), [layer(0)]: one(), [layer(1)]: one(), 'lm_head.weight': one() };

  function open(tensors: Record<string, Weights>, family = 'llama', config: object = {}): Promise<Checkpoint> {
    const place = writeWeights(folder(), tensors, { family });
    writeFiles(place, { 'config.json': { model_type: family, num_hidden_layers: 2, ...config } });
    return openCheckpoint(place);
  }

  async function compose(spec: TransplantSpec, opened: Record<string, Promise<Checkpoint>>) {
    const transplant = resolveTransplant(spec, {
      numLayers: 2,
      visionLayers: 0,
      regions: resolveRegions([1, 1 + 1], 3),
    });
    const entries = await Promise.all(transplant.donors.map(async (name) => [name, await opened[name]!] as const));
    return { hybrid: composeHybrid('h', transplant, new Map(entries)), donors: new Map(entries) };
  }

  it('every tensor points into its donor’s file; only files that are used are inputs', async () => {
    const opened = { a: open(whole), b: open(whole) };
    const { hybrid, donors } = await compose({ skeleton: 'a', layers: { '1': 'b' } }, opened);
    for (const [name, entry] of hybrid.tensors) {
      const donor = name === layer(1) ? 'b' : 'a';
      assert.equal(entry, donors.get(donor)!.tensors.get(name));
      assert.equal(hybrid.donorOf.get(name), donor);
    }
    assert.deepEqual([...hybrid.tensors.keys()], [...donors.get('a')!.tensors.keys()]);
    assert.equal(hybrid.directory, donors.get('a')!.directory);
    assert.equal(hybrid.shards.length, 2);
    const alone = await compose({ skeleton: 'a', layers: { '1': { attention: 'b' } } }, opened);
    assert.equal(alone.hybrid.shards.length, 1, 'nothing of b is used');
  });

  it('old and new names are the same place', async () => {
    const newer = { ...whole, [layer(1)]: undefined, 'model.language_model.layers.1.mlp.up_proj.weight': one() };
    const b = Object.fromEntries(Object.entries(newer).filter(([, weights]) => weights)) as Record<string, Weights>;
    const { hybrid } = await compose({ skeleton: 'a', layers: { '1': 'b' } }, { a: open(whole), b: open(b) });
    assert.equal(hybrid.tensors.get(layer(1))!.name, 'model.language_model.layers.1.mlp.up_proj.weight');
  });

  it('missing, misshapen and extra tensors are named', async () => {
    const graft = { skeleton: 'a', layers: { '1': 'b' } };
    const without = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== layer(1)));
    await assert.rejects(
      compose(graft, { a: open(whole), b: open(without) }),
      refused(`hybrid "h": missing: ${layer(1)} of b`),
    );
    await assert.rejects(
      compose(graft, { a: open(whole), b: open({ ...whole, [layer(1)]: one(3) }) }),
      refused(`hybrid "h": shapes differ: ${layer(1)} is [3] in b, [2] in a`),
    );
    const more = { ...whole, [layer(1, 'self_attn.q_norm')]: one(), [layer(1, 'mlp.gate')]: one() };
    await assert.rejects(
      compose(graft, { a: open(whole), b: open(more) }),
      refused(/^hybrid "h": the skeleton a has no place for model\.layers\.1\.\S+ of b, model\.layers\.1\.\S+ of b$/),
    );
    // What a donor has elsewhere does not matter.
    await compose(graft, { a: open(whole), b: open({ ...whole, [layer(0, 'mlp.gate')]: one() }) });
  });

  it('donors of another architecture', async () => {
    await assert.rejects(
      compose({ skeleton: 'a', layers: { '1': 'b' } }, { a: open(whole), b: open(whole, 'mistral') }),
      refused('hybrid "h": b is a mistral, its skeleton a a llama'),
    );
  });

  it('a resized vocabulary stays where it is, and is refused where it would not fit', async () => {
    const larger = { ...whole, 'model.embed_tokens.weight': one(5), 'lm_head.weight': one(5) };
    const opened = { a: open(whole), b: open(larger) };
    const { hybrid } = await compose({ skeleton: 'a', layers: { '0-2': 'b' } }, opened);
    assert.deepEqual(hybrid.tensors.get('model.embed_tokens.weight')!.shape, [2]);
    await assert.rejects(
      compose({ skeleton: 'a', embeddings: 'b' }, opened),
      refused('hybrid "h": shapes differ: model.embed_tokens.weight is [5] in b, [2] in a'),
    );
  });

  it('tied heads: head and embeddings are one matrix', async () => {
    const headless = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== 'lm_head.weight'));
    const tied = () => open(headless, 'llama', { tie_word_embeddings: true });
    const opened = { a: tied(), b: tied(), c: open(whole) };
    const both = await compose({ skeleton: 'a', embeddings: 'b', head: 'b' }, opened);
    assert.equal(both.hybrid.donorOf.get('model.embed_tokens.weight'), 'b');
    await assert.rejects(
      compose({ skeleton: 'a', embeddings: 'b' }, opened),
      refused('hybrid "h": the head of a is tied to its embeddings, which come from b, the head from a'),
    );
    await assert.rejects(
      compose({ skeleton: 'a', embeddings: 'c', head: 'c' }, opened),
      refused('hybrid "h": the head of a is tied to its embeddings, that of c is a matrix of its own'),
    );
    const untied = await compose({ skeleton: 'c', head: 'b' }, opened);
    const head = untied.hybrid.tensors.get('lm_head.weight')!;
    assert.equal(head.name, 'model.embed_tokens.weight', 'a tied donor’s head is its embedding matrix');
    assert.equal(head.path, (await opened.b).shards[0]!.path);
  });
});
