import assert from 'node:assert/strict';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { outlineOf, type OutlineNode, type PartOutline } from '../../../src/core/checkpoint/outline';
import { resolveRegions } from '../../../src/core/checkpoint/regions';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { writeCheckpoint } from '../../harness/writeCheckpoint';

describe('the outline of a checkpoint', () => {
  const folder = temporaryFolders();

  it('divides Qwen2.5-VL into parts, regions, layers and components', async () => {
    const outline = await outlineOfFolder('media/sample-lab/base');
    assert.deepEqual(outline.map(title), ['vision', 'projector', 'embeddings', 'languageModel', 'head']);
    const head = outline.at(-1)!;
    assert.deepEqual([head.tied, head.children, head.bytes], [true, [], 0]);
    const language = outline.find(({ part }) => part === 'languageModel')!;
    assert.deepEqual(language.children.map(title), ['early [0, 4)', 'mid [4, 8)', 'late [8, 12)', 'norm.weight']);
    const [early] = language.children;
    assert.deepEqual(early!.children.map(title), ['0', '1', '2', '3']);
    const layer = early!.children[1]!;
    assert.equal(layer.kind === 'layer' && layer.name, 'model.layers.1');
    assert.deepEqual(layer.children.map(title), ['attention', 'mlp', 'norm']);
    assert.deepEqual(layer.children[0]!.children.map(title), [
      'k_proj.bias',
      'k_proj.weight',
      'o_proj.weight',
      'q_proj.bias',
      'q_proj.weight',
      'v_proj.bias',
      'v_proj.weight',
    ]);
    assert.deepEqual(layer.children[2]!.children.map(title), [
      'input_layernorm.weight',
      'post_attention_layernorm.weight',
    ]);
    const [vision, projector] = outline;
    assert.deepEqual(vision!.children.map(title), ['patch_embed.proj.weight', '0', '1', '2', '3', '4', '5']);
    assert.equal(title(projector!.children[0]!), 'ln_q.weight');
  });

  for (const name of ['tied-f32', 'untied-bf16-3-shards-new-names', 'flat-config-f16']) {
    it(`${name}: has every tensor once, and every branch sums up its own`, async () => {
      await assertComplete(`test/fixtures/oracle/${name}/checkpoint`);
    });
  }

  it('shows a head of its own where there is one', async () => {
    const outline = await outlineOfFolder('test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint');
    const head = outline.find(({ part }) => part === 'head')!;
    assert.deepEqual([head.tied, head.children.map(title)], [false, ['lm_head.weight']]);
  });

  it('reads another transformer: layers past those of config.json, tensors of no known part', async () => {
    const directory = folder();
    writeCheckpoint(directory, { model_type: 'llama', num_hidden_layers: 3 }, [
      'model.embed_tokens.weight',
      ...[0, 1, 2, 10].flatMap((l) => [`model.layers.${l}.self_attn.q_proj.weight`, `model.layers.${l}.odd.thing`]),
      'model.norm.weight',
      'lm_head.weight',
      'something.else.weight',
      'something.other',
    ]);
    await assertComplete(directory);
    const outline = await outlineOfFolder(directory);
    assert.deepEqual(outline.map(title), ['embeddings', 'languageModel', 'head', 'other']);
    const [, language, , other] = outline;
    assert.deepEqual(language!.children.map(title), ['early [0, 1)', 'mid [1, 2)', 'late [2, 3)', '10', 'norm.weight']);
    assert.deepEqual(language!.children[3]!.children.map(title), ['attention', 'odd.thing']);
    assert.deepEqual(other!.children.map(title), ['else.weight', 'something.other']);
  });

  it('leaves out regions without layers', async () => {
    const directory = folder();
    writeCheckpoint(directory, { model_type: 'llama' }, ['model.layers.0.mlp.up_proj.weight']);
    const [language] = await outlineOfFolder(directory);
    assert.deepEqual(language!.children.map(title), ['late [0, 1)']);
    const layer = language!.children[0]!.children[0]!;
    assert.equal(layer.kind === 'layer' && layer.name, 'model.layers.0');
    assert.equal(title(layer.children[0]!.children[0]!), 'mlp.up_proj.weight');
  });

  async function assertComplete(directory: string): Promise<void> {
    const checkpoint = await openCheckpoint(directory);
    const outline = outlineOf(checkpoint, resolveRegions('thirds', checkpoint.config.numLayers));
    const all = outline.flatMap(walk);
    const names = all.flatMap((node) => (node.kind === 'tensor' ? [node.name] : []));
    assert.deepEqual(names.sort(), [...checkpoint.tensors.values()].map(({ name }) => name).sort());
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length, 'an id stands twice');
    for (const node of all) {
      const tensors = walk(node).filter(({ kind }) => kind === 'tensor');
      const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
      assert.equal(node.bytes, bytes, node.id);
      assert.equal(
        node.parameters,
        tensors.reduce((sum, tensor) => sum + tensor.parameters, 0),
        node.id,
      );
    }
  }
});

async function outlineOfFolder(directory: string): Promise<PartOutline[]> {
  const checkpoint = await openCheckpoint(directory);
  return outlineOf(checkpoint, resolveRegions('thirds', checkpoint.config.numLayers));
}

function walk(node: OutlineNode): OutlineNode[] {
  return [node, ...node.children.flatMap(walk)];
}

function title(node: OutlineNode): string {
  switch (node.kind) {
    case 'part':
      return node.part ?? 'other';
    case 'region':
      return `${node.region} [${node.range.join(', ')})`;
    case 'layer':
      return String(node.layer);
    case 'component':
      return node.component;
    case 'tensor':
      return node.label;
  }
}
