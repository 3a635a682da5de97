import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SidecarDifference } from '../../../src/core/checkpoint/sidecarDifference';
import { sidecarDifferences } from '../../../src/core/checkpoint/sidecarDifferences';
import { SidecarFactsReader } from '../../../src/core/checkpoint/sidecarFacts';
import { writeFiles } from '../../harness/checkpointFiles';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
type Fields = Record<string, unknown>;
type Files = Parameters<typeof writeFiles>[1];

const text: Fields = {
  hidden_size: 64,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  num_hidden_layers: 6,
  intermediate_size: 160,
  vocab_size: 512,
  rms_norm_eps: 1e-6,
};
const mrope = { rope_type: 'default', mrope_section: [2, 3, 3] };
const vision: Fields = { depth: 3, hidden_size: 48, num_heads: 2, out_hidden_size: 64 };
const flat: Fields = {
  model_type: 'qwen2_5_vl',
  ...text,
  eos_token_id: 7,
  rope_theta: 5e5,
  rope_scaling: { type: 'mrope', mrope_section: [2, 3, 3] },
  torch_dtype: 'bfloat16',
  sliding_window: 32768,
  use_sliding_window: false,
  vision_config: { ...vision, in_chans: 3 },
};
const nested: Fields = {
  model_type: 'qwen2_5_vl',
  dtype: 'bfloat16',
  tie_word_embeddings: false,
  image_token_id: 151_655,
  text_config: {
    ...text,
    model_type: 'qwen2_5_vl_text',
    eos_token_id: 7,
    rope_parameters: { ...mrope, rope_theta: 5e5 },
    sliding_window: null,
  },
  vision_config: { ...vision, window_size: 112, in_channels: 3 },
};
const added = (id: number, content: string, special = true) => {
  return { id, content, special, lstrip: false, rstrip: false, single_word: false, normalized: false };
};
const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] };
const tokenizer: Fields = { added_tokens: [added(3, '<|end|>')], decoder: { type: 'ByteLevel' }, model };
const all: Files = {
  'config.json': flat,
  'generation_config.json': { eos_token_id: [8, 7], do_sample: true },
  'preprocessor_config.json': { min_pixels: 3136, max_pixels: 50_176 },
  'chat_template.jinja': '{% for m in messages %}\n{{ m }}\n{% endfor %}',
  'tokenizer.json': tokenizer,
  'tokenizer_config.json': { eos_token: '<|end|>' },
};
/** All files, some replaced; undefined takes one away. */
const files = (changed: Record<string, string | Buffer | object | undefined>): Files => {
  return Object.fromEntries(
    Object.entries({ ...all, ...changed }).filter(([, content]) => content !== undefined),
  ) as Files;
};

async function differences(...files: readonly Files[]): Promise<SidecarDifference[]> {
  const names = ['a', 'b', 'c'];
  return sidecarDifferences(files.map((own, i) => ({ name: names[i]!, directory: writeFiles(folder(), own) })));
}

/** Severity, place and values of each difference. */
async function told(...files: readonly Files[]): Promise<string[]> {
  return (await differences(...files)).map(({ severity, file, field, values }) => {
    const shown = Object.entries(values).map(([name, value]) => `${name} ${value}`);
    return `${severity} ${file} ${field}: ${shown.join(', ')}`;
  });
}

const config = (fields: Fields) => files({ 'config.json': { ...flat, ...fields } });
const ofVision = (fields: Fields) => config({ vision_config: { ...vision, ...fields } });

describe('what side files disagree about', () => {
  it('nothing: equal folders, and the three checkpoints of the sample lab', async () => {
    assert.deepEqual(await told(all, all, all), []);
    const lab = ['base', 'in', 'rl'].map((name) => ({ name, directory: path.join('media/sample-lab', name) }));
    assert.deepEqual(await sidecarDifferences(lab), []);
  });

  it('a flat config.json and a nested one that mean the same; what is absent is its default', async () => {
    assert.deepEqual(await told(files({ 'config.json': flat }), files({ 'config.json': nested })), []);
    const other = { ...nested, text_config: { ...(nested.text_config as Fields), rms_norm_eps: 1e-5 } };
    assert.deepEqual(await told(files({ 'config.json': flat }), files({ 'config.json': other })), [
      'changesAnswers config.json rms_norm_eps: a 0.000001, b 0.00001',
    ]);
  });

  const configs: [string, Files, string][] = [
    ['layers', config({ num_hidden_layers: 8 }), 'cannotCombine config.json num_hidden_layers: a 6, b 8'],
    ['MLPs', config({ intermediate_size: 320 }), 'cannotCombine config.json intermediate_size: a 160, b 320'],
    ['heads', config({ num_key_value_heads: 4 }), 'cannotCombine config.json num_key_value_heads: a 2, b 4'],
    ['vocabulary', config({ vocab_size: 640 }), 'cannotCombine config.json vocab_size: a 512, b 640'],
    ['vision depth', ofVision({ depth: 4 }), 'cannotCombine config.json vision_config.depth: a 3, b 4'],
    ['patches', ofVision({ patch_size: 16 }), 'cannotCombine config.json vision_config.patch_size: a 14, b 16'],
    ['rotation', config({ rope_theta: 1e6 }), 'changesAnswers config.json rope_theta: a 500000, b 1000000'],
    [
      'mRoPE',
      config({ rope_scaling: { ...mrope, mrope_section: [4, 2, 2] } }),
      'changesAnswers config.json mrope_section: a [2,3,3], b [4,2,2]',
    ],
    [
      'scaled positions',
      config({ rope_scaling: { ...mrope, rope_type: 'yarn', factor: 4 } }),
      'changesAnswers config.json rope_scaling: a null, b {"factor":4,"rope_type":"yarn"}',
    ],
    [
      'a sliding window',
      config({ use_sliding_window: true, max_window_layers: 2 }),
      'changesAnswers config.json sliding_window: a null, b [32768,2]',
    ],
    ['activation', config({ hidden_act: 'gelu' }), 'changesAnswers config.json hidden_act: a "silu", b "gelu"'],
    ['windows', ofVision({ window_size: 56 }), 'changesAnswers config.json vision_config.window_size: a 112, b 56'],
    [
      'full attention',
      ofVision({ fullatt_block_indexes: [2] }),
      'changesAnswers config.json vision_config.fullatt_block_indexes: a [7,15,23,31], b [2]',
    ],
    ['image token', config({ image_token_id: 5 }), 'changesAnswers config.json image_token_id: a 151655, b 5'],
    ['tied head', config({ tie_word_embeddings: true }), 'harmless config.json tie_word_embeddings: a false, b true'],
    ['dtype', config({ torch_dtype: 'float32' }), 'harmless config.json dtype: a "bfloat16", b "float32"'],
    ['version', config({ transformers_version: '5.0' }), 'harmless config.json transformers_version: a null, b "5.0"'],
    ['origin', config({ _name_or_path: 'x' }), 'harmless config.json _name_or_path: a null, b "x"'],
    ['cache', config({ use_cache: false }), 'harmless config.json use_cache: a null, b false'],
    ['what nobody reads', config({ novel: { way: 1 } }), 'harmless config.json novel.way: a null, b 1'],
  ];
  for (const [what, files, expected] of configs) {
    it(`config: ${what}`, async () => assert.deepEqual(await told(all, files), [expected]));
  }

  it('other families are compared word for word', async () => {
    const llava = { model_type: 'llava', text_config: { hidden_size: 64, rope_theta: 1 }, vision_config: {} };
    const other = { model_type: 'llava', hidden_size: 96, text_config: { hidden_size: 128, rope_theta: 2 } };
    const only = (content: object) => ({ 'config.json': content, 'preprocessor_config.json': { size: 224 } });
    assert.deepEqual(await told(only(llava), only(other)), [
      'cannotCombine config.json hidden_size: a 64, b 128',
      'changesAnswers config.json rope_theta: a 1, b 2',
    ]);
    assert.equal(
      (await told(only(llava), { ...only(llava), 'preprocessor_config.json': { size: { height: 9 } } }))[0],
      'changesAnswers preprocessor_config.json size: a 224, b null',
    );
    assert.match(
      (await told(all, only(llava)))[0]!,
      /^cannotCombine config\.json model_type: a "qwen2_5_vl", b "llava"$/,
    );
  });

  it('stop tokens: as a set, and those of config.json where generation_config.json has none', async () => {
    const generation = (content: object | undefined) => files({ 'generation_config.json': content });
    assert.deepEqual(await told(all, generation({ eos_token_id: [7, 8], do_sample: true })), []);
    const stop = 'changesAnswers generation_config.json eos_token_id: a [7,8], b [7]';
    assert.deepEqual(await told(all, generation({ do_sample: true })), [stop]);
    assert.deepEqual(await told(all, generation(undefined)), [
      stop,
      'harmless generation_config.json null: a there, b null',
    ]);
    assert.deepEqual(await told(all, config({ eos_token_id: 9 })), []);
  });

  it('sampling settings are harmless: answers are greedy', async () => {
    const settings = { eos_token_id: [7, 8], temperature: 0.1, repetition_penalty: 1.05 };
    const found = await differences(all, files({ 'generation_config.json': settings }));
    assert.deepEqual(
      found.map(({ field, severity }) => [field, severity]),
      [
        ['do_sample', 'harmless'],
        ['temperature', 'harmless'],
        ['repetition_penalty', 'harmless'],
      ],
    );
    assert.match(found[0]!.meaning, /^Greedy answers/);
  });

  it('chat templates by their text, wherever it stands and however its lines end', async () => {
    const template = all['chat_template.jinja'] as string;
    const same = [
      { 'chat_template.jinja': `${template.replaceAll('\n', '\r\n')}\r\n` },
      { 'chat_template.jinja': undefined, 'chat_template.json': { chat_template: template } },
      { 'chat_template.jinja': undefined, 'tokenizer_config.json': { eos_token: '<|end|>', chat_template: template } },
    ];
    for (const own of same) assert.deepEqual(await told(all, files(own)), []);
    const [other] = await differences(all, files({ 'chat_template.jinja': template.replace('{{ m }}', '  think') }));
    assert.deepEqual(other, {
      file: 'chat_template.jinja',
      field: null,
      severity: 'changesAnswers',
      values: { a: '"{{ m }}"', b: '"think"' },
      meaning: 'Questions become other prompts: the chat templates part at line 2.',
    });
    const longer = await told(all, all, files({ 'chat_template.jinja': `${template}\nmore` }));
    const ends = 'chat_template.jinja ends before line 4';
    assert.deepEqual(longer, [`changesAnswers chat_template.jinja null: a ${ends}, b ${ends}, c "more"`]);
    assert.deepEqual(await told(all, files({ 'chat_template.jinja': undefined })), [
      'changesAnswers chat_template.jinja null: a chat_template.jinja, b null',
    ]);
  });

  it('special tokens of tokenizer_config.json count where the template writes them', async () => {
    const tokens = (name: string, token: unknown) => ({ 'tokenizer_config.json': { [name]: token } });
    const template = { 'chat_template.jinja': '{{ bos_token }}{{ messages }}' };
    const both = (token: unknown) => files({ ...template, ...tokens('bos_token', token) });
    assert.deepEqual(await told(both('<s>'), both({ content: '<s>', lstrip: false })), []);
    assert.deepEqual(await told(both('<s>'), both('<t>')), [
      'changesAnswers tokenizer_config.json bos_token: a "<s>", b "<t>"',
    ]);
    assert.deepEqual(await told(all, files(tokens('eos_token', '<t>'))), [
      'harmless tokenizer_config.json eos_token: a "<|end|>", b "<t>"',
    ]);
  });

  it('the image processor: limits, patches and normalisation; its two spellings are one', async () => {
    const processor = (content: object) => files({ 'preprocessor_config.json': content });
    assert.deepEqual(
      await told(all, processor({ size: { shortest_edge: 3136, longest_edge: 50_176 }, patch_size: 14 })),
      [],
    );
    const nestedOne = { image_processor: { min_pixels: 3136, max_pixels: 50_176 } };
    assert.deepEqual(
      await told(all, files({ 'preprocessor_config.json': undefined, 'processor_config.json': nestedOne })),
      [],
    );
    const single = [0.48145467042922974, 0.45782750844955444, 0.40821072459220886]; // the default, in float32
    const limits = { min_pixels: 3136, max_pixels: 50_176 };
    assert.deepEqual(await told(all, processor({ ...limits, image_mean: single })), []);
    assert.deepEqual(await told(all, processor({ min_pixels: 784, merge_size: 1, image_std: [1, 1, 1] })), [
      'changesAnswers preprocessor_config.json min_pixels: a 3136, b 784',
      'changesAnswers preprocessor_config.json max_pixels: a 50176, b 1003520',
      'changesAnswers preprocessor_config.json merge_size: a 2, b 1',
      `changesAnswers preprocessor_config.json image_std: a ${JSON.stringify([0.26862954, 0.26130258, 0.27577711].map(Math.fround))}, b [1,1,1]`,
    ]);
    assert.deepEqual(await told(all, files({ 'preprocessor_config.json': undefined })), [
      'changesAnswers preprocessor_config.json null: a there, b null',
    ]);
  });
});

describe('what tokenizers disagree about', () => {
  const tokens = (fields: Fields) => files({ 'tokenizer.json': { ...tokenizer, ...fields } });

  it('nothing where only the writing differs', async () => {
    const written = {
      version: '1.0',
      added_tokens: [{ content: '<|end|>', id: 3, special: true }],
      normalizer: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
      model: { merges: [['a', 'b']], vocab: { ab: 2, b: 1, a: 0, '<|end|>': 3 }, type: 'BPE', ignore_merges: false },
    };
    const found = await differences(all, files({ 'tokenizer.json': written }));
    assert.deepEqual(
      found.map(({ field, severity }) => [field, severity]),
      [['version', 'harmless']],
    );
  });

  it('vocabulary and merges: donors cannot be combined', async () => {
    const swapped = await told(all, tokens({ model: { ...model, vocab: { a: 1, b: 0, ab: 2 } } }));
    assert.equal(swapped.length, 1);
    assert.match(swapped[0]!, /^cannotCombine tokenizer\.json model\.vocab: a 3 tokens, SHA-256 \w{12}, b 3 tokens/);
    const merged = await told(all, tokens({ model: { ...model, merges: ['a b', 'b a'] } }));
    assert.match(merged[0]!, /^cannotCombine tokenizer\.json model\.merges: a 1 merges, .*, b 2 merges/);
    const unigram = await told(all, tokens({ model: { type: 'BPE', vocab: [['a', -1]], merges: ['a b'] } }));
    assert.match(unigram[0]!, /^cannotCombine tokenizer\.json model\.vocab/);
  });

  it('added tokens: those that only some have are named, other ids cannot be combined', async () => {
    const more = tokens({ added_tokens: [added(3, '<|end|>'), added(4, '<think>', false)] });
    assert.deepEqual(await told(all, more), ['changesAnswers tokenizer.json added_tokens: a null, b "<think>"']);
    assert.deepEqual(await told(all, tokens({ added_tokens: [added(3, '<|stop|>')] })), [
      'cannotCombine tokenizer.json added_tokens.id: a "<|end|>" 3, b "<|stop|>" 3',
    ]);
    assert.deepEqual(await told(all, tokens({ added_tokens: [added(5, '<|end|>')] })), [
      'cannotCombine tokenizer.json added_tokens.id: a "<|end|>" 3, b "<|end|>" 5',
    ]);
    assert.deepEqual(await told(all, tokens({ added_tokens: [added(3, '<|end|>', false)] })), [
      'changesAnswers tokenizer.json added_tokens.traits: a "<|end|>" special, b "<|end|>" plain',
    ]);
    const many = Array.from({ length: 7 }, (_, i) => added(4 + i, `<${i}>`));
    const [listed] = await differences(all, tokens({ added_tokens: [added(3, '<|end|>'), ...many] }));
    assert.equal(listed!.values.b, '"<0>", "<1>", "<2>", "<3>", "<4>" and 2 more');
  });

  it('how text is cut up; what is cut off or padded does not count', async () => {
    const [normalizer] = await differences(all, tokens({ normalizer: { type: 'NFC' } }));
    assert.equal(`${normalizer!.severity} ${normalizer!.field}`, 'changesAnswers normalizer');
    assert.equal(normalizer!.values.b, '{"type":"NFC"}');
    const [truncation] = await differences(all, tokens({ truncation: { max_length: 2048 } }));
    assert.equal(`${truncation!.severity} ${truncation!.field}`, 'harmless truncation');
  });

  it('vocab.json and merges.txt say what tokenizer.json says', async () => {
    const slow = {
      'tokenizer.json': undefined,
      'vocab.json': model.vocab,
      'merges.txt': '#version: 0.2\na b\n',
      'tokenizer_config.json': { eos_token: '<|end|>', added_tokens_decoder: { 3: added(3, '<|end|>') } },
    };
    assert.deepEqual(await told(all, files(slow)), []);
    const [merges] = await told(all, files({ ...slow, 'merges.txt': 'b a\n' }));
    assert.match(merges!, /^cannotCombine tokenizer\.json model\.merges/);
    assert.deepEqual(await told(all, files({ 'tokenizer.json': undefined })), [
      'changesAnswers tokenizer.json null: a tokenizer.json, b null',
    ]);
  });
});

describe('side files that nobody vouches for', () => {
  const broken: [string, string, RegExp][] = [
    ['config.json', '{', /config\.json: a key must be a string/],
    ['config.json', '{"model_type":"qwen2_5_vl","model_type":"x"}', /stands twice/],
    ['config.json', '['.repeat(1000), /levels deep/],
    ['config.json', JSON.stringify({ ...flat, hidden_size: 1e9 }), /hidden_size must be an integer/],
    [
      'config.json',
      JSON.stringify({ ...flat, x: Object.fromEntries([...Array(6000).keys()].entries()) }),
      /5000 fields/,
    ],
    ['generation_config.json', '{"eos_token_id":"x"}', /eos_token_id must be/],
    ['preprocessor_config.json', '{"do_resize":false}', /do_resize must be true/],
    ['tokenizer_config.json', '[]', /must hold an object/],
    ['tokenizer.json', '{"model":{"vocab":{"a":-1}}}', /must not be negative/],
    ['tokenizer.json', '{"model":{"merges":[["a","b","c"]]}}', /more than two tokens/],
  ];
  for (const [file, content, message] of broken) {
    it(`${file} ${content.slice(0, 40)}`, async () => {
      const found = await differences(all, files({ [file]: content }));
      const own = found.filter((each) => each.file === file && each.field === null);
      assert.equal(own.length, 1, JSON.stringify(found));
      assert.equal(own[0]!.severity, 'changesAnswers');
      assert.equal(own[0]!.values.a, 'can be read');
      assert.match(own[0]!.values.b!, message);
      assert.equal(found.length, 1, 'what cannot be read gives no other differences');
    });
  }

  it('a template that is no text', async () => {
    const [found] = await told(all, files({ 'chat_template.jinja': Buffer.from([0xff, 0xfe]) }));
    assert.match(found!, /chat_template\.jinja null: a can be read, b .*is not UTF-8 text/);
  });

  it('a link out of the folder, a folder in the place of a file, a file that is far too large', async () => {
    const outside = path.join(writeFiles(folder(), { secret: '{}' }), 'secret');
    const directory = writeFiles(folder(), files({ 'tokenizer_config.json': undefined, 'tokenizer.json': '' }));
    symlinkSync(outside, path.join(directory, 'tokenizer_config.json'));
    mkdirSync(path.join(directory, 'processor_config.json'));
    truncateSync(path.join(directory, 'tokenizer.json'), 200e6); // sparse
    const whole = { name: 'a', directory: writeFiles(folder(), all) };
    const found = await sidecarDifferences([whole, { name: 'b', directory }]);
    const valueOf = (file: string) => found.find((each) => each.file === file && each.field === null)!.values.b!;
    assert.match(valueOf('tokenizer_config.json'), /^tokenizer_config\.json is a link to .*outside of/);
    assert.match(valueOf('preprocessor_config.json'), /^processor_config\.json is a folder/);
    assert.match(valueOf('tokenizer.json'), /^tokenizer\.json is too large/);
  });

  it('values are shortened and escaped', async () => {
    const [found] = await differences(all, config({ _name_or_path: `\u202e${'x'.repeat(500)}` }));
    assert.ok(found!.values.b!.length < 140 && found!.values.b!.startsWith('"\\u202exxx'));
  });

  it('a folder that is not there', async () => {
    const missing = path.join(folder(), 'none');
    await assert.rejects(
      sidecarDifferences([
        { name: 'a', directory: writeFiles(folder(), all) },
        { name: 'b', directory: missing },
      ]),
      { name: 'InputError', message: `cannot read the folder ${missing}: it does not exist` },
    );
  });
});

describe('side files read again and again', () => {
  it('are read anew when one of them was changed, and only then', async () => {
    const directory = folder();
    cpSync('media/sample-lab/base', directory, { recursive: true });
    const reader = new SidecarFactsReader();
    const first = await reader.read(directory);
    assert.equal(await reader.read(directory), first);
    const file = path.join(directory, 'chat_template.jinja');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n\nmore`);
    const second = await reader.read(directory);
    assert.notEqual(second, first);
    assert.match(second.template!.text, /more$/);
  });
});
