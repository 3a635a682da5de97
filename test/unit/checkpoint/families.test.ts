import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint, type Checkpoint, type TensorEntry } from '../../../src/core/checkpoint/checkpoint';
import { familyOf, requireComplete } from '../../../src/core/checkpoint/families';
import { genericFamily } from '../../../src/core/checkpoint/genericFamily';
import type { ModelConfig } from '../../../src/core/checkpoint/modelConfig';
import { shardOf, writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const oracle = 'test/fixtures/oracle';

describe('Qwen2.5-VL: every tensor has its place', () => {
  /** Written out by hand: what follows the layer's number. */
  const componentOf: Record<string, 'attention' | 'mlp' | 'norm'> = {
    'norm1.weight': 'norm',
    'norm2.weight': 'norm',
    'attn.qkv': 'attention',
    'attn.proj': 'attention',
    'input_layernorm.weight': 'norm',
    'post_attention_layernorm.weight': 'norm',
    'self_attn.q_proj': 'attention',
    'self_attn.k_proj': 'attention',
    'self_attn.v_proj': 'attention',
    'self_attn.o_proj': 'attention',
    'mlp.gate_proj': 'mlp',
    'mlp.up_proj': 'mlp',
    'mlp.down_proj': 'mlp',
  };
  const single: Record<string, [string, string | null]> = {
    'visual.patch_embed.proj.weight': ['vision', null],
    'visual.merger.ln_q.weight': ['projector', 'norm'],
    'visual.merger.mlp.0.weight': ['projector', 'mlp'],
    'visual.merger.mlp.0.bias': ['projector', 'mlp'],
    'visual.merger.mlp.2.weight': ['projector', 'mlp'],
    'visual.merger.mlp.2.bias': ['projector', 'mlp'],
    'model.embed_tokens.weight': ['embeddings', null],
    'model.norm.weight': ['languageModel', 'norm'],
    'lm_head.weight': ['head', null],
  };

  function expectedPlace(name: string) {
    const [, stack, layer, rest] = /^(visual\.blocks|model\.layers)\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (!stack) {
      const [part, component] = single[name] ?? assert.fail(`no place known for ${name}`);
      return { part, layer: null, component };
    }
    const component = componentOf[rest!] ?? componentOf[rest!.replace(/\.(weight|bias)$/, '')];
    return { part: stack === 'visual.blocks' ? 'vision' : 'languageModel', layer: Number(layer), component };
  }

  const checkpoints = [
    ...['tied-f32', 'untied-bf16-3-shards-new-names', 'flat-config-f16'].map((name) => `${oracle}/${name}/checkpoint`),
    ...['base', 'in', 'rl'].map((name) => `media/sample-lab/${name}`),
  ];
  for (const directory of checkpoints) {
    it(directory, async () => {
      const checkpoint = await openCheckpoint(directory);
      assert.deepEqual(checkpoint.warnings, []);
      for (const { canonicalName, part, layer, component } of checkpoint.tensors.values()) {
        assert.deepEqual({ part, layer, component }, expectedPlace(canonicalName), canonicalName);
      }
      const { text, vision } = requireComplete(checkpoint);
      assert.equal(checkpoint.tensors.has('lm_head.weight'), !text.tiedHead);
      // 7 matrices, 3 biases and 2 norms in a decoder layer; 5 with biases and 2 norms in a vision layer.
      const count = 12 * text.numLayers + 12 * vision.numLayers + 1 + 5 + 2 + (text.tiedHead ? 0 : 1);
      assert.equal(checkpoint.tensors.size, count);
    });
  }

  it('old and new names lead to the same canonical names', async () => {
    const canonical = async (name: string) => {
      const { tensors } = await openCheckpoint(`${oracle}/${name}/checkpoint`);
      const inLayer0 = ({ layer }: TensorEntry) => layer === 0 || layer === null;
      return [...tensors.values()].filter(inLayer0);
    };
    const [old, renamed] = [await canonical('flat-config-f16'), await canonical('untied-bf16-3-shards-new-names')];
    const names = (entries: TensorEntry[]) => entries.map(({ canonicalName }) => canonicalName).sort();
    assert.deepEqual(names(renamed), names(old));
    assert.ok(old.every(({ name, canonicalName }) => name === canonicalName));
    assert.ok(renamed.some(({ name }) => name.startsWith('model.visual.')));
    assert.ok(renamed.some(({ name }) => name.startsWith('model.language_model.')));
  });

  it('what is not of the family has no place', async () => {
    const { config } = await openCheckpoint('media/sample-lab/in');
    const family = familyOf('qwen2_5_vl');
    for (const name of [
      'model.layers.12.mlp.up_proj.weight',
      'model.layers.01.mlp.up_proj.weight',
      'visual.blocks.6.norm1.weight',
      'visual.other.weight',
      'something',
      '__proto__',
    ]) {
      assert.deepEqual(family.place(name, config), { part: null, layer: null, component: null }, name);
    }
    assert.deepEqual(family.place('model.layers.0.constructor.weight', config), {
      part: 'languageModel',
      layer: 0,
      component: null,
    });
  });
});

describe('requireComplete', () => {
  async function edited(edit: (checkpoint: Checkpoint) => Partial<Checkpoint>): Promise<Checkpoint> {
    const checkpoint = await openCheckpoint('media/sample-lab/in');
    return { ...checkpoint, directory: 'DIR', ...edit(checkpoint) };
  }
  const without = (tensors: Checkpoint['tensors'], ...names: string[]) =>
    new Map([...tensors].filter(([name]) => !names.includes(name)));

  it('names the first missing tensor and how many there are', async () => {
    const [one, two] = ['model.layers.3.mlp.up_proj.weight', 'visual.merger.mlp.0.bias'];
    const lacking = await edited(({ tensors }) => ({ tensors: without(tensors, one) }));
    assert.throws(() => requireComplete(lacking), { message: `DIR: a tensor is missing: ${one}` });
    const more = await edited(({ tensors }) => ({ tensors: without(tensors, one, two) }));
    assert.throws(() => requireComplete(more), { message: `DIR: 2 tensors are missing, the first is ${two}` });
  });

  it('names a tensor of another shape, with both', async () => {
    const name = 'model.layers.3.mlp.up_proj.weight';
    const other = await edited(({ tensors }) => {
      return { tensors: new Map([...tensors, [name, { ...tensors.get(name)!, shape: [5, 5] }]]) };
    });
    const { intermediateSize, hiddenSize } = other.config.text!;
    const must = `by config.json it must be [${intermediateSize}, ${hiddenSize}]`;
    assert.throws(() => requireComplete(other), { message: `DIR: the tensor ${name} has the shape [5, 5], ${must}` });
  });

  it('refuses what the graphs cannot do', async () => {
    const scaled = await edited(({ config }) => ({
      config: { ...config, unsupported: ['its weights are quantised'] },
    }));
    assert.throws(() => requireComplete(scaled), {
      message: 'DIR: the model cannot be run: its weights are quantised',
    });
  });

  it('a head of its own beside a tied config is used, and said', async () => {
    const directory = path.join(folder(), 'checkpoint');
    cpSync(`${oracle}/flat-config-f16/checkpoint`, directory, { recursive: true });
    const file = path.join(directory, 'config.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"tie_word_embeddings": false', '"tie_word_embeddings": true'),
    );
    const checkpoint = await openCheckpoint(directory);
    assert.equal(requireComplete(checkpoint).text.tiedHead, false);
    assert.equal(checkpoint.config.tied, true);
    assert.match(checkpoint.warnings.join(), /says that the head is tied, but there is lm_head\.weight: it is used/);
  });
});

describe('a generic reading', () => {
  const family = genericFamily('any');
  const placeOf = (name: string) => {
    const { part, layer, component } = family.place(family.canonicalName(name), {} as ModelConfig);
    return [part, layer, component];
  };
  const cases: Record<string, [string | null, number | null, string | null]> = {
    'model.embed_tokens.weight': ['embeddings', null, null],
    'model.layers.31.self_attn.q_proj.weight': ['languageModel', 31, 'attention'],
    'model.layers.0.mlp.down_proj.weight': ['languageModel', 0, 'mlp'],
    'model.layers.0.input_layernorm.weight': ['languageModel', 0, 'norm'],
    'model.layers.2.block_sparse_moe.experts.7.w1.weight': ['languageModel', 2, 'mlp'],
    'model.layers.2.rotary_emb.inv_freq': ['languageModel', 2, null],
    'model.norm.weight': ['languageModel', null, 'norm'],
    'lm_head.weight': ['head', null, null],
    'transformer.wte.weight': ['embeddings', null, null],
    'transformer.h.3.attn.c_attn.weight': ['languageModel', 3, 'attention'],
    'transformer.h.3.ln_1.bias': ['languageModel', 3, 'norm'],
    'transformer.ln_f.weight': ['languageModel', null, 'norm'],
    'gpt_neox.layers.4.attention.dense.weight': ['languageModel', 4, 'attention'],
    'vision_tower.vision_model.encoder.layers.5.self_attn.k_proj.weight': ['vision', 5, 'attention'],
    'model.vision_tower.vision_model.encoder.layers.5.mlp.fc1.weight': ['vision', 5, 'mlp'],
    'model.visual.blocks.1.norm2.weight': ['vision', 1, 'norm'],
    'vision_model.embeddings.patch_embedding.weight': ['vision', null, null],
    'multi_modal_projector.linear_1.weight': ['projector', null, 'mlp'],
    'model.connector.modality_projection.proj.weight': ['projector', null, 'mlp'],
    'visual.merger.ln_q.weight': ['projector', null, 'norm'],
    'language_model.model.layers.7.mlp.up_proj.weight': ['languageModel', 7, 'mlp'],
    'model.language_model.layers.7.mlp.up_proj.weight': ['languageModel', 7, 'mlp'],
    'language_model.lm_head.weight': ['head', null, null],
    'audio_tower.layers.0.self_attn.q_proj.weight': [null, null, null],
    'talker.model.layers.0.mlp.up_proj.weight': [null, null, null],
    logit_scale: [null, null, null],
    '': [null, null, null],
  };
  for (const [name, place] of Object.entries(cases)) {
    it(name || '(an empty name)', () => assert.deepEqual(placeOf(name), place));
  }

  it('spellings of one tensor are one name', () => {
    const spellings = ['model.language_model.layers.7.a', 'language_model.model.layers.7.a', 'model.layers.7.a'];
    assert.deepEqual(new Set(spellings.map((name) => family.canonicalName(name))), new Set(['model.layers.7.a']));
  });

  it('layers that config.json does not count are counted from the names', async () => {
    const names = ['model.layers.0.mlp.x', 'model.layers.4.mlp.x', 'vision_tower.layers.2.mlp.x'];
    const place = writeFiles(folder(), {
      'config.json': { model_type: 'odd' },
      'model.safetensors': shardOf(...names),
    });
    const { config, family: modelType } = await openCheckpoint(place);
    assert.deepEqual([modelType, config.numLayers, config.visionLayers], ['odd', 5, 3]);
  });
});
