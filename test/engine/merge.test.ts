/** Hybrids through the command line: virtual and written, the same to the last bit, and nothing half-written. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint, type TensorEntry } from '../../src/core/checkpoint/checkpoint';
import { command, holderOf, startCommand, type Ended } from '../harness/commandLine';
import { sampleLab } from '../harness/experimentFile';
import { full } from '../harness/full';
import { seededUniform } from '../../src/core/statistics/random';
import { sha256 } from '../harness/sha256';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const sharded = path.resolve('test/fixtures/oracle/untied-bf16-3-shards-new-names/checkpoint');
const six = ['IN:RL:RL', 'IN:IN:RL', 'IN:RL:IN', 'RL:IN:IN', 'RL:RL:IN', 'RL:IN:RL'];
const lab = { base: path.join(sampleLab, 'base'), in: path.join(sampleLab, 'in'), rl: path.join(sampleLab, 'rl') };

/** Writes an experiment of checkpoints and hybrids. */
function experiment(
  checkpoints: Readonly<Record<string, string>>,
  hybrids: object,
  steps: readonly object[] = [],
): string {
  const file = path.join(folder(), 'x.frankenstein.yaml');
  writeFileSync(file, JSON.stringify({ version: 1, checkpoints, hybrids, steps }));
  return file;
}

const paper = Object.fromEntries(six.map((name) => [name, name.toLowerCase().split(':')]));

function documentOf<T>({ code, stdout, stderr }: Ended): T {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

function bytesOf({ path: file, offset, length }: TensorEntry): Buffer {
  return readFileSync(file).subarray(offset, offset + length);
}

/** Every tensor of `merged` is the donor's that `donorOf` names, bit for bit. */
async function assertBits(merged: string, skeleton: string, donorOf: (entry: TensorEntry) => string): Promise<void> {
  const [own, like] = [await openCheckpoint(merged), await openCheckpoint(skeleton)];
  assert.deepEqual([...own.tensors.keys()].sort(), [...like.tensors.keys()].sort());
  assert.deepEqual(own.warnings, []);
  for (const [name, entry] of own.tensors) {
    const donor = (await openCheckpoint(donorOf(entry))).tensors.get(name)!;
    assert.ok(bytesOf(entry).equals(bytesOf(donor)), name);
    assert.deepEqual([entry.dtype, entry.shape], [donor.dtype, donor.shape], name);
  }
}

/** A copy with other weights: every byte of every shard's tensors is changed. */
function otherWeights(from: string): string {
  const to = folder();
  cpSync(from, to, { recursive: true });
  const random = seededUniform(3);
  for (const name of readdirSync(to).filter((file) => file.endsWith('.safetensors'))) {
    const bytes = readFileSync(path.join(to, name));
    const start = 8 + Number(bytes.readBigUInt64LE());
    for (let i = start; i < bytes.length; i += 2) bytes[i]! ^= 1 + Math.floor(random() * 15);
    writeFileSync(path.join(to, name), bytes);
  }
  return to;
}

describe('merge FILE --hybrid NAME --out DIR', () => {
  it('the fields of design; every tensor its donor’s; side files the skeleton’s; hashes in the metadata', async () => {
    const out = path.join(folder(), 'merged');
    const file = experiment(lab, paper);
    const { seconds, bytes, ...rest } = documentOf<Record<string, unknown>>(
      await command('merge', file, '--hybrid', 'IN:RL:RL', '--out', out, '--json'),
    );
    const files = readdirSync(out).sort();
    assert.deepEqual(rest, { output: out, files, verified: true });
    assert.ok((seconds as number) > 0);
    assert.equal(
      bytes,
      files.reduce((sum, name) => sum + readFileSync(path.join(out, name)).length, 0),
    );
    await assertBits(out, lab.in, ({ part, layer }) => (part === 'languageModel' && layer! >= 4 ? lab.rl : lab.in));
    for (const name of files.filter((other) => !/safetensors|README/.test(other))) {
      assert.ok(readFileSync(path.join(out, name)).equals(readFileSync(path.join(lab.in, name))), name);
    }
    const weights = readFileSync(path.join(out, 'model.safetensors'));
    const header = JSON.parse(weights.toString('utf8', 8, 8 + Number(weights.readBigUInt64LE()))) as {
      __metadata__: Record<string, string>;
    };
    assert.deepEqual(JSON.parse(header.__metadata__['frankenstein.donors']!), {
      in: { 'model.safetensors': sha256(path.join(lab.in, 'model.safetensors')) },
      rl: { 'model.safetensors': sha256(path.join(lab.rl, 'model.safetensors')) },
    });
    const card = readFileSync(path.join(out, 'README.md'), 'utf8');
    assert.match(card, /\| languageModel 0–3 \| in \|\n\| languageModel 4–11 \| rl \|/);
    for (const text of [card, header.__metadata__['frankenstein.recipe']!]) assert.ok(!text.includes(sampleLab));
    assert.deepEqual(readdirSync(path.dirname(out)), ['merged'], 'nothing is left beside it');
  });

  it('several shards: the layout, names and index of the skeleton; or other sizes', async () => {
    const checkpoints = { a: sharded, b: otherWeights(sharded) };
    const file = experiment(checkpoints, {
      h: { skeleton: 'a', layers: { '1-3': 'b' }, head: 'b', visionLayers: { 0: { mlp: 'b' } } },
    });
    const donorOf = ({ part, layer, component }: TensorEntry) => {
      const isB =
        part === 'head' ||
        (part === 'languageModel' && layer !== null && layer >= 1 && layer < 3) ||
        (part === 'vision' && layer === 0 && component === 'mlp');
      return isB ? checkpoints.b : checkpoints.a;
    };
    const same = path.join(folder(), 'same');
    documentOf(await command('merge', file, '--hybrid', 'h', '--out', same, '--json'));
    await assertBits(same, sharded, donorOf);
    const index = 'model.safetensors.index.json';
    const mapOf = (place: string) =>
      (JSON.parse(readFileSync(path.join(place, index), 'utf8')) as { weight_map: object }).weight_map;
    assert.deepEqual(mapOf(same), mapOf(sharded));
    const smaller = path.join(folder(), 'smaller');
    const words = ['merge', experiment(lab, paper), '--hybrid', 'RL:RL:IN', '--out', smaller, '--shard-size', '2'];
    const { files } = documentOf<{ files: string[] }>(await command(...words, '--json'));
    const shards = files.filter((name) => name.endsWith('.safetensors'));
    assert.deepEqual(
      shards,
      [1, 2, 3, 4].map((n) => `model-0000${n}-of-00004.safetensors`),
    );
    for (const name of shards) assert.ok(readFileSync(path.join(smaller, name)).length < 2.1e6);
    assert.ok(files.includes(index));
    await assertBits(smaller, lab.rl, ({ part, layer }) => (part === 'languageModel' && layer! >= 8 ? lab.in : lab.rl));
  });

  it('virtual and written answer with the same tokens', async () => {
    const file = experiment(lab, paper);
    const items = readFileSync(path.join(sampleLab, 'evaluation/reasoning.jsonl'), 'utf8')
      .split('\n')
      .slice(0, full ? 20 : 2);
    const questions = items.map((line) => (JSON.parse(line) as { question: string }).question);
    for (const hybrid of full ? six : six.slice(0, 2)) {
      const out = path.join(folder(), 'merged');
      documentOf(await command('merge', file, '--hybrid', hybrid, '--out', out, '--json'));
      for (const prompt of questions) {
        const tail = ['--prompt', prompt, '--max-new-tokens', '24', '--json'];
        const answers = await Promise.all([
          command('generate', '--experiment', file, '--checkpoint', hybrid, ...tail),
          command('generate', out, ...tail),
        ]);
        const [virtual, written] = answers.map((ended) => documentOf<{ tokens: number[] }>(ended).tokens);
        assert.deepEqual(virtual, written, `${hybrid}: ${prompt}`);
      }
    }
  }).timeout(600_000);

  it('a hybrid is a checkpoint for swap and compare', async () => {
    const runs = folder();
    const swap = {
      id: 's',
      checkpoint: 'h',
      pairs: path.join(sampleLab, 'pairs'),
      functions: ['ocr'],
      limit: 1,
      layers: [0],
      maxNewTokens: 4,
    };
    const file = experiment(lab, { h: ['in', 'rl', 'rl'], same: ['in', 'in', 'in'] }, [
      { swap },
      {
        compare: {
          id: 'c',
          phases: [
            ['in', 'h'],
            ['in', 'same'],
          ],
        },
      },
    ]);
    const { steps } = documentOf<{ steps: { phases: { regions: { energy: number }[] }[] }[] }>(
      await command('run', file, '--out', runs, '--json'),
    );
    const [changed, unchanged] = steps[1]!.phases;
    assert.deepEqual(
      unchanged!.regions.map(({ energy }) => energy),
      [0, 0, 0],
    );
    assert.ok(changed!.regions[0]!.energy === 0 && changed!.regions[1]!.energy > 0 && changed!.regions[2]!.energy > 0);
  });
});

describe('what cannot be merged: exit 2, one line, nothing written', () => {
  async function refuses(file: string, hybrid: string, said: RegExp, out = path.join(folder(), 'out')): Promise<void> {
    const before = existsSync(out) ? readdirSync(out) : null;
    const { code, stdout, stderr } = await command('merge', file, '--hybrid', hybrid, '--out', out, '--json');
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, said);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.deepEqual(existsSync(out) ? readdirSync(out) : null, before);
    assert.ok(!existsSync(path.join(path.dirname(out), `.${path.basename(out)}.merging`)));
  }

  it('an unknown hybrid or donor, layers that there are not', async () => {
    const file = experiment(lab, { h: ['in', 'rl', 'rl'], far: { skeleton: 'in', layers: { '8-13': 'rl' } } });
    await refuses(file, 'g', /has no hybrid "g"\. It has h, far/);
    await refuses(file, 'far', /layers "8-13" goes past the last layer: the model has 12/);
    await refuses(experiment(lab, { h: ['in', 'nobody', 'rl'] }), 'h', /"nobody" is no checkpoint of this file/);
  });

  it('donors of another architecture, or of other sizes', async () => {
    const llama = folder();
    cpSync(lab.rl, llama, { recursive: true });
    writeFileSync(path.join(llama, 'config.json'), '{"model_type":"llama","num_hidden_layers":12}');
    await refuses(
      experiment({ in: lab.in, llama }, { h: ['in', 'llama', 'in'] }),
      'h',
      /llama is a llama, its skeleton in a qwen2_5_vl/,
    );
    const other = { in: lab.in, other: sharded };
    await refuses(
      experiment(other, { h: { skeleton: 'in', layers: { 0: 'other' } } }),
      'h',
      /hybrid "h": (shapes differ|missing): model\.layers\.0/,
    );
  });

  it('an output that holds something, or lies inside a donor', async () => {
    const file = experiment(lab, paper);
    const full = folder();
    writeFileSync(path.join(full, 'note.txt'), 'mine');
    await refuses(file, 'IN:RL:RL', /exists and is not empty/, full);
    const copy = folder();
    cpSync(lab.in, copy, { recursive: true });
    const inside = experiment({ ...lab, in: copy }, paper);
    await refuses(inside, 'IN:RL:RL', /lies inside a donor's folder/, path.join(copy, 'merged'));
    const empty = folder();
    documentOf(await command('merge', file, '--hybrid', 'IN:RL:RL', '--out', empty, '--json'));
  });

  it('no file may become so large: exit 1, nothing under the final name, and resumed later', async () => {
    const out = path.join(folder(), 'out');
    const words = ['merge', experiment(lab, paper), '--hybrid', 'IN:RL:RL', '--out', out, '--json'];
    const { code, stderr } = await startCommand(words, 4000).ended; // 2 MB
    assert.equal(code, 1, stderr);
    assert.match(stderr, /model\.safetensors\.part.*too large/);
    assert.ok(!existsSync(out));
    documentOf(await command(...words));
    await assertBits(out, lab.in, ({ part, layer }) => (part === 'languageModel' && layer! >= 4 ? lab.rl : lab.in));
  });
});

describe('a merge step', () => {
  const step = { id: 'write', hybrid: 'IN:RL:RL', output: './merged' };

  it('summary and rows of design; done again it writes nothing', async () => {
    const file = experiment(lab, paper, [{ merge: step }]);
    const run = () => command('run', file, '--json');
    const { steps } = documentOf<{ steps: Record<string, unknown>[] }>(await run());
    const { files, bytes, ...rest } = steps[0]!;
    assert.deepEqual(rest, {
      step: 'write',
      kind: 'merge',
      device: 'cpu',
      hybrid: 'IN:RL:RL',
      output: './merged',
      verified: true,
    });
    assert.ok((files as string[]).includes('model.safetensors') && (bytes as number) > 6e6);
    const rows = readFileSync(path.join(path.dirname(file), 'x.runs/write/rows.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    assert.equal(rows.length, 224);
    assert.deepEqual(Object.keys(JSON.parse(rows[0]!) as object), ['key', 'name', 'donor']);
    assert.deepEqual(documentOf<{ steps: unknown[] }>(await run()).steps, steps);
  });

  it('killed at seeded moments: nothing under the final name but the whole', async () => {
    const random = seededUniform(Number(process.env.KILL_SEED ?? 7));
    for (let round = 0; round < (full ? 8 : 2); round++) {
      const file = experiment({ a: sharded, b: otherWeights(sharded) }, { h: ['a', 'b', 'b'] }, [
        { merge: { id: 'write', hybrid: 'h', output: './merged' } },
      ]);
      const out = path.join(path.dirname(file), 'merged');
      const started = startCommand(['run', file]);
      const run = path.join(path.dirname(file), 'x.runs/write');
      for (let waited = 0; holderOf(run) === undefined && waited < 500; waited++) await sleep(2);
      await sleep(random() * 60);
      const pid = holderOf(run);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await started.ended;
      if (existsSync(out)) await openCheckpoint(out); // it came too late: whole
      assert.equal((await command('run', file)).code, 0, `round ${round}`);
      const regions = ({ part, layer }: TensorEntry) => part === 'languageModel' && layer !== null && layer >= 2;
      const [a, b] = [sharded, otherWeights(sharded)];
      await assertBits(out, a, (entry) => (regions(entry) ? b : a));
      assert.deepEqual(readdirSync(path.dirname(file)).sort(), ['merged', 'x.frankenstein.yaml', 'x.runs']);
    }
  });

  it('a donor that changed since the run began', async () => {
    const copy = folder();
    cpSync(lab.rl, copy, { recursive: true });
    const file = experiment({ in: lab.in, rl: copy }, { h: ['in', 'rl', 'rl'] }, [{ merge: { ...step, hybrid: 'h' } }]);
    assert.equal((await command('run', file)).code, 0);
    const weights = path.join(copy, 'model.safetensors');
    writeFileSync(weights, readFileSync(lab.in + '/model.safetensors'));
    const { code, stderr } = await command('run', file);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /exists and is not empty|changed/);
  });
});
