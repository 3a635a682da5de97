/** The weights of the start, read layer by layer, on the sample lab: 12 decoder layers and 6 of the tower. */
import assert from 'node:assert/strict';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { WeightReader } from '../../../src/core/files/weightReader';
import { readMasterWeights } from '../../../src/core/train/masterWeights';
import { StartWeights, startWeightsHeld } from '../../../src/core/train/startWeights';

const reader = new WeightReader();
const read = reader.read.bind(reader);
after(() => reader.close());

async function start() {
  const entries = [...(await openCheckpoint('media/sample-lab/in')).tensors.values()];
  const masters = readMasterWeights(entries, read, new AbortController().signal);
  return { entries, masters, trained: entries.filter(({ part }) => part !== 'vision') };
}

describe("the weights of a training's start", () => {
  it('are those of the files, whatever has become of the others, and frozen ones are the same memory', async () => {
    const { masters, trained } = await start();
    const before = new Map([...masters].map(([name, values]) => [name, values.slice()]));
    const weights = new StartWeights(trained, masters, read);
    for (const { canonicalName } of trained) masters.get(canonicalName)!.fill(7);
    for (const [name, values] of before) assert.deepEqual(weights.get(name), values, name);
    assert.equal(weights.get('visual.blocks.0.norm1.weight'), masters.get('visual.blocks.0.norm1.weight'));
    assert.equal(weights.get('nothing'), undefined);
  });

  it('hold one layer of each kind at a time, and say how much that is', async () => {
    const { entries, masters, trained } = await start();
    const weights = new StartWeights(trained, masters, read);
    const held = new Set(trained.map(({ canonicalName }) => weights.get(canonicalName)!));
    const count = [...held].reduce((sum, { length }) => sum + length, 0);
    assert.equal(startWeightsHeld(trained), count);
    const total = [...masters.values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(startWeightsHeld(entries) < total / 4, `${startWeightsHeld(entries)} of ${total}`);
  });

  it('read a layer once while its turn lasts, and again after a read that failed', async () => {
    const { masters, trained } = await start();
    let [reads, fails] = [0, false];
    const weights = new StartWeights(trained, masters, (path, offset, target) => {
      reads++;
      if (fails) throw new Error('the disk is gone');
      read(path, offset, target);
    });
    const [first, second] = [0, 1].map((layer) => `model.layers.${layer}.mlp.up_proj.weight`) as [string, string];
    const values = weights.get(first)!.slice();
    const once = reads;
    weights.get(first);
    assert.equal(reads, once);
    fails = true;
    assert.throws(() => weights.get(second), /the disk is gone/);
    fails = false;
    assert.deepEqual(weights.get(first), values);
    assert.ok(reads > once + 1);
  });
});
