/** What is wrong with a checkpoint or an image, as a user of the command line sees it: one line, exit code 2. */
import assert from 'node:assert/strict';
import { cpSync, openSync, closeSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { command } from '../harness/commandLine';
import { sampleLab } from '../harness/experimentFile';
import { temporaryFolders } from '../harness/temporaryFolders';

const sharded = path.resolve('test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint');
const folder = temporaryFolders();

/** A copy of a checkpoint, to be damaged. */
function copyOf(source: string): string {
  const copy = path.join(folder(), 'checkpoint');
  cpSync(source, copy, { recursive: true });
  return copy;
}

function editJson(file: string, edit: (content: Record<string, never>) => void): void {
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, never>;
  edit(content);
  writeFileSync(file, JSON.stringify(content));
}

/** The command must say exactly this line, print no result, and end with exit code 2. */
async function refuses(words: readonly string[], line: string): Promise<void> {
  const { code, stdout, stderr } = await command(...words);
  assert.equal(stderr, `frankenstein ${words[0]}: ${line}\n`);
  assert.equal(stdout, '');
  assert.equal(code, 2);
}

/** What reads headers and what runs the model say the same. */
async function bothRefuse(checkpoint: string, line: string): Promise<void> {
  await Promise.all([
    refuses(['inspect', checkpoint, '--json'], line),
    refuses(['generate', checkpoint, '--prompt', 'hi', '--json'], line),
  ]);
}

describe('a damaged checkpoint', () => {
  it('a shard that was cut off', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    const shard = path.join(checkpoint, 'model.safetensors');
    truncateSync(shard, 100_000);
    const there = 100_000 - 8 - Number(readFileSync(shard).readBigUInt64LE());
    await bothRefuse(checkpoint, `${shard}: cut off: its tensors take 6528832 bytes, ${there} are there`);
  });

  it('a header that claims 2^63 bytes', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    const shard = path.join(checkpoint, 'model.safetensors');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(2n ** 63n);
    const file = openSync(shard, 'r+');
    writeSync(file, length, 0, 8, 0);
    closeSync(file);
    await bothRefuse(
      checkpoint,
      `${shard}: the header claims 9223372036854775808 bytes, more than the 25000000 that are read`,
    );
  });

  it('a shard that the index names and the folder lacks', async () => {
    const checkpoint = copyOf(sharded);
    const shard = path.join(checkpoint, 'model-00002-of-00003.safetensors');
    rmSync(shard);
    await bothRefuse(checkpoint, `cannot read ${shard}: it does not exist`);
  });

  it('a shard that the index does not name: inspected with a warning, not run', async () => {
    const checkpoint = copyOf(sharded);
    const shard = 'model-00002-of-00003.safetensors';
    editJson(path.join(checkpoint, 'model.safetensors.index.json'), ({ weight_map, metadata }) => {
      const map = weight_map as Record<string, string>;
      for (const name of Object.keys(map)) if (map[name] === shard) Reflect.deleteProperty(map, name);
      Reflect.deleteProperty(metadata, 'total_size');
    });
    const warning = `"${shard}" is not part of the checkpoint and is not read`;
    const inspected = await command('inspect', checkpoint, '--json');
    assert.deepEqual([inspected.code, inspected.stderr], [0, `warning: ${warning}\n`]);
    const { tensors } = JSON.parse(inspected.stdout) as { tensors: { file: string }[] };
    assert.equal(tensors.length, 94);
    const mend = 'Download the checkpoint again, or check that config.json belongs to it.';
    const missing = '47 tensors are missing, the first is visual.blocks.0.norm2.weight';
    await refuses(['generate', checkpoint, '--prompt', 'hi'], `${checkpoint}: ${missing} (${warning}). ${mend}`);
  });

  it('an index that points outside of the folder', async () => {
    const checkpoint = copyOf(sharded);
    const index = path.join(checkpoint, 'model.safetensors.index.json');
    const [name, outside] = ['lm_head.weight', '../model-00003-of-00003.safetensors'];
    const text = JSON.stringify({ weight_map: { [name]: outside } });
    writeFileSync(index, text);
    const at = `(at byte ${text.indexOf('"../')})`;
    const rule = 'it must be the name of a file in the same folder';
    await bothRefuse(checkpoint, `${index}: the shard of "${name}" is "${outside}": ${rule} ${at}`);
  });

  it('a config without vision_config', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    const config = path.join(checkpoint, 'config.json');
    editJson(config, (content) => Reflect.deleteProperty(content, 'vision_config'));
    await bothRefuse(checkpoint, `${config}: vision_config must be an object; it is missing`);
  });

  it('a folder without config.json, and no folder', async () => {
    const empty = folder();
    await bothRefuse(empty, `cannot read ${path.join(empty, 'config.json')}: it does not exist`);
    const nowhere = path.join(empty, 'nowhere');
    await bothRefuse(nowhere, `cannot read ${path.join(nowhere, 'config.json')}: it does not exist`);
  });

  it('a tokenizer that is not JSON', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    const tokenizer = path.join(checkpoint, 'tokenizer.json');
    writeFileSync(tokenizer, 'version https://git-lfs.github.com/spec/v1\n');
    await refuses(['generate', checkpoint, '--prompt', 'hi'], `${tokenizer}: not JSON: unexpected "v" (at byte 0)`);
  });

  it('a tokenizer_config that is not JSON', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    const file = path.join(checkpoint, 'tokenizer_config.json');
    writeFileSync(file, '');
    const message = 'the file must be an object, it is cut off (at byte 0)';
    await refuses(['generate', checkpoint, '--prompt', 'hi'], `${file}: ${message}`);
  });

  it('a model of a family that cannot be run', async () => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    editJson(path.join(checkpoint, 'config.json'), (content) => Object.assign(content, { model_type: 'other' }));
    await refuses(
      ['generate', checkpoint, '--prompt', 'hi'],
      `${checkpoint}: models of type "other" can be inspected and compared only. Supported: qwen2_5_vl.`,
    );
  });
});

describe('a hostile chat template', () => {
  const withTemplate = (template: string): string => {
    const checkpoint = copyOf(path.join(sampleLab, 'in'));
    writeFileSync(path.join(checkpoint, 'chat_template.jinja'), template);
    return checkpoint;
  };
  const mend = 'Look at the chat template of that checkpoint: it may loop, or grow without end.';

  it('that loops is stopped after 10 s', async () => {
    const loop = '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}';
    const checkpoint = withTemplate(loop);
    const cause = 'the sandbox took longer than 10 s';
    const started = performance.now();
    await refuses(
      ['generate', checkpoint, '--prompt', 'hi'],
      `the chat template in ${checkpoint} cannot be used: ${cause}. ${mend}`,
    );
    assert.ok(performance.now() - started < 25_000);
  });

  it('that grows without end runs out of its own memory', async () => {
    const checkpoint = withTemplate('{% for i in range(999999999) %}{% endfor %}');
    const { code, stderr } = await command('generate', checkpoint, '--prompt', 'hi');
    // V8 aborts by a signal or by a trap, as the platform has it.
    const [last = ''] = stderr.trimEnd().split('\n').slice(-1);
    assert.ok(
      last.startsWith(`frankenstein generate: the chat template in ${checkpoint} cannot be used: the sandbox `),
    );
    assert.ok(last.endsWith(mend), last);
    assert.equal(code, 2);
  });

  it('that is no template', async () => {
    const checkpoint = withTemplate('{% for ');
    const { code, stderr } = await command('generate', checkpoint, '--prompt', 'hi');
    assert.match(stderr, /^frankenstein generate: .*chat_template\.jinja: Unexpected end of input\n$/);
    assert.equal(code, 2);
  });

  it('cannot reach JavaScript or files', async () => {
    const attacks = {
      "{{ ''.constructor.constructor('return process')() }}": /chat_template\.jinja: .+\n$/,
      "{{ ''.__class__.__mro__ }}": /gives an empty prompt\. Copy that of the base model\.\n$/,
      "{% include 'config.json' %}": /chat_template\.jinja: Unknown statement type: include\n$/,
    };
    for (const [attack, message] of Object.entries(attacks)) {
      const { code, stdout, stderr } = await command('generate', withTemplate(attack), '--prompt', 'hi');
      assert.deepEqual([code, stdout], [2, ''], attack);
      assert.match(stderr, message);
    }
  });
});

describe('images', () => {
  it('one that is none, one that is not there, one that was cut off', async () => {
    const [none, cut] = ['none.png', 'cut.png'].map((name) => path.join(folder(), name));
    writeFileSync(none!, 'hello');
    writeFileSync(cut!, readFileSync('test/fixtures/images/rgb.png').subarray(0, 150));
    const generate = ['generate', path.join(sampleLab, 'in'), '--prompt', 'hi', '--image'];
    await refuses([...generate, none!], `${none}: not an image. Use PNG, JPEG or WebP.`);
    await refuses([...generate, `${none}.gone`], `cannot read ${none}.gone: it does not exist`);
    const { code, stderr } = await command(...generate, cut!);
    assert.match(stderr, /cut\.png: the image cannot be read \(.+\)\. Replace the file: it is damaged or cut off\.\n$/);
    assert.equal(code, 2);
  });
});
