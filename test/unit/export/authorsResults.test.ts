import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../../src/core/experiment/manifest';
import { readReportRuns } from '../../../src/core/experiment/report/reportRun';
import { authorsAblate } from '../../../src/core/export/authorsAblate';
import { authorsEvaluate } from '../../../src/core/export/authorsEvaluate';
import { authorsNames, pythonRound4 } from '../../../src/core/export/authorsPython';
import type { ExportedFile } from '../../../src/core/export/exportedFile';
import { sha256OfFile } from '../../../src/core/files/sha256';
import { noParquet } from '../../harness/noParquet';
import { evaluateFixture, writeResultRun } from '../../harness/resultRun';
import { temporaryFolders } from '../../harness/temporaryFolders';
import { ablateFactsOf, ablateRowOf } from '../probe/ablateRows';

const folder = temporaryFolders();
const json = (files: readonly ExportedFile[] | null, name: string) =>
  JSON.parse(files!.find((file) => file.name === name)!.content) as Record<string, unknown>;
const jsonLines = (files: readonly ExportedFile[] | null, name: string) =>
  files!
    .find((file) => file.name === name)!
    .content.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** A run beside its data set. */
async function runOf(kind: string, run: Parameters<typeof writeResultRun>[3], part: Partial<Manifest> = {}) {
  const place = folder();
  const data = path.join(place, 'items.jsonl');
  const items = Array.from({ length: 8 }, (_, i) => ({ id: `item ${i}`, question: `What is ${i}?`, answer: `${i}` }));
  writeFileSync(data, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  const inputs = [{ path: data, kind: 'data' as const, size: 1, sha256: await sha256OfFile(data) }];
  const all = { inputs: inputs as unknown as Manifest['inputs'], ...part };
  const [only] = await readReportRuns(writeResultRun(path.join(place, 'x.runs'), 'run', kind, run, all));
  return { run: only!, data };
}

function tools() {
  const warnings: string[] = [];
  return { warnings, parquet: noParquet, warn: (text: string) => void warnings.push(text) };
}

describe("the authors' files of an evaluation", () => {
  it('are laid out as theirs, with transitions between the settings of each model', async () => {
    const own = tools();
    const { run } = await runOf('evaluate', evaluateFixture(), { seed: 123, options: { maxNewTokens: 48, seed: 123 } });
    const files = await authorsEvaluate(run, own);
    assert.deepEqual(own.warnings, []);
    const folderOf = (name: string) => [
      `results/${name}/perception_general_vqa/A_image_prompt.jsonl`,
      `results/${name}/perception_general_vqa/B_black_image_prompt.jsonl`,
      `results/${name}/perception_general_vqa/summary.json`,
    ];
    const names = files!.map(({ name }) => name);
    for (const name of ['base', 'in', 'rl', 'IN_RL_RL'].flatMap(folderOf)) assert.ok(names.includes(name), name);
    assert.ok(
      names.includes('splits/general_vqa_seed123_n8.jsonl') && names.includes('splits/math500_seed123_n8.jsonl'),
    );
    assert.deepEqual(json(files, 'results/base/perception_general_vqa/summary.json'), {
      ...{ N: 8, acc_A: 0.5, acc_B: 0, delta_acc: 0.5, n_TT: 0, n_TF: 4, n_FT: 0, n_FF: 4, net_gain: -4 },
      ...{ side_effect_rate: 1, lift_rate: 0, setting_A: 'A_image_prompt', setting_B: 'B_black_image_prompt' },
      ...{
        experiment: 'perception_general_vqa',
        model: 'base',
        description: 'General VQA (perception test)',
        M_vis: 0.5,
      },
    });
    assert.deepEqual(json(files, 'results/in/reasoning_math500/summary.json'), {
      ...{ N: 8, acc: 0.875, correct: 7, setting: 'A_prompt_only', experiment: 'reasoning_math500', model: 'in' },
      ...{ description: 'MATH-500 (reasoning test)', M_rea: 0.875 },
    });
    assert.deepEqual(json(files, 'paper_metrics.json')['IN:RL:RL'], { M_vis: 0.75, M_rea: 0.75 });
    const [first] = jsonLines(files, 'results/in/reasoning_math500/A_prompt_only.jsonl');
    assert.deepEqual(first, {
      ...{ id: 'item 0', input_type: 'question_only', question: 'What is 0?', gold_answer: '0', predicted: '0' },
      ...{ correct: false, full_response: 'It is 0.', model_type: 'base', timed_out: false, inference_time: null },
      ...{
        dataset: 'reasoning_math500',
        model: 'in',
        setting: 'A_prompt_only',
        correct_gpt: null,
        correct_primary: false,
      },
    });
    const config = json(files, 'config.json');
    assert.deepEqual(
      [config.sft_model, config.sample_seed, config.sample_size, config.max_new_tokens, config.temperature],
      ['in', 123, 8, 48, 0],
    );
  });

  it("count a judge's verdict as they do", async () => {
    const { facts, rows } = evaluateFixture();
    const judged = rows.map((row, i) => (i % 2 === 0 ? { ...row, judge: { correct: true } } : row));
    const options = { judge: { url: 'http://localhost', model: 'm' } };
    const { run } = await runOf('evaluate', { facts, rows: judged }, { options });
    const files = await authorsEvaluate(run, tools());
    const [first] = jsonLines(files, 'results/base/perception_general_vqa/A_image_prompt.jsonl');
    assert.deepEqual(
      [first!.correct, first!.correct_gpt, first!.correct_primary, first!.gpt_grade],
      [false, true, true, { is_correct: true, grader_model: 'm' }],
    );
    assert.equal(json(files, 'results/base/perception_general_vqa/summary.json').n_TF, 8);
  });

  it('have no questions when the data set has changed or is gone, and say so', async () => {
    const own = tools();
    const { run, data } = await runOf('evaluate', evaluateFixture());
    writeFileSync(data, '{"id": "item 0", "question": "another", "answer": "1"}\n');
    const files = await authorsEvaluate(run, own);
    assert.equal(jsonLines(files, 'results/in/reasoning_math500/A_prompt_only.jsonl')[0]!.question, '');
    assert.match(own.warnings[0]!, /"run" are left empty: .*items\.jsonl has changed since the run/);
  });

  it('are refused of unfinished runs, of several samples, and of the tasks of others', async () => {
    const { facts, rows } = evaluateFixture();
    const refused = async (run: { facts: object; rows: typeof rows }, part: Partial<Manifest>, expected: RegExp) =>
      assert.rejects(authorsEvaluate((await runOf('evaluate', run, part)).run, tools()), expected);
    await refused({ facts, rows }, { state: 'cancelled' }, /"run" is not finished/);
    await refused({ facts: { ...facts, samples: 4 }, rows }, {}, /has 4 answers per question/);
    await refused(
      { facts: { ...facts, abilities: { gsm: facts.abilities.reasoning } }, rows },
      {},
      /has none of vision/,
    );
    assert.equal(await authorsEvaluate((await runOf('evaluate', { facts: {}, rows })).run, tools()), null);
  });
});

describe("the authors' files of an ablation", () => {
  const ids = ['item 0', 'item 1', 'item 2'];
  const facts = { ...ablateFactsOf(ids, [2, 5]), dataset: './items.jsonl' };
  const rows = ids.flatMap((id, i) => [
    ablateRowOf(id, null, true),
    ablateRowOf(id, 2, i === 0),
    ablateRowOf(id, 5, true),
  ]);

  it('are laid out as theirs', async () => {
    const { run } = await runOf('ablate', { facts, rows });
    const files = await authorsAblate(run, tools());
    const summary = { experiment: 'layer_2', ablated_layer: 2, accuracy: 0.3333, correct: 1, total: 3 };
    assert.deepEqual(json(files, 'results/layer_2/summary.json'), summary);
    const all = json(files, 'all_results.json');
    assert.deepEqual(Object.keys(all), ['baseline', 'layer_2', 'layer_5']);
    assert.deepEqual(all.layer_2, summary);
    assert.deepEqual(jsonLines(files, 'results/baseline/items.jsonl')[1], {
      ...{ id: 'item 1', question: 'What is 1?', gold_answer: '1', predicted: '', correct: true },
      ...{ full_response: 'a text', model_type: 'base', model: 'base', ablation: 'baseline', ablated_layer: -1 },
    });
    assert.deepEqual(json(files, 'config.json').layers_to_ablate, [2, 5]);
    assert.deepEqual(
      jsonLines(files, 'splits/items_seedNone_n3.jsonl'),
      ids.map((id) => ({ id })),
    );
  });

  it('leave vision layers out with a warning, and are refused without answers', async () => {
    const own = tools();
    const layers = [...facts.layers, { part: 'vision' as const, layer: 2 }];
    const odd = [...rows, { ...rows[1]!, key: 'v', part: 'vision' as const, correct: true }];
    const files = await authorsAblate((await runOf('ablate', { facts: { ...facts, layers }, rows: odd })).run, own);
    assert.equal(json(files, 'results/layer_2/summary.json').correct, 1);
    assert.match(own.warnings[0]!, /vision tower of the run "run" are left out/);
    const likelihood = await runOf('ablate', { facts: { ...facts, scoring: 'likelihood' }, rows });
    await assert.rejects(authorsAblate(likelihood.run, tools()), /has no answers of ablated decoder layers/);
  });
});

describe("numbers and names as the authors' Python has them", () => {
  it('rounds to four decimals, ties to even', () => {
    const cases = [
      [1 / 3, 0.3333],
      [2 / 3, 0.6667],
      [1 / 32, 0.0312],
      [3 / 32, 0.0938],
      [-1 / 32, -0.0312],
      [0.875, 0.875],
      [1, 1],
      [0.00005, 0.0001],
    ];
    for (const [share, rounded] of cases) assert.equal(pythonRound4(share!), rounded, String(share));
  });

  it('makes names of folders that stay apart and stay inside', () => {
    const names = [...authorsNames(['IN:RL:RL', 'IN/RL/RL', 'IN RL RL', '..', '', 'a.b-c_d']).values()];
    assert.deepEqual(names, ['IN_RL_RL', 'IN_RL_RL_2', 'IN_RL_RL_3', '_', '__2', 'a.b-c_d']);
  });
});
