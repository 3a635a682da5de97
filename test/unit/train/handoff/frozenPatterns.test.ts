import assert from 'node:assert/strict';
import { openCheckpoint } from '../../../../src/core/checkpoint/checkpoint';
import { resolveRegions } from '../../../../src/core/checkpoint/regions';
import { resolveFreeze } from '../../../../src/core/train/freeze';
import { frozenFile, type FrozenFile } from '../../../../src/core/train/handoff/frozenPatterns';
import type { TrainOptions } from '../../../../src/core/experiment/schema';
import { shape3B, shape7B, writeSparseCheckpoint, type ModelShape } from '../../../bench/sparseCheckpoint';
import { temporaryFolders } from '../../../harness/temporaryFolders';

const folder = temporaryFolders();

async function frozenOf(shape: ModelShape, ...freeze: TrainOptions['freeze']): Promise<FrozenFile> {
  const place = folder();
  await writeSparseCheckpoint(place, shape);
  const checkpoint = await openCheckpoint(place);
  const regions = resolveRegions('thirds', checkpoint.config.numLayers);
  const { frozen, selectors } = resolveFreeze(freeze, checkpoint, regions, new Set(checkpoint.tensors.keys()));
  return frozenFile(
    checkpoint,
    new Set(frozen),
    selectors.map(({ selector }) => selector),
  );
}

const matching = ({ patterns }: FrozenFile, names: readonly string[]) =>
  names.filter((name) => patterns.some((pattern) => new RegExp(`^(?:${pattern})$`).test(name)));

describe('patterns of frozen tensors', () => {
  it('Late of Qwen2.5-VL-3B are layers 24 to 35, in one pattern', async () => {
    const frozen = await frozenOf(shape3B, 'late');
    const [hidden, inner, keys] = [2048, 11_008, 2 * 128];
    const attention = 2 * hidden * hidden + hidden + 2 * (keys * hidden + keys);
    assert.equal(frozen.count, 12 * 12);
    assert.equal(frozen.parameters, 12 * (attention + 3 * hidden * inner + 2 * hidden));
    assert.equal(frozen.trained.tensors, 824 - 144);
    assert.equal(frozen.patterns.length, 1);
    const layers = new Set(frozen.tensors.map((name) => Number(/layers\.(\d+)\./.exec(name)![1])));
    assert.deepEqual([...layers].sort(), [24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]);
  });

  it('old and new spellings match, neighbours do not', async () => {
    const frozen = await frozenOf(shape3B, 'late', { part: 'vision', layers: [3] });
    const yes = [
      'model.layers.24.mlp.up_proj.weight',
      'model.language_model.layers.24.mlp.up_proj.weight',
      'language_model.model.layers.35.input_layernorm.weight',
      'visual.blocks.3.attn.qkv.bias',
      'model.visual.blocks.3.attn.qkv.bias',
    ];
    const no = [
      'model.layers.23.mlp.up_proj.weight',
      'model.layers.2.mlp.up_proj.weight',
      'model.layers.240.mlp.up_proj.weight',
      'visual.blocks.24.attn.qkv.bias',
      'visual.blocks.33.attn.qkv.bias',
      'model.embed_tokens.weight',
      'xmodel.layers.24.mlp.up_proj.weight',
    ];
    assert.deepEqual(matching(frozen, [...yes, ...no]), yes);
  });

  it('a component of some layers, and layers of which different things are frozen', async () => {
    const frozen = await frozenOf(shape7B, { layers: '4-6', component: 'mlp' }, { layers: [5] }, 'head');
    const names = [4, 5, 6].flatMap((l) => [
      `model.layers.${l}.mlp.up_proj.weight`,
      `model.layers.${l}.self_attn.q_proj.weight`,
    ]);
    assert.deepEqual(matching(frozen, [...names, 'lm_head.weight', 'model.embed_tokens.weight']), [
      'model.layers.4.mlp.up_proj.weight',
      'model.layers.5.mlp.up_proj.weight',
      'model.layers.5.self_attn.q_proj.weight',
      'lm_head.weight',
    ]);
    assert.equal(frozen.count, 3 + 12 + 1);
  });

  it('nothing frozen has no patterns', async () => {
    const frozen = await frozenOf(shape3B);
    assert.deepEqual([frozen.patterns, frozen.count, frozen.parameters], [[], 0, 0]);
    assert.equal(frozen.trained.tensors, 824);
  });
});
