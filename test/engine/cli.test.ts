/** The command line's contract: exactly these fields, exactly these exit codes, one JSON document and nothing else. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { command, type Ended } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { oracleFixtures, readTensors } from '../harness/oracle';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const base = path.join(sampleLab, 'base');
const sharded = 'test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint';

type Fields = Record<string, unknown>;

/** The one JSON document of a command that succeeded. */
function documentOf<T = Fields>({ code, stdout, stderr }: Ended): T {
  assert.equal(code, 0, stderr);
  assert.ok(stdout.startsWith('{') && stdout.endsWith('}\n'), stdout.slice(0, 200));
  return JSON.parse(stdout) as T;
}

function assertFields(value: object, ...names: readonly string[]): void {
  assert.deepEqual(Object.keys(value).sort(), [...names].sort());
}

describe('inspect --json', () => {
  interface Inspection {
    readonly [field: string]: unknown;
    readonly tensors: readonly Record<'name' | 'file' | 'dtype' | 'part' | 'component', string>[];
    readonly bytes: number;
    readonly parameters: number;
  }
  const fields = 'family parameters bytes dtypes numLayers visionLayers regions tied tensors'.split(' ');
  const tensorFields = 'name part layer component dtype shape file offset length'.split(' ');

  it('the sample lab: fields and values', async () => {
    const ended = await command('inspect', base, '--json');
    assert.equal(ended.stderr, '');
    const { tensors, parameters, bytes, ...rest } = documentOf<Inspection>(ended);
    assertFields({ tensors, parameters, bytes, ...rest }, ...fields);
    tensors.forEach((tensor) => assertFields(tensor, ...tensorFields));
    const { dtypes, ...sizes } = rest;
    assert.deepEqual(sizes, {
      family: 'qwen2_5_vl',
      numLayers: 12,
      visionLayers: 6,
      regions: { early: [0, 4], mid: [4, 8], late: [8, 12] },
      tied: true,
    });
    assert.deepEqual(dtypes, { BF16: tensors.length });
    // Every byte of the file that is not its header belongs to a tensor, and bfloat16 has two.
    const weights = path.join(base, 'model.safetensors');
    const header = 8 + Number(readFileSync(weights).readBigUInt64LE());
    assert.equal(bytes, statSync(weights).size - header);
    assert.equal(parameters, bytes / 2);
    const down = tensors.find(({ name }) => name.endsWith('layers.11.mlp.down_proj.weight'))!;
    const { part, layer, component, dtype, file } = down as unknown as Fields;
    assert.deepEqual([part, layer, component, dtype, file], ['languageModel', 11, 'mlp', 'BF16', 'model.safetensors']);
  });

  it('offsets are absolute in the named shard: the bytes are those of the header', async () => {
    const { tensors } = documentOf<Inspection>(await command('inspect', sharded, '--json'));
    assert.equal(tensors.length, 141);
    const headers = new Map<string, [Record<string, { data_offsets: [number, number] }>, number]>();
    for (const tensor of tensors as unknown as { name: string; file: string; offset: number; length: number }[]) {
      const { name, file, offset, length } = tensor;
      if (!headers.has(file)) {
        const bytes = readFileSync(path.join(sharded, file));
        const size = Number(bytes.readBigUInt64LE());
        headers.set(file, [JSON.parse(bytes.toString('utf8', 8, 8 + size)) as never, 8 + size]);
      }
      const [header, start] = headers.get(file)!;
      const [from, to] = header[name]!.data_offsets;
      assert.deepEqual([offset, length], [start + from, to - from], name);
    }
    assert.deepEqual(
      [...headers.keys()].sort(),
      [1, 2, 3].map((n) => `model-0000${n}-of-00003.safetensors`),
    );
  });

  it('without --json: for people', async () => {
    const { code, stdout } = await command('inspect', base);
    assert.equal(code, 0);
    assert.match(stdout, /^qwen2_5_vl: .+ parameters, 6\.5 MB, \d+ BF16\n12 decoder layers \(early 0–3, mid 4–7, /);
  });
});

describe('generate --json', () => {
  const lab = oracleFixtures().find(({ name }) => name === 'lab/in')!;
  const { prompt, images, generated_ids: ids, generated_text: text } = lab.cases[0]!;
  const image = images.flatMap((name) => ['--image', lab.image(name)]);

  it('fields, and the answer of transformers', async () => {
    const words = ['generate', lab.checkpoint, '--prompt', prompt, ...image, '--json', '--device', 'cpu'];
    const ended = await command(...words);
    const { seconds, promptTokens, imageTokens, ...rest } = documentOf(ended) as Record<string, number>;
    assertFields(seconds as never, 'load', 'prefill', 'decode');
    assert.ok(Object.values(seconds as never).every((value) => typeof value === 'number' && value >= 0));
    assert.deepEqual(rest, { text, tokens: ids, device: 'cpu' });
    assert.equal(imageTokens, 16);
    assert.ok(promptTokens > imageTokens);
    assert.equal(ended.stderr, '');
    const short = documentOf(await command(...words, '--max-new-tokens', '1'));
    assert.deepEqual(short.tokens, ids.slice(0, 1));
  });

  it('a checkpoint of an experiment file', async () => {
    const file = writeExperiment(folder());
    const words = ['generate', '--experiment', file, '--checkpoint', 'in', '--prompt', prompt, ...image];
    assert.deepEqual(documentOf(await command(...words, '--json')).tokens, ids);
    assert.equal((await command(...words)).stdout, `${text}\n`);
  });
});

describe('logits --out', () => {
  it('writes the named tensors in float32 and answers with their names', async () => {
    const lab = oracleFixtures().find(({ name }) => name === 'lab/in')!;
    const { prompt, images } = lab.cases[0]!;
    const out = path.join(folder(), 'out.safetensors');
    const image = images.flatMap((name) => ['--image', lab.image(name)]);
    const ended = await command('logits', lab.checkpoint, '--prompt', prompt, ...image, '--out', out, '--json');
    const { tensors, ...rest } = documentOf<{ tensors: string[] }>(ended);
    assert.deepEqual(rest, { output: out, device: 'cpu' });
    const layers = (name: string, count: number) => Array.from({ length: count }, (_, l) => `${name}.${l}`);
    const expected = [
      'input_ids',
      'position_ids',
      'pixel_values',
      ...layers('vision_block', 6),
      'vision_merged_window_order',
      ...layers('layer_input', 12),
      'logits',
      'attention_to_image',
    ];
    assert.deepEqual([...tensors].sort(), [...expected].sort());
    const written = readTensors(out);
    assert.deepEqual([...written.keys()].sort(), [...expected].sort());
    const size = written.get('input_ids')!.length;
    assert.equal(written.get('attention_to_image')!.length, 12 * size);
    assert.equal(written.get('logits')!.length % size, 0);
    assert.ok(written.get('logits')!.every(Number.isFinite));
  });

  it('without an image: nothing of images', async () => {
    const out = path.join(folder(), 'out.safetensors');
    const { tensors } = documentOf<{ tensors: string[] }>(
      await command('logits', base, '--prompt', 'hi', '--out', out, '--json'),
    );
    assert.deepEqual(
      tensors.filter((name) => /vision|pixel|image/.test(name)),
      [],
    );
    assert.ok(tensors.includes('logits') && tensors.includes('layer_input.11'));
  });
});

describe('run --step --json', () => {
  it('one document with the summary of design; rows and manifest beside it', async () => {
    const out = path.join(folder(), 'runs');
    // The experiment of the lab itself up to what it trains, its first pairs.
    const text = readFileSync(path.join(sampleLab, 'lab.frankenstein.yaml'), 'utf8');
    const before = text.slice(text.indexOf('regions:'), text.indexOf('# Was the change needed?'));
    const file = writeExperiment(folder(), ...before.split('\n').map(shortened));
    const { run, steps, ...others } = documentOf<{ run: string; steps: Fields[] }>(
      await command('run', file, '--step', 'vision', '--out', out, '--json'),
    );
    assert.deepEqual(others, {});
    assert.equal(run, out);
    assert.equal(steps.length, 1);
    const summary = steps[0]! as Record<string, Record<string, Fields[]>>;
    assertFields(summary, ...['step', 'kind', 'device', 'checkpoint', 'mode', 'functions', 'skipped', 'sameAnswer']);
    const { step, kind, device, checkpoint, mode } = summary as Fields;
    assert.deepEqual([step, kind, device, checkpoint, mode], ['vision', 'swap', 'cpu', 'base', 'suffix']);
    const names = ['recognition', 'counting', 'ocr', 'grounding'];
    for (const field of ['functions', 'skipped', 'sameAnswer']) assertFields(summary[field]!, ...names);
    for (const points of Object.values(summary.functions!)) {
      assert.deepEqual(
        points.map(({ layer }) => layer),
        Array.from({ length: 12 }, (_, l) => l),
      );
      for (const point of points) {
        assertFields(point, ...'layer n changed rate low high adopted adoptedRate'.split(' '));
        const { n, changed, rate, low, high, adopted, adoptedRate } = point as Record<string, number>;
        assert.equal(n, 2);
        assert.deepEqual([rate, adoptedRate], [changed! / n!, adopted! / n!]);
        assert.ok(0 <= low! && low! <= rate! && rate! <= high! && high! <= 1);
      }
    }
    for (const skipped of Object.values(summary.skipped!)) assert.deepEqual(skipped, { tokens: 0, unreadable: 0 });

    const files = path.join(out, 'vision');
    assert.deepEqual(JSON.parse(readFileSync(path.join(files, 'summary.json'), 'utf8')), summary);
    const rows = readFileSync(path.join(files, 'rows.jsonl'), 'utf8').trimEnd().split('\n');
    assert.equal(rows.length, 8 * 14);
    const parsed = rows.map((line) => JSON.parse(line) as Fields);
    parsed.forEach((row) => assertFields(row, ...'key function id layer text changed adopted'.split(' ')));
    assert.deepEqual(
      parsed.slice(0, 3).map(({ layer }) => layer),
      [null, 'source', 0],
    );
    assert.equal(new Set(parsed.map(({ key }) => key)).size, rows.length);
    for (const { layer, changed } of parsed) if (layer === null) assert.equal(changed, false);
    const manifest = JSON.parse(readFileSync(path.join(files, 'manifest.json'), 'utf8')) as Record<string, Fields[]>;
    for (const input of manifest.inputs!) {
      assert.match(String(input.sha256), /^[0-9a-f]{64}$/, String(input.path));
    }
    for (const field of ['plan', 'device', 'options', 'seed', 'versions']) assert.ok(field in manifest, field);
    const text2 = rows.join('') + JSON.stringify(summary);
    assert.ok(!text2.includes(out) && !text2.includes(sampleLab), 'rows and summary hold no path');
  });

  function shortened(line: string): string {
    return line.replace('limit: 50', 'limit: 2').replaceAll('./pairs', `${sampleLab}/pairs`);
  }
});

describe('wrong calls', () => {
  const wrong: [words: string[], line: string][] = [
    [['inspct'], 'there is no verb "inspct"'],
    [['toString'], 'there is no verb "toString"'],
    [['inspect'], 'expected DIR, got 0 words. See --help'],
    [['inspect', 'a', 'b'], 'expected DIR, got 2 words. See --help'],
    [['inspect', base, '--jsn'], "Unknown option '--jsn'. See --help"],
    [['inspect', base, '--device', 'tpu'], '--device tpu is not a device. Choose auto, cpu, webgpu or cuda'],
    [['inspect', base, '--threads', '-1'], "Option '--threads' argument is ambiguous"],
    [['inspect', base, '--threads', 'two'], '--threads two is not a whole number'],
    [['generate', base], '--prompt is missing. See --help'],
    [
      ['generate', base, '--prompt', 'x', '--max-new-tokens', '0'],
      '--max-new-tokens 0 is not a whole number from 1 on',
    ],
    [['generate', base, '--prompt', 'x', '--checkpoint', 'in'], '--checkpoint goes with --experiment. See --help'],
    [['generate', '--experiment', 'x.yaml', '--prompt', 'x'], '--checkpoint is missing. See --help'],
    [['logits', base, '--prompt', 'x'], '--out is missing. See --help'],
    [['run'], 'expected FILE, got 0 words. See --help'],
    [['run', path.join(sampleLab, 'lab.frankenstein.yaml'), '--shard', '2/2'], '--shard 2/2 is not i/n.'],
  ];
  for (const [words, line] of wrong) {
    it(words.map((word) => path.basename(word)).join(' '), async () => {
      const { code, stdout, stderr } = await command(...words, '--json');
      assert.ok(stderr.startsWith(`frankenstein ${words[0]}: ${line}`), stderr);
      assert.match(stderr, /^[^\n]+\n$/, 'one line');
      assert.equal(stdout, '');
      assert.equal(code, 2);
    });
  }

  it('a device that is not there is exit code 1, and nothing else is taken', async () => {
    const file = writeExperiment(
      folder(),
      `steps: [swap: { id: v, checkpoint: in, pairs: ${sampleLab}/pairs, limit: 1 }]`,
    );
    for (const words of [
      ['generate', base, '--prompt', 'hi'],
      ['run', file],
    ]) {
      const { code, stdout, stderr } = await command(...words, '--device', 'cuda', '--json');
      assert.match(stderr, /^frankenstein \w+: the device cuda cannot be used: [^\n]+\n$/);
      assert.equal(stdout, '');
      assert.equal(code, 1);
    }
    assert.ok(!existsSync(path.join(path.dirname(file), 'x.runs')));
  });

  it('no verb prints the usage: exit code 2; --help: 0', async () => {
    const [bare, help] = await Promise.all([command(), command('--help')]);
    assert.deepEqual([bare!.code, help!.code], [2, 0]);
    assert.match(help!.stdout, /^Usage: node dist\/cli\.js VERB/);
    assert.equal(bare!.stdout, help!.stdout);
  });
});
