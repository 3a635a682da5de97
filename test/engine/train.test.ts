/** Training through the command line: contract, frozen tensors, resuming, and what can be wrong with the input. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { WeightReader } from '../../src/core/files/weightReader';
import { generate } from '../../src/core/model/generate';
import { openModel } from '../../src/core/model/openModel';
import { fedModel } from '../../src/core/train/fedModel';
import { readMasterWeights } from '../../src/core/train/masterWeights';
import type { TrainRow, TrainSummary } from '../../src/shared/trainResults';
import { command, countLines, holderOf, startCommand, waitUntil } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { modelTools } from '../harness/modelTools';
import { itInFull } from '../harness/full';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const pictures = `${sampleLab}/evaluation/vision_to_reasoning.jsonl`;
const sums = `${sampleLab}/evaluation/reasoning.jsonl`;
const oracle = path.resolve('test/fixtures/oracle');

const sft = `method: sft, dataset: ${pictures}, steps: 6, batch: 3, saveEvery: 2, learningRate: 0.001`;
const grpo = `method: grpo, dataset: ${sums}, steps: 3, batch: 2, groupSize: 4, saveEvery: 1, learningRate: 0.0001`;
const step = (options: string) => `steps: [train: { id: train, output: ./out, ${options} }]`;

/** Where everything of an experiment with one train step lies. */
function places(file: string) {
  const directory = path.dirname(file);
  return { run: path.join(directory, 'x.runs/train'), output: path.join(directory, 'out') };
}

/** Runs the one step of a file and reads what it wrote. */
async function run(file: string, ...words: string[]) {
  const ended = await command('run', file, '--json', '--threads', '2', ...words);
  assert.equal(ended.code, 0, ended.stderr);
  const { steps } = JSON.parse(ended.stdout) as { steps: (TrainSummary & Record<string, unknown>)[] };
  return { summary: steps[0]!, rows: rowsOf(places(file).run), stderr: ended.stderr, ...places(file) };
}

function rowsOf(runFolder: string): TrainRow[] {
  const lines = readFileSync(path.join(runFolder, 'rows.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as TrainRow);
}

/** Everything that may not depend on how often a run was interrupted. */
function bytesOf(file: string): Record<string, string> {
  const { run: runFolder, output } = places(file);
  const files = [
    ...['rows.jsonl', 'summary.json'].map((name) => path.join(runFolder, name)),
    ...readdirSync(output).map((name) => path.join(output, name)),
  ];
  return Object.fromEntries(files.map((name) => [path.basename(name), readFileSync(name).toString('base64')]));
}

/** Names, types, shapes, metadata and bytes of the tensors in a folder, file by file. */
function tensorsOf(directory: string) {
  const shards = readdirSync(directory).filter((name) => name.endsWith('.safetensors'));
  return new Map(
    shards.sort().flatMap((file) => {
      const bytes = readFileSync(path.join(directory, file));
      const start = 8 + Number(bytes.readBigUInt64LE(0));
      const header = JSON.parse(bytes.subarray(8, start).toString()) as Record<
        string,
        { dtype: string; shape: number[]; data_offsets: [number, number] }
      >;
      return Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] = [0, 0], ...rest }]) => {
        const content = bytes.subarray(start + from, start + to);
        return [name === '__metadata__' ? `${file} metadata` : name, { file, dtype, shape, rest, content }] as const;
      });
    }),
  );
}

/** Holds an output against its start: all the same but the bytes of what is trained. @returns names that changed */
function changedTensors(from: string, output: string): string[] {
  const [before, after] = [tensorsOf(from), tensorsOf(output)];
  assert.deepEqual([...after.keys()], [...before.keys()]);
  return [...before].flatMap(([name, { content, ...facts }]) => {
    const { content: now, ...nowFacts } = after.get(name)!;
    assert.deepEqual(nowFacts, facts, name);
    return content.equals(now) ? [] : [name];
  });
}

describe('supervised fine-tuning', () => {
  it('lowers the loss, keeps what is frozen bit for bit, and writes a checkpoint that runs', async () => {
    const file = writeExperiment(
      folder(),
      step(`from: base, ${sft}, freeze: [late, { part: vision, component: norm }]`),
    );
    const { summary, rows, output, run: runFolder, stderr } = await run(file);
    assert.deepEqual(
      rows.map(({ key, step: number }) => [key, number]),
      [1, 2, 3, 4, 5, 6].map((number) => [`step/${number}`, number]),
    );
    assert.ok(rows[5]!.loss! < 0.8 * rows[0]!.loss!, `${rows[0]!.loss} → ${rows[5]!.loss}`);
    const { step: id, kind, device, from, method, output: told, steps, trained, frozen, loss } = summary;
    assert.deepEqual(
      { id, kind, device, from, method, told, steps },
      { id: 'train', kind: 'train', device: 'cpu', from: 'base', method: 'sft', told: './out', steps: 6 },
    );
    assert.deepEqual(frozen, { tensors: 60, parameters: 740_480, verified: true });
    assert.deepEqual(trained, { tensors: 164, parameters: 2_523_936 });
    assert.deepEqual(loss, [rows[0]!.loss, rows[5]!.loss]);
    assert.match(stderr, /frozen by late: 48 tensors with 739 k parameters: model\.layers\.\{8-11\}/);

    const changed = changedTensors(`${sampleLab}/base`, output);
    assert.ok(changed.every((name) => !/layers\.(8|9|10|11)\./.test(name) && !/blocks\.\d+\.norm/.test(name)));
    // Of norms and biases some do not move by as much as bfloat16 tells apart.
    assert.ok(changed.length > 120 && changed.length <= 164, `${changed.length}`);
    const sidecars = readdirSync(`${sampleLab}/base`);
    assert.deepEqual(readdirSync(output).sort(), sidecars.sort());
    for (const name of sidecars.filter((each) => !each.endsWith('.safetensors'))) {
      assert.ok(readFileSync(path.join(output, name)).equals(readFileSync(`${sampleLab}/base/${name}`)), name);
    }
    assert.deepEqual(
      readdirSync(runFolder).filter((name) => name.startsWith('state-')),
      ['state-2.safetensors', 'state-3.safetensors'],
    );
    const answer = await command('generate', output, '--prompt', 'What is 3+4?', '--json');
    assert.equal(answer.code, 0, answer.stderr);

    const again = bytesOf(file);
    await run(file);
    assert.deepEqual(bytesOf(file), again, 'a finished run is left as it is');
    rmSync(output, { recursive: true });
    rmSync(path.join(runFolder, 'summary.json'));
    await run(file);
    assert.deepEqual(bytesOf(file), again, 'what was removed is written again, from the last state');
    const twin = writeExperiment(
      folder(),
      step(`from: base, ${sft}, freeze: [late, { part: vision, component: norm }]`),
    );
    await run(twin);
    assert.deepEqual(bytesOf(twin), again, 'one seed, one result');
    const other = writeExperiment(folder(), step(`from: base, ${sft}, seed: 1, freeze: [late]`));
    assert.notEqual((await run(other)).rows[0]!.loss, rows[0]!.loss);
  }).timeout(240_000);

  it('killed at any moment, it ends in the same bytes', async () => {
    const options = step(`from: in, ${sft}, freeze: [vision, early]`);
    const undisturbed = writeExperiment(folder(), options);
    await run(undisturbed);
    const killed = writeExperiment(folder(), options);
    const { run: runFolder, output } = places(killed);
    for (const rows of [0, 2, 4]) {
      const started = startCommand(['run', killed, '--threads', '2']);
      const there = () => holderOf(runFolder) !== undefined && countLines(path.join(runFolder, 'rows.jsonl')) >= rows;
      assert.ok(await waitUntil(there, started.ended), `ended before row ${rows}`);
      process.kill(holderOf(runFolder)!, 'SIGKILL');
      await started.ended;
    }
    assert.ok(!existsSync(output));
    await run(killed);
    assert.deepEqual(bytesOf(killed), bytesOf(undisturbed));
    assert.deepEqual(
      readdirSync(path.dirname(output)).sort(),
      ['out', 'x.frankenstein.yaml', 'x.runs'],
      'nothing is left beside the output',
    );
  }).timeout(240_000);

  itInFull(
    'trains other layouts in their own types: three bfloat16 shards under new names, float16, a hybrid',
    async function (this: Mocha.Context) {
      this.timeout(300_000);
      for (const name of ['untied-bf16-3-shards-new-names', 'flat-config-f16', 'tied-f32']) {
        const checkpoint = `${oracle}/${name}/checkpoint`;
        const file = path.join(folder(), 'x.frankenstein.yaml');
        const options = `from: one, method: sft, dataset: ${sums}, steps: 1, learningRate: 0.01, freeze: [0-1]`;
        writeFileSync(file, ['version: 1', `checkpoints: { one: ${checkpoint} }`, step(options)].join('\n'));
        const { output, stderr } = await run(file);
        const changed = changedTensors(checkpoint, output);
        assert.ok(changed.some((tensor) => /layers\.1\.mlp/.test(tensor)));
        // The questions have no images: nothing drew at the tower.
        assert.ok(changed.every((tensor) => !/layers\.0\.|visual/.test(tensor)));
        assert.match(stderr, /frozen by 0-1/);
        assert.equal(existsSync(path.join(output, 'model.safetensors.index.json')), name.startsWith('untied'));
      }
      const hybrid = ['hybrids: { mix: [base, in, rl] }', step(`from: mix, ${sft}, freeze: [mid, late]`)];
      const { output } = await run(writeExperiment(folder(), ...hybrid));
      const [out, middle, late] = [output, `${sampleLab}/in`, `${sampleLab}/rl`].map(tensorsOf);
      for (const [name, { content }] of out!) {
        const layer = Number(/^model\.(?:language_model\.)?layers\.(\d+)\./.exec(name)?.[1] ?? 0);
        if (layer >= 4) assert.ok(content.equals((layer < 8 ? middle! : late!).get(name)!.content), name);
      }
    },
  );
});

describe('reinforcement learning', () => {
  it('samples, rewards, updates; resumed, it ends in the same bytes', async () => {
    const options = step(`from: in, ${grpo}, kl: 0.05, freeze: [early], temperature: 2, seed: 5`);
    const file = writeExperiment(folder(), options);
    const { summary, rows, output } = await run(file);
    assert.equal(rows.length, 3);
    for (const { reward, kl, length, idle, gradientNorm, samples } of rows) {
      assert.ok(reward! >= 0 && reward! <= 1 && [0, 0.5, 1].includes(idle!));
      assert.ok(Number.isInteger(reward! * 8) && length! > 1 && kl! >= 0 && Number.isFinite(gradientNorm));
      assert.ok(samples!.length >= 1 && samples!.length <= 4);
      assert.ok(samples!.every((sample) => sample.id.startsWith('reason_') && [0, 1].includes(sample.reward)));
    }
    // The first step's weights are those of the start.
    assert.ok(rows[0]!.kl! < 1e-9 && rows[2]!.kl! > rows[0]!.kl!);
    assert.ok(
      rows.some(({ idle }) => idle! < 1),
      'some group had answers of different worth',
    );
    assert.equal(summary.rewardSteps, 3);
    const mean = rows.reduce((sum, { reward }) => sum + reward! / 3, 0);
    assert.ok(Math.abs(summary.reward![0] - mean) < 1e-12);
    const changed = changedTensors(`${sampleLab}/in`, output);
    assert.ok(changed.length > 0 && changed.every((name) => !/layers\.[0-3]\.|visual/.test(name)));

    const cut = writeExperiment(folder(), options);
    const { run: runFolder } = places(cut);
    const started = startCommand(['run', cut, '--threads', '2']);
    const there = () => countLines(path.join(runFolder, 'rows.jsonl')) >= 1;
    assert.ok(await waitUntil(there, started.ended));
    process.kill(holderOf(runFolder)!, 'SIGKILL');
    await started.ended;
    await run(cut);
    assert.deepEqual(bytesOf(cut), bytesOf(file));
  }).timeout(240_000);

  it('what is always answered alike teaches nothing, and changes nothing', async () => {
    const file = writeExperiment(folder(), step(`from: in, ${grpo}, temperature: 0.0001`));
    const { rows, summary, output } = await run(file);
    assert.ok(rows.every(({ idle, gradientNorm, loss }) => idle === 1 && gradientNorm === 0 && loss === 0));
    assert.equal(summary.idleSteps, 3);
    assert.deepEqual(changedTensors(`${sampleLab}/in`, output), []);
  }).timeout(120_000);
});

describe('a model over weights in memory', () => {
  const tools = modelTools();
  after(() => tools.runtime.releaseAll());

  it('says what the one over the file says, and follows what is written to the weights', async () => {
    for (const directory of [`${sampleLab}/in`, `${oracle}/untied-bf16-3-shards-new-names/checkpoint`]) {
      const checkpoint = await openCheckpoint(directory);
      const opened = await openModel(checkpoint, tools);
      const reader = new WeightReader();
      const entries = [...checkpoint.tensors.values()];
      const values = readMasterWeights(entries, reader.read.bind(reader), new AbortController().signal);
      reader.close();
      const fed = fedModel(tools.runtime, opened.model.parts, { values, trained: new Set() });
      const picture = `${sampleLab}/evaluation/images/v2r_00000.png`;
      const [image] = await tools.images.process([picture], opened.preprocessor);
      assert.ok(image && !(image instanceof Error));
      const [tokens] = await opened.model.parts.codec.encode([{ images: 1, text: 'How many items are left?' }]);
      const answers = [];
      for (const model of [opened.model, fed]) {
        const prompts = await model.preparePrompts([{ tokens: tokens!, images: await model.encodeImages([image]) }]);
        answers.push((await generate(model, prompts, 12))[0]!.tokens);
      }
      assert.deepEqual(answers[1], answers[0]);
      values.get('model.norm.weight')!.fill(0);
      const prompts = await fed.preparePrompts([{ tokens: tokens!, images: await fed.encodeImages([image]) }]);
      // All logits are 0: the first token is the best.
      assert.deepEqual((await generate(fed, prompts, 2))[0]!.tokens, [0, 0]);
    }
  });
});

describe('a train step that cannot be run', () => {
  async function refused(options: string, pattern: RegExp, prepare: (directory: string) => void = () => undefined) {
    const directory = folder();
    const file = writeExperiment(directory, step(options));
    prepare(directory);
    const { code, stderr } = await command('run', file);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
    assert.ok(!existsSync(path.join(directory, 'x.runs/train/rows.jsonl')), 'nothing was started');
    return directory;
  }

  it('is refused before anything starts, with what to change', async () => {
    await refused(`from: in, ${sft}, freeze: [lat]`, /"lat" is no region, part or range of layers/);
    await refused(`from: in, ${sft}, freeze: [{ name: nothing.* }]`, /name nothing\.\*.* matches no tensor/);
    const all = 'freeze: [vision, projector, embeddings, languageModel]';
    await refused(`from: in, ${sft}, ${all}`, /everything is frozen/);
    const directory = await refused(`from: in, ${sft}`, /out exists and is not empty/, (place) => {
      mkdirSync(path.join(place, 'out'));
      writeFileSync(path.join(place, 'out/notes.txt'), 'mine');
    });
    assert.deepEqual(readdirSync(path.join(directory, 'out')), ['notes.txt']);
    await refused(`from: in, ${grpo.replace(sums, './odd.jsonl')}`, /no item that can be learnt from/, (place) => {
      writeFileSync(path.join(place, 'odd.jsonl'), '{"id":"a","question":"Which?","answer":"\\\\frac{1}{"}\n');
    });
    await refused(`from: in, ${sft.replace('steps: 6', 'steps: 9000000')}`, /9000000 steps; 1000000 are the most/);
    const { code, stderr } = await command(
      'run',
      writeExperiment(folder(), step(`from: in, ${sft}`)),
      '--shard',
      '0/2',
    );
    assert.equal(code, 2);
    assert.match(stderr, /cannot be cut into shards/);
  }).timeout(120_000);

  it('does not write over its output once the plan has changed, nor over what others changed', async () => {
    const directory = folder();
    const file = writeExperiment(directory, step(`from: in, ${sft}`));
    const { output, run: runFolder } = await run(file);
    const rows = readFileSync(path.join(runFolder, 'rows.jsonl'), 'utf8');
    writeExperiment(directory, step(`from: in, ${sft}, seed: 2`));
    const changed = await command('run', file);
    assert.equal(changed.code, 2, changed.stderr);
    assert.match(changed.stderr, /out exists and is not empty/);
    assert.equal(readFileSync(path.join(runFolder, 'rows.jsonl'), 'utf8'), rows);
    writeExperiment(directory, step(`from: in, ${sft}`));
    const fresh = await command('run', file, '--fresh');
    assert.equal(fresh.code, 2, fresh.stderr);
    assert.equal(readFileSync(path.join(runFolder, 'rows.jsonl'), 'utf8'), rows);
    writeFileSync(path.join(output, 'config.json'), '{}');
    const { code, stderr } = await command('run', file);
    assert.equal(code, 2, stderr);
  }).timeout(120_000);
});
