import assert from 'node:assert/strict';
import path from 'node:path';
import { readConfigFile, readModelConfig } from '../../../src/core/checkpoint/readConfig';
import { InputError } from '../../../src/shared/errors';
import { writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();

type Fields = Record<string, unknown>;
const text: Fields = {
  hidden_size: 64,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_hidden_layers: 6,
  intermediate_size: 160,
  vocab_size: 512,
  rms_norm_eps: 1e-6,
};
const vision: Fields = { depth: 3, hidden_size: 48, num_heads: 2, out_hidden_size: 64, in_chans: 3 };
const mrope = { rope_type: 'default', mrope_section: [2, 3, 3] };
const flat: Fields = { model_type: 'qwen2_5_vl', ...text, rope_theta: 5e5, rope_scaling: mrope, vision_config: vision };
const nested: Fields = {
  model_type: 'qwen2_5_vl',
  text_config: { ...text, rope_parameters: { ...mrope, rope_theta: 5e5 } },
  vision_config: vision,
};

const read = (config: object | string) => readModelConfig(writeFiles(folder(), { 'config.json': config }));

async function refuses(config: object | string, message: string | RegExp): Promise<void> {
  const place = writeFiles(folder(), { 'config.json': config });
  await assert.rejects(readModelConfig(place), (error: Error) => {
    assert.ok(error instanceof InputError, error.stack);
    const file = path.join(place, 'config.json');
    assert.ok(error.message.startsWith(file), error.message);
    const rest = error.message.slice(file.length).replace(/^: /, '');
    if (typeof message === 'string') assert.equal(rest, message);
    else assert.match(rest, message);
    return true;
  });
}

describe('config.json of Qwen2.5-VL', () => {
  it('flat with rope_scaling and nested with rope_parameters say the same', async () => {
    const config = await read(nested);
    assert.deepEqual(await read(flat), config);
    assert.deepEqual(config.text, {
      hiddenSize: 64,
      numLayers: 6,
      numHeads: 4,
      numKeyValueHeads: 2,
      headSize: 16,
      intermediateSize: 160,
      vocabularySize: 512,
      rmsNormEpsilon: 1e-6,
      ropeTheta: 5e5,
      mropeSection: [2, 3, 3],
      tiedHead: false,
    });
    assert.deepEqual([config.numLayers, config.visionLayers, config.tied, config.unsupported], [6, 3, false, []]);
    assert.deepEqual(config.vision!.fullAttentionLayers, [7, 15, 23, 31]);
  });

  it('defaults are those of transformers', async () => {
    const less = { ...text, rms_norm_eps: undefined, vocab_size: undefined };
    const config = await read({ ...flat, ...nested, text_config: { ...less, rope_scaling: mrope } });
    assert.deepEqual(
      [config.text!.ropeTheta, config.text!.vocabularySize, config.text!.rmsNormEpsilon],
      [1e6, 152_064, 1e-5],
    );
    assert.equal(config.imageTokenId, 151_655);
    const { windowSize, patchSize, spatialMergeSize, temporalPatchSize, ropeTheta } = config.vision!;
    assert.deepEqual([windowSize, patchSize, spatialMergeSize, temporalPatchSize, ropeTheta], [112, 14, 2, 2, 10_000]);
  });

  it('tied where the root or the text says so; the root wins', async () => {
    assert.equal((await read({ ...flat, tie_word_embeddings: true })).tied, true);
    const inner = { ...nested, text_config: { ...(nested.text_config as Fields), tie_word_embeddings: true } };
    assert.equal((await read(inner)).tied, true);
    const place = writeFiles(folder(), { 'config.json': { ...inner, tie_word_embeddings: false } });
    const { config, warnings } = await readConfigFile(place);
    assert.equal(config.tied, false);
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0]!, /tie_word_embeddings at its root counts$/);
  });

  it('stop tokens: one or several, of the root or the text', async () => {
    assert.deepEqual((await read({ ...flat, eos_token_id: 7 })).eosTokenIds, [7]);
    assert.deepEqual((await read({ ...flat, eos_token_id: [7, 8] })).eosTokenIds, [7, 8]);
    const inner = { ...nested, text_config: { ...(nested.text_config as Fields), eos_token_id: 9 } };
    assert.deepEqual((await read(inner)).eosTokenIds, [9]);
    assert.deepEqual((await read(flat)).eosTokenIds, []);
  });

  const reasons: [Fields, string[]][] = [
    [{ rope_scaling: { type: 'yarn', mrope_section: [2, 3, 3] } }, ['its rotary positions are scaled (yarn)']],
    [{ rope_scaling: undefined }, ['its config has no mrope_section']],
    [{ hidden_act: 'gelu' }, ['its activation is gelu, not silu']],
    [{ quantization_config: { bits: 4 } }, ['its weights are quantised']],
    [{ use_sliding_window: true, sliding_window: 4, max_window_layers: 2 }, ['its attention has a sliding window']],
    [{ use_sliding_window: true, sliding_window: 4, max_window_layers: 6 }, []],
    [{ use_sliding_window: true, layer_types: ['full_attention'], sliding_window: 4 }, []],
  ];
  for (const [fields, expected] of reasons) {
    it(`can be inspected: ${JSON.stringify(fields)}: ${expected.join() || 'and run'}`, async () => {
      assert.deepEqual((await read({ ...flat, ...fields })).unsupported, expected);
    });
  }

  const integer = 'an integer from 1 to 10000';
  const wrong: [Fields, string][] = [
    [{ vision_config: undefined }, 'vision_config must be an object; it is missing'],
    [{ vision_config: 5 }, 'vision_config must be an object; it is 5'],
    [{ num_hidden_layers: undefined }, `num_hidden_layers must be ${integer}; it is missing`],
    [{ num_hidden_layers: '12' }, `num_hidden_layers must be ${integer}; it is "12"`],
    [{ num_hidden_layers: 1e9 }, `num_hidden_layers must be ${integer}; it is 1000000000`],
    [{ num_hidden_layers: -1 }, `num_hidden_layers must be ${integer}; it is -1`],
    [{ num_hidden_layers: 1.5 }, `num_hidden_layers must be ${integer}; it is 1.5`],
    [{ num_hidden_layers: null }, `num_hidden_layers must be ${integer}; it is null`],
    [{ hidden_size: 60 }, 'hidden_size must be a multiple of 2 · num_attention_heads; it is 60'],
    [{ num_key_value_heads: 3 }, 'num_key_value_heads must be a divisor of 4 heads; it is 3'],
    [{ rms_norm_eps: 'x' }, 'rms_norm_eps must be a number from 0 to 1; it is "x"'],
    [
      { rope_scaling: { mrope_section: [2, 3, 4] } },
      'rope_scaling.mrope_section must be three integers whose sum is half of the head size, 8; it is a list of 3',
    ],
    [
      { vision_config: { ...vision, out_hidden_size: 63 } },
      "vision_config.out_hidden_size must be 64, the language model's hidden_size; it is 63",
    ],
    [{ tie_word_embeddings: 1 }, 'tie_word_embeddings must be true or false; it is 1'],
    [{ eos_token_id: [1, -1] }, 'eos_token_id must be at most 1000 integers from 0 to 2147483647; it is a list of 2'],
  ];
  for (const [fields, message] of wrong) {
    it(message.replace(/; .*/, ` (${JSON.stringify(Object.values(fields)[0]) ?? 'missing'})`), async () => {
      await refuses({ ...flat, ...fields }, message);
    });
  }

  it('of any other family everything may be missing', async () => {
    const config = await read({
      model_type: 'llava',
      text_config: { num_hidden_layers: 32 },
      vision_config: { depth: 3 },
    });
    assert.deepEqual([config.modelType, config.numLayers, config.visionLayers], ['llava', 32, 3]);
    assert.deepEqual(config.unsupported, ['the family "llava" is not supported']);
    const place = writeFiles(folder(), { 'config.json': {} });
    const nameless = await readConfigFile(place);
    assert.equal(nameless.config.modelType, 'unknown');
    assert.deepEqual(nameless.warnings, [
      `${path.join(place, 'config.json')} does not say what the model is (model_type)`,
    ]);
    assert.equal((await read({ model_type: 'gpt2', n_layer: 12 })).numLayers, 12);
  });

  it('code that the checkpoint brings along is named and not run', async () => {
    const place = writeFiles(folder(), { 'config.json': { ...flat, auto_map: { AutoModel: 'evil.Model' } } });
    const { warnings } = await readConfigFile(place);
    assert.deepEqual(warnings, [
      `${path.join(place, 'config.json')} names Python code to run with the model; it is never run`,
    ]);
  });

  it('files that are no config', async () => {
    await refuses('', 'not JSON: the text ends where a value was expected (at byte 0)');
    await refuses('[]', / must hold an object$/);
    await refuses('\ufeff{}', 'begins with a byte order mark (at byte 0)');
    await refuses(
      '{"model_type":"a","model_type":"b"}',
      'the key "model_type" stands twice in one object (at byte 18)',
    );
    await refuses(' '.repeat(10_000_001), / is too large: 10\.0 MB, at most 10\.0 MB are read$/);
    assert.equal((await read('{"model_type":"m","time_step_limit":[0,Infinity],"x":NaN}')).modelType, 'm');
    assert.equal((await read('{"__proto__":{"polluted":1},"model_type":"m"}')).modelType, 'm');
    assert.equal(({} as Fields).polluted, undefined);
  });
});
