import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import {
  readChatTemplate,
  readGenerationConfig,
  readPreprocessorConfig,
  readTokenizerFiles,
  sidecarFiles,
} from '../../../src/core/checkpoint/sidecars';
import { writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
const made = (files: Parameters<typeof writeFiles>[1]) => writeFiles(folder(), files);

describe('side files', () => {
  it('those that decide what a model says', async () => {
    const directory = made({ 'config.json': {}, 'tokenizer.json': {}, 'README.md': '', 'vocab.json': {} });
    assert.deepEqual(
      (await sidecarFiles(directory)).map((file) => path.basename(file)),
      ['config.json', 'tokenizer.json'],
    );
  });

  it('stop tokens of generation_config.json', async () => {
    const read = (content: object) => readGenerationConfig(made({ 'generation_config.json': content }));
    assert.deepEqual(await read({ eos_token_id: [1, 2] }), { eosTokenIds: [1, 2] });
    assert.deepEqual(await read({ eos_token_id: 5 }), { eosTokenIds: [5] });
    assert.deepEqual(await read({}), { eosTokenIds: null });
    assert.deepEqual(await readGenerationConfig(folder()), { eosTokenIds: null });
    await assert.rejects(read({ eos_token_id: 'x' }), /generation_config\.json: eos_token_id must be at most 1000 int/);
  });

  it('the image processor: processor_config.json wins, both spellings of the limits, the defaults of transformers', async () => {
    const read = (files: Parameters<typeof writeFiles>[1]) => readPreprocessorConfig(made(files));
    const plain = await read({ 'preprocessor_config.json': {} });
    assert.deepEqual([plain.minPixels, plain.maxPixels, plain.patchSize, plain.mergeSize], [3136, 1_003_520, 14, 2]);
    const old = await read({ 'preprocessor_config.json': { min_pixels: 784, max_pixels: 7840 } });
    const size = { shortest_edge: 784, longest_edge: 7840 };
    assert.deepEqual(await read({ 'preprocessor_config.json': { size } }), old);
    const nested = { 'processor_config.json': { image_processor: { size } }, 'preprocessor_config.json': {} };
    assert.deepEqual(await read(nested), old);
    const none = folder();
    await assert.rejects(readPreprocessorConfig(none), {
      name: 'InputError',
      message: `${none} has no preprocessor_config.json`,
    });
  });

  const unsupported: [object, string][] = [
    [{ do_resize: false }, 'do_resize must be true; it is false'],
    [{ resample: 2 }, 'resample must be 3 (bicubic); it is 2'],
    [{ rescale_factor: 0.5 }, 'rescale_factor must be 1/255; it is 0.5'],
    [{ min_pixels: 9000, max_pixels: 8000 }, 'min_pixels must be at most max_pixels, 8000; it is 9000'],
    [{ image_std: [0.5, 0, 0.5] }, 'image_std must be positive; it is a list of 3'],
    [{ image_mean: [1, 2] }, 'image_mean must be 3 numbers; it is a list of 2'],
  ];
  for (const [settings, message] of unsupported) {
    it(`image processor: ${message}`, async () => {
      const directory = made({ 'preprocessor_config.json': settings });
      const file = path.join(directory, 'preprocessor_config.json');
      await assert.rejects(readPreprocessorConfig(directory), { name: 'InputError', message: `${file}: ${message}` });
    });
  }

  it('the chat template: the file, else the JSON, else that of the tokenizer', async () => {
    const files = {
      'chat_template.jinja': 'file',
      'chat_template.json': { chat_template: 'json' },
      'tokenizer_config.json': {
        chat_template: [
          { name: 'tools', template: 'x' },
          { name: 'default', template: 'list' },
        ],
      },
    };
    const names = Object.keys(files) as (keyof typeof files)[];
    const texts: string[] = [];
    for (let first = 0; first < names.length; first++) {
      const rest = Object.fromEntries(names.slice(first).map((name) => [name, files[name]]));
      const { file, text } = await readChatTemplate(made(rest));
      assert.equal(path.basename(file), names[first]);
      texts.push(text);
    }
    assert.deepEqual(texts, ['file', 'json', 'list']);
    await assert.rejects(readChatTemplate(folder()), / has no chat template$/);
    const nameless = made({ 'tokenizer_config.json': { chat_template: [{ name: 'tools', template: 'x' }] } });
    await assert.rejects(
      readChatTemplate(nameless),
      /chat_template must be a template or a list with one named "default"/,
    );
  });

  it('tokenizer files', async () => {
    const { file, json, config } = await readTokenizerFiles(made({ 'tokenizer.json': { model: {} } }));
    assert.deepEqual([path.basename(file), json, config], ['tokenizer.json', { model: {} }, {}]);
    const refuses = (files: Parameters<typeof writeFiles>[1], message: RegExp) =>
      assert.rejects(
        readTokenizerFiles(made(files)),
        (error: Error) => error.name === 'InputError' && message.test(error.message),
      );
    await refuses({}, / has no tokenizer\.json$/);
    await refuses(
      { 'tokenizer.json': '[]' },
      /tokenizer\.json: the file must be an object, it is an array \(at byte 0\)$/,
    );
    await refuses({ 'tokenizer.json': '{"a":1,"a":2}' }, /tokenizer\.json: the key "a" stands twice/);
    await refuses(
      { 'tokenizer.json': {}, 'tokenizer_config.json': 'x' },
      /tokenizer_config\.json: not JSON: unexpected "x"/,
    );
  });

  it('a side file that is a link out of the folder is not read; one that leads nowhere is no missing file', async () => {
    const outside = path.join(made({ secret: '{}' }), 'secret');
    const directory = folder();
    symlinkSync(outside, path.join(directory, 'tokenizer.json'));
    symlinkSync('nowhere', path.join(directory, 'generation_config.json'));
    await assert.rejects(readTokenizerFiles(directory), /tokenizer\.json is a link to .*secret, outside of/);
    await assert.rejects(readGenerationConfig(directory), /cannot read .*generation_config\.json: it does not exist/);
  });
});
