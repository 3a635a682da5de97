import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SwapRow } from '../../src/core/probe/swapSummary';
import type { EvaluateSummary } from '../../src/shared/evaluateResults';
import { assertAuthorsFroNorm, assertAuthorsSvd, type AuthorsFile } from '../harness/authorsFiles';
import { command } from '../harness/commandLine';
import { compareFacts, compareFixture, writeCompareRun } from '../harness/compareRun';
import { quickSwap, sampleLab, writeExperiment } from '../harness/experimentFile';
import { itInFull, sharedData } from '../harness/full';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const { rows, froNorm, layerwiseSvd } = compareFixture();

async function exported(run: string, format: string) {
  const out = path.join(folder(), 'new', 'export');
  const { code, stdout, stderr } = await command('export', run, '--format', format, '--out', out, '--json');
  assert.equal(code, 0, stderr);
  const { output, files } = JSON.parse(stdout) as { output: string; files: string[] };
  assert.equal(output, out);
  const text = (file: string) => readFileSync(path.join(out, file), 'utf8');
  return { files, stderr, text, table: (file: string) => parseCsv(text(file)) };
}

/** The lines of a table, by the names of its header. Fields of these tests have no quotes inside. */
function parseCsv(text: string): Record<string, string>[] {
  assert.ok(text.endsWith('\r\n'));
  const [header, ...lines] = text
    .slice(0, -2)
    .split('\r\n')
    .map((line) => line.split(','));
  for (const line of lines) assert.equal(line.length, header!.length);
  return lines.map((line) => Object.fromEntries(header!.map((name, i) => [name, line[i]!])));
}

describe('export of a compare run', () => {
  const compareRun = (part: Parameters<typeof compareFacts>[1] = {}, some = rows) =>
    writeCompareRun(path.join(folder(), 'x.runs'), 'updates', some, compareFacts(rows, part));

  it("writes the authors' files", async () => {
    const { files, text, stderr } = await exported(compareRun(), 'authors');
    assert.deepEqual([files, stderr], [['fro_norm.json', 'layerwise_svd.json'], '']);
    assertAuthorsFroNorm(text('fro_norm.json'), froNorm);
    assertAuthorsSvd(text('layerwise_svd.json'), layerwiseSvd);
  });

  it('writes tables of tensors, groups and singular values', async () => {
    const { files, table } = await exported(compareRun(), 'csv');
    assert.deepEqual(files, ['updates.csv', 'updates.summary.csv', 'updates.singularValues.csv']);
    const tensors = table('updates.csv');
    assert.equal(tensors.length, rows.length);
    const key = rows.findIndex(({ name, to }) => name.endsWith('11.self_attn.k_proj.weight') && to === 'rl');
    assert.equal(tensors[key]!.shape, rows[key]!.shape.join('x'));
    for (const field of ['energy', 'relativeEnergy', 'stableRank', 'toNorm'] as const) {
      assert.equal(Number(tensors[key]![field]), rows[key]![field]);
    }
    assert.ok(!('singularValues' in tensors[0]!));

    const layer = rows.filter(({ part, to }) => part === 'languageModel' && to === 'rl');
    const energy = Math.sqrt(layer.reduce((sum, row) => sum + row.energy! ** 2, 0));
    const groups = table('updates.summary.csv');
    const own = groups.find(
      (line) => line.group === 'layer' && line.part === 'languageModel' && line.layer === '11' && line.to === 'rl',
    )!;
    assert.ok(Math.abs(Number(own.energy) - energy) < 1e-9 * energy);
    assert.deepEqual([...new Set(groups.map(({ group }) => group))].sort(), ['component', 'layer', 'part', 'region']);

    const values = table('updates.singularValues.csv');
    assert.equal(
      values.length,
      rows.reduce((sum, { singularValues = [] }) => sum + singularValues.length, 0),
    );
    assert.deepEqual(values[0], {
      from: 'base',
      to: 'in',
      name: rows[0]!.name,
      rank: '1',
      singularValue: String(rows[0]!.spectral),
    });
  });

  it('without a spectrum: fro_norm.json alone, and it says so; no table of singular values', async () => {
    const run = compareRun({ spectrum: false });
    const { files, stderr } = await exported(run, 'authors');
    assert.deepEqual(files, ['fro_norm.json']);
    assert.match(
      stderr,
      /^warning: layerwise_svd\.json is left out: .* has no spectrum\. Give the step spectrum: true/,
    );
    assert.deepEqual((await exported(run, 'csv')).files, ['updates.csv', 'updates.summary.csv']);
  });

  it("unfinished or of one phase: tables of what there is, the authors' files not", async () => {
    const half = compareRun({}, rows.slice(0, 3));
    assert.equal((await exported(half, 'csv')).table('updates.csv').length, 3);
    const phases = compareFacts(rows).phases.slice(0, 1);
    await refused([half, '--format', 'authors'], /"updates" is not finished: 3 of 30 tensors are done/);
    await refused([compareRun({ phases }), '--format', 'authors'], /need two phases .* the run has base → in/);
  });

  itInFull("reproduces the authors' files of the whole sample lab", async function (this: Mocha.Context) {
    this.timeout(300_000);
    const phases = '[[base, in], [in, rl]]';
    const file = writeExperiment(folder(), 'steps:', `  - compare: { id: all, phases: ${phases}, spectrum: true }`);
    const { code, stderr } = await command('run', file, '--json');
    assert.equal(code, 0, stderr);
    const { text } = await exported(path.join(file.replace(/\.frankenstein\.yaml$/, '.runs'), 'all'), 'authors');
    const theirs = (name: string) =>
      JSON.parse(readFileSync(path.join(sharedData, 'oracle/lab', name), 'utf8')) as AuthorsFile;
    assertAuthorsFroNorm(text('fro_norm.json'), theirs('authors_fro_norm.json'));
    assertAuthorsSvd(text('layerwise_svd.json'), theirs('authors_layerwise_svd.json'));
  });
});

describe('export of a swap run', () => {
  let run: string;
  let own: SwapRow[];

  before(async () => {
    const swap = `${quickSwap}, functions: [counting, grounding], limit: 2, layers: 0-3`;
    const file = writeExperiment(folder(), 'steps:', `  - swap: { id: few, ${swap} }`);
    const { code, stderr } = await command('run', file, '--json');
    assert.equal(code, 0, stderr);
    run = path.join(file.replace(/\.frankenstein\.yaml$/, '.runs'), 'few');
    const lines = readFileSync(path.join(run, 'rows.jsonl'), 'utf8').trimEnd().split('\n');
    own = lines.map((line) => JSON.parse(line) as SwapRow);
  });

  it('writes its answers and its curves', async () => {
    const { files, text, table } = await exported(run, 'csv');
    assert.deepEqual(files, ['few.csv', 'few.summary.csv']);
    const answers = text('few.csv');
    assert.match(answers, /^function,id,layer,text,changed,adopted\r\n/);
    assert.equal(answers.match(/\r\n/g)!.length, 1 + own.length);
    const points = table('few.summary.csv');
    assert.equal(points.length, 2 * 3);
    for (const { function: name, layer, n, changed } of points) {
      const at = own.filter((row) => row.function === name && String(row.layer) === layer);
      assert.deepEqual([Number(n), Number(changed)], [at.length, at.filter((row) => row.changed).length]);
    }
  });

  it("writes the authors' files, with the truth of both images", async () => {
    const { files, text } = await exported(run, 'authors');
    assert.deepEqual(files, ['layer_swap_summary.json', 'layer_swap_results.jsonl']);
    const summary = JSON.parse(text('layer_swap_summary.json')) as {
      change_rates: Record<string, Record<string, number>>;
    };
    const changed = (task: string, layer: number) =>
      own.filter((row) => row.function === task && row.layer === layer && row.changed).length / 2;
    const rates = (task: string) => Object.fromEntries([0, 1, 2].map((layer) => [String(layer), changed(task, layer)]));
    assert.deepEqual(summary, {
      tasks: ['counting', 'grounding'],
      layers: [0, 1, 2],
      num_samples: 2,
      change_rates: { counting: rates('counting'), grounding: rates('grounding') },
    });
    const results = text('layer_swap_results.jsonl')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Result);
    assert.equal(results.length, 2 * 2 * 3);
    const [first] = results;
    const pair = JSON.parse(readFileSync('media/sample-lab/pairs/counting/data.jsonl', 'utf8').split('\n')[0]!) as {
      id: string;
      meta: { target_answer: string; source_answer: string };
    };
    const rowAt = (layer: SwapRow['layer']) => own.find((row) => row.id === pair.id && row.layer === layer)!;
    assert.deepEqual(first, {
      task: 'counting',
      sample_id: pair.id,
      layer: 0,
      original_answer: rowAt(null).text,
      swapped_answer: rowAt(0).text,
      answer_changed: rowAt(0).changed,
      target_answer: String(pair.meta.target_answer),
      source_answer: String(pair.meta.source_answer),
    });
    assert.match(results.at(-1)!.target_answer, /^\[\d+, \d+, \d+, \d+\]$/);
  });

  interface Result {
    readonly task: string;
    readonly target_answer: string;
  }

  it('a folder of runs: the tables of all, the other files in a folder per run; the rest is named', async () => {
    const runs = path.join(folder(), 'y.runs');
    cpSync(run, path.join(runs, 'few'), { recursive: true });
    writeCompareRun(runs, 'updates', rows, compareFacts(rows));
    writeCompareRun(runs, 'other', [], compareFacts([]), { kind: 'merge' });
    const tables = await exported(runs, 'csv');
    assert.deepEqual(tables.files, [
      'few.csv',
      'few.summary.csv',
      'updates.csv',
      'updates.summary.csv',
      'updates.singularValues.csv',
    ]);
    assert.match(
      tables.stderr,
      /^warning: left out: the run "other" is of the kind merge, .* swap, compare, evaluate, ablate, attention and train can be\.\n$/,
    );
    // The copy lies elsewhere: its inputs are absolute paths, so that the pairs are still found.
    assert.deepEqual((await exported(runs, 'authors')).files, [
      'few/layer_swap_summary.json',
      'few/layer_swap_results.jsonl',
      'updates/fro_norm.json',
      'updates/layerwise_svd.json',
    ]);
  });

  it("refuses the authors' files of other modes, and of pairs that have changed", async () => {
    const edited = (edit: (text: string) => string) => {
      const copy = path.join(folder(), 'z.runs', 'few');
      cpSync(run, copy, { recursive: true });
      const manifest = path.join(copy, 'manifest.json');
      writeFileSync(manifest, edit(readFileSync(manifest, 'utf8')));
      return copy;
    };
    const single = edited((text) => text.replaceAll('"suffix"', '"single"'));
    await refused([single, '--format', 'authors'], /swaps in mode single, .* Run the step with mode: suffix/);
    const changed = edited((text) => text.replace(/("path": "[^"]*data\.jsonl",[^}]*"sha256": ")\w/, '$1x'));
    await refused([changed, '--format', 'authors'], /data\.jsonl is not the file of pairs that the run was made of/);
    const running = edited((text) => text.replace('"state": "finished"', '"state": "cancelled"'));
    await refused([running, '--format', 'authors'], /"few" is not finished/);
  });
});

/** Exit code 2, one line, nothing written. */
async function refused(words: readonly string[], expected: RegExp): Promise<void> {
  const parent = folder();
  const out = path.join(parent, 'export');
  const { code, stdout, stderr } = await command('export', ...words, '--out', out);
  assert.match(stderr, expected);
  assert.equal(stderr.trim().split('\n').length, 1);
  assert.deepEqual([code, stdout, existsSync(out)], [2, '', false]);
}

describe('export of evaluate and ablate runs', () => {
  let runs: string;

  before(async () => {
    const data = path.join(sampleLab, 'evaluation');
    const evaluate = `checkpoints: [in, rl], vision: ${data}/vision.jsonl, reasoning: ${data}/reasoning.jsonl`;
    const file = writeExperiment(
      folder(),
      'steps:',
      `  - evaluate: { id: few, ${evaluate}, limit: 2, maxNewTokens: 24 }`,
      `  - ablate: { id: off, checkpoint: in, dataset: ${data}/reasoning.jsonl, layers: 0-2, limit: 2, maxNewTokens: 8 }`,
    );
    const { code, stderr } = await command('run', file, '--json');
    assert.equal(code, 0, stderr);
    runs = file.replace(/\.frankenstein\.yaml$/, '.runs');
  });

  const lines = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("writes the authors' files, questions and right answers from the data sets", async () => {
    const { files, text, stderr } = await exported(runs, 'authors');
    assert.equal(stderr, '');
    const own = lines(readFileSync(path.join(runs, 'few/rows.jsonl'), 'utf8'));
    const results = lines(text('few/results/rl/perception_general_vqa/B_black_image_prompt.jsonl'));
    const [item] = lines(readFileSync(path.join(sampleLab, 'evaluation/vision.jsonl'), 'utf8'));
    const row = own.find(({ key }) => key === `rl/vision/${String(item!.id)}/black`)!;
    assert.equal(results.length, 2);
    assert.deepEqual(
      ['id', 'question', 'gold_answer', 'full_response', 'predicted', 'correct', 'input_type'].map(
        (key) => results[0]![key],
      ),
      [item!.id, item!.question, item!.answer, row.text, row.extracted ?? '', row.correct, 'black_image_question'],
    );
    const summary = JSON.parse(readFileSync(path.join(runs, 'few/summary.json'), 'utf8')) as EvaluateSummary;
    const metrics = JSON.parse(text('few/paper_metrics.json')) as Record<string, Record<string, number>>;
    for (const name of ['in', 'rl']) {
      assert.equal(metrics[name]!.M_vis, summary.abilities.vision![name]!.value);
      assert.equal(metrics[name]!.M_rea, summary.abilities.reasoning![name]!.value);
    }
    assert.deepEqual(
      files.filter((file) => file.startsWith('off/')),
      ['config.json', 'splits/reasoning_seedNone_n2.jsonl']
        .concat(
          ['baseline', 'layer_0', 'layer_1'].flatMap((name) => [
            `results/${name}/reasoning.jsonl`,
            `results/${name}/summary.json`,
          ]),
        )
        .concat('all_results.json')
        .map((file) => `off/${file}`),
    );
    const [first] = lines(text('off/results/layer_1/reasoning.jsonl'));
    assert.deepEqual([first!.ablated_layer, first!.gold_answer, first!.ablation], [1, '10', 'layer_1']);
  });

  it('leaves questions empty, with a warning, when the data set has changed', async () => {
    const copy = path.join(folder(), 'y.runs', 'off');
    cpSync(path.join(runs, 'off'), copy, { recursive: true });
    const manifest = path.join(copy, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace(/("path": "[^"]*reasoning\.jsonl",[^}]*"sha256": ")\w/, '$1x'));
    const { text: written, stderr } = await exported(copy, 'authors');
    assert.match(
      stderr,
      /^warning: questions and right answers of the run "off" are left empty: .* has changed since the run/,
    );
    const [first] = lines(written('results/baseline/reasoning.jsonl'));
    assert.deepEqual([first!.question, first!.gold_answer], ['', '']);
  });

  it('writes a script and its data per figure', async () => {
    const { files } = await exported(runs, 'matplotlib');
    const figures = ['few.bars', 'off.accuracy.languageModel', 'off.likelihood.languageModel'];
    assert.deepEqual(
      files,
      figures.flatMap((name) => [`${name}.csv`, `${name}.py`]),
    );
  });
});

describe('what cannot be exported', () => {
  it('is refused with exit code 2, and nothing is written', async () => {
    const run = writeCompareRun(path.join(folder(), 'x.runs'), 'updates', rows, compareFacts(rows));
    const merge = writeCompareRun(path.join(folder(), 'x.runs'), 'a', [], compareFacts([]), { kind: 'merge' });
    const odd = writeCompareRun(path.join(folder(), 'x.runs'), 'odd', [], compareFacts([]), { facts: { phases: 3 } });
    await refused([run, '--format', 'xlsx'], /--format xlsx is not a format\. Choose csv, authors, matplotlib/);
    await refused([run], /--format is missing/);
    await refused([folder(), '--format', 'csv'], /is not a run: it has no manifest\.json/);
    await refused(
      [merge, '--format', 'authors'],
      /"a" is of the kind merge, .* Runs of swap, compare, evaluate and ablate can be/,
    );
    await refused([path.dirname(merge), '--format', 'csv'], /"a" is of the kind merge/);
    await refused([odd, '--format', 'csv'], /does not say what of compare was done/);
    const { code, stderr } = await command('export', run, '--format', 'csv');
    assert.deepEqual([code, /--out is missing/.test(stderr)], [2, true]);
  });

  it('a place that cannot be written leaves no part of a file', async () => {
    const run = writeCompareRun(path.join(folder(), 'x.runs'), 'updates', rows, compareFacts(rows));
    const place = folder();
    mkdirSync(path.join(place, 'updates.summary.csv'));
    const { code, stderr } = await command('export', run, '--format', 'csv', '--out', place);
    assert.notEqual(code, 0);
    assert.match(stderr, /updates\.summary\.csv/);
    assert.deepEqual(readdirSync(place).sort(), ['updates.csv', 'updates.summary.csv']);
  });
});
