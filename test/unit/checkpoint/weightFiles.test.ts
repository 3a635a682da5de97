import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { findWeightFiles, indexName } from '../../../src/core/checkpoint/weightFiles';
import { shardOf, writeFiles } from '../../harness/checkpointFiles';
import { refuses } from '../../harness/refuses';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const index = (map: Record<string, string>, metadata?: object) => ({ weight_map: map, metadata });
const config = { model_type: 'llama' };

async function found(files: Parameters<typeof writeFiles>[1]) {
  return findWeightFiles(writeFiles(folder(), files));
}

describe('findWeightFiles', () => {
  it('model.safetensors before the index before the only set', async () => {
    const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    const map = index({ a: one, b: two });
    assert.deepEqual((await found({ 'model.safetensors': '' })).files, ['model.safetensors']);
    assert.deepEqual((await found({ [indexName]: map, [one]: '', [two]: '' })).files, [one, two]);
    assert.deepEqual((await found({ [one]: '', [two]: '' })).files, [one, two]);
    assert.deepEqual((await found({ 'adapter.safetensors': '' })).files, ['adapter.safetensors']);
    const both = await found({ 'model.safetensors': '', [indexName]: map, [one]: '' });
    assert.deepEqual([both.files, both.index], [['model.safetensors'], null]);
    assert.deepEqual(both.warnings, [
      `both model.safetensors and ${indexName} are there: model.safetensors is read, as transformers does`,
      `"${one}" is not part of the checkpoint and is not read`,
    ]);
  });

  it('what runs code is named and not opened', async () => {
    const { files, warnings } = await found({
      'model.safetensors': '',
      'pytorch_model.bin': '',
      'training_args.bin': '',
    });
    assert.deepEqual(files, ['model.safetensors']);
    assert.deepEqual(warnings, ['"pytorch_model.bin" is not opened: only safetensors files are read']);
    const pickled = writeFiles(folder(), { 'pytorch_model.bin': '' });
    const why = '"pytorch_model.bin" can run code when it is loaded and is never opened';
    await refuses(findWeightFiles(pickled), `${pickled} has no safetensors files; ${why}`);
  });

  it('nothing, several sets, an incomplete set', async () => {
    const empty = folder();
    await refuses(findWeightFiles(empty), `${empty} has no safetensors files`);
    const several = writeFiles(folder(), { 'a.safetensors': '', 'b.safetensors': '' });
    const listed = '"a.safetensors", "b.safetensors"';
    await refuses(findWeightFiles(several), `${several} has several sets of safetensors files and no index: ${listed}`);
    const lacking = writeFiles(folder(), { 'm-00001-of-00003.safetensors': '', 'm-00003-of-00003.safetensors': '' });
    await refuses(findWeightFiles(lacking), `${lacking}: "m-00002-of-00003.safetensors" is missing`);
  });
});

describe('index and headers', () => {
  const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const open = (files: Parameters<typeof writeFiles>[1]) => {
    const place = writeFiles(folder(), { 'config.json': config, ...files });
    return { place, opened: openCheckpoint(place) };
  };

  it('agree', async () => {
    const files = {
      [indexName]: index({ a: one, b: two }, { total_size: 2 }),
      [one]: shardOf('a'),
      [two]: shardOf('b'),
    };
    const { tensors, warnings, shards } = await open(files).opened;
    assert.deepEqual(
      [...tensors.values()].map(({ name, file }) => [name, file]),
      [
        ['a', one],
        ['b', two],
      ],
    );
    assert.deepEqual([warnings, shards.map(({ file }) => file)], [[], [one, two]]);
  });

  it('a wrong total size is a warning with both numbers', async () => {
    const { warnings } = await open({ [indexName]: index({ a: one }, { total_size: 5 }), [one]: shardOf('a') }).opened;
    assert.deepEqual(warnings, [`${indexName} says that the tensors take 5 bytes; they take 1`]);
  });

  it('a tensor that is elsewhere, unlisted, missing or there twice', async () => {
    const elsewhere = open({ [indexName]: index({ a: two, b: one }), [one]: shardOf('a'), [two]: shardOf('b') });
    const told = `but ${indexName} has it in "${two}"`;
    await refuses(elsewhere.opened, `${elsewhere.place}: the tensor "a" is in "${one}", ${told}`);
    const unlisted = open({ [indexName]: index({ a: one }), [one]: shardOf('a', 'b') });
    await refuses(
      unlisted.opened,
      `${unlisted.place}: the tensor "b" is in "${one}", but ${indexName} does not list it`,
    );
    const missing = open({ [indexName]: index({ a: one, b: one }), [one]: shardOf('a') });
    await refuses(missing.opened, `${missing.place}: ${indexName} has the tensor "b" in "${one}", where it is not`);
    const twice = open({ [one]: shardOf('a'), [two]: shardOf('a') });
    await refuses(twice.opened, `${twice.place} has one tensor twice: "a" in "${one}" and "a" in "${two}"`);
  });

  it('an old and a new name of one tensor are one tensor twice', async () => {
    const qwen = { 'config.json': JSON.parse(qwenConfig()) as object };
    const both = open({ ...qwen, 'model.safetensors': shardOf('visual.x', 'model.visual.x') });
    await refuses(both.opened, /has one tensor twice: "visual\.x" in "model\.safetensors" and "model\.visual\.x" in/);
    // Of a family that is not known the renaming is a guess: both stay.
    const { tensors } = await open({ 'model.safetensors': shardOf('model.a', 'model.language_model.a') }).opened;
    assert.deepEqual([...tensors.keys()], ['model.a', 'model.language_model.a']);
  });

  it('a shard that is a link out of the folder is not read', async () => {
    const outside = writeFiles(folder(), { 'secret.safetensors': shardOf('a') });
    const place = writeFiles(folder(), { 'config.json': config });
    symlinkSync(path.join(outside, 'secret.safetensors'), path.join(place, 'model.safetensors'));
    await refuses(openCheckpoint(place), /model\.safetensors is a link to .*secret\.safetensors, outside of/);
  });
});

function qwenConfig(): string {
  const text = {
    hidden_size: 8,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    num_hidden_layers: 1,
    intermediate_size: 8,
  };
  const vision = { hidden_size: 8, num_heads: 2, out_hidden_size: 8 };
  return JSON.stringify({ model_type: 'qwen2_5_vl', ...text, vision_config: vision });
}
