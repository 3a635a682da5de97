import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../../src/core/checkpoint/checkpoint';
import { planCompareStep } from '../../../src/core/compare/compareStep';
import type { WeightTools } from '../../../src/core/compare/weightTools';
import { loadExperiment, resolveCheckpoint, type Experiment } from '../../../src/core/experiment/experiment';
import { InputHashes } from '../../../src/core/experiment/inputHashes';
import { createManifest } from '../../../src/core/experiment/manifest';
import type { StepContext } from '../../../src/core/experiment/step';
import { stepSidecars } from '../../../src/core/experiment/stepSidecars';
import { temporaryFolders } from '../../harness/temporaryFolders';

const folder = temporaryFolders();
let file: string;
let experiment: Experiment;

before(async () => {
  const directory = folder();
  file = path.join(directory, 'x.frankenstein.yaml');
  for (const name of ['base', 'in', 'rl', 'alone']) {
    cpSync('media/sample-lab/base', path.join(directory, name), { recursive: true });
  }
  const template = path.join(directory, 'rl', 'chat_template.jinja');
  writeFileSync(template, `${readFileSync(template, 'utf8')}\nThink first.`);
  const config = path.join(directory, 'alone', 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"dtype": "bfloat16"', '"dtype": "float32"'));
  const checkpoints = 'checkpoints: { rl: ./rl, in: ./in, base: ./base, alone: ./alone }';
  writeFileSync(file, ['version: 1', checkpoints, 'hybrids: { h: [in, rl, rl] }', 'steps: []', ''].join('\n'));
  experiment = await loadExperiment(file);
});

function recorder() {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, log: { info: write('info'), warn: write('warn'), error: write('error') } };
}

describe('side files of the checkpoints of a step', () => {
  it('the chain in its order: what changes answers is logged, all is recorded as JSON', async () => {
    const { lines, log } = recorder();
    const record = await stepSidecars(experiment, ['base'], log);
    assert.deepEqual(JSON.parse(JSON.stringify(record)), record);
    assert.deepEqual(
      record.map(({ file: name, field, severity }) => [name, field, severity]),
      [['chat_template.jinja', null, 'changesAnswers']],
    );
    assert.deepEqual(Object.keys(record[0]!.values), ['base', 'in', 'rl']);
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^warn: side files differ: chat_template\.jinja: base .*, rl "Think first\."\. Questions/);
  });

  it('also of a checkpoint beside the chain; what is harmless is recorded and not logged', async () => {
    const { lines, log } = recorder();
    const record = await stepSidecars(experiment, ['alone'], log);
    assert.deepEqual(
      record.map(({ field, severity }) => [field, severity]),
      [
        [null, 'changesAnswers'],
        ['dtype', 'harmless'],
      ],
    );
    assert.equal(record[1]!.values.alone, '"float32"');
    assert.equal(lines.length, 1);
  });

  it("a hybrid: its donors', and whose files are used", async () => {
    const { lines, log } = recorder();
    await stepSidecars(experiment, ['h'], log);
    const used =
      'Configuration, chat template, tokenizer, image processor and stop tokens are those of in; those of rl are not used.';
    assert.equal(lines[0], `info: hybrid "h": ${used}`);
  });

  it('a comparison has them in its manifest', async () => {
    const { log } = recorder();
    const context = {
      experiment,
      device: 'cpu',
      log,
      openCheckpoint: (name: string) => openCheckpoint(resolveCheckpoint(experiment, name).directory),
      weights: { meter: undefined } as unknown as WeightTools, // nothing is computed
    } as unknown as StepContext;
    const plan = await planCompareStep({ id: 'c', phases: [['base', 'rl']], spectrum: false }, context);
    const hashes = await InputHashes.of([], experiment.directory, path.join(folder(), 'hashes.json'));
    const options = { runs: '', step: 'c', kind: 'compare', fresh: false, versions: {}, onProgress: () => undefined };
    const { sidecars, plan: hash } = createManifest(plan, context, options, hashes);
    assert.equal(sidecars!.length, 1);
    assert.equal(sidecars![0]!.file, 'chat_template.jinja');
    const agreed = createManifest({ ...plan, sidecars: [] }, context, options, hashes);
    assert.equal(agreed.plan, hash, 'what is only recorded begins no new run');
  });

  it('the rest of a chain need not be there', async () => {
    rmSync(path.join(experiment.directory, 'rl'), { recursive: true });
    const { lines, log } = recorder();
    assert.deepEqual(await stepSidecars(experiment, ['base'], log), []);
    assert.deepEqual(lines, []);
  });
});
