/** Logs of other tools as rows of a run. The fixtures have 20 items per task, 8 right by both models, 2 and 5 by one. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readEvaluateFacts, readEvaluateRows } from '../../../../src/core/evaluate/evaluateFacts';
import type { EvaluateSummary } from '../../../../src/shared/evaluateResults';
import type { InputError } from '../../../../src/shared/errors';
import { jsonl, runLogs, writeFiles } from '../../../harness/logRun';
import { refuses } from '../../../harness/refuses';
import { temporaryFolders } from '../../../harness/temporaryFolders';

const fixtures = path.resolve('test/fixtures/logs');
const transitions = { TT: 8, TF: 2, FT: 5, FF: 5 };
const folder = temporaryFolders();

function comparison({ comparisons }: EvaluateSummary, ability: string) {
  return comparisons.find((each) => each.ability === ability)!;
}

/** A line of lmms-eval. */
const sample = (id: number, right: boolean | null, more: object = {}) => ({
  doc_id: id,
  target: String(id * 2),
  filtered_resps: [`It is ${right === false ? id * 2 + 1 : id * 2}.`],
  ...(right === null ? {} : { exact_match: Number(right) }),
  ...more,
});

/** As `refuses`, and says so how to mend it. */
async function refusesWith(work: Promise<unknown>, message: RegExp, mend: RegExp): Promise<void> {
  await refuses(work, message);
  await work.catch((error: InputError) => assert.match(error.mend ?? '', mend));
}

describe('logs as a run', () => {
  it('lmms-eval: the newest run of each task, by the verdict in the metric', async () => {
    const logs = { base: `${fixtures}/lmms-eval/base`, in: `${fixtures}/lmms-eval/in` };
    const { plan, facts, rows, summary, logged } = await runLogs(folder(), { logs });
    assert.deepEqual(Object.keys(facts.abilities).sort(), ['toy_gsm', 'toy_vista']);
    assert.deepEqual(
      [facts.checkpoints, facts.chain],
      [
        ['base', 'in'],
        ['base', 'in'],
      ],
    );
    for (const task of ['toy_gsm', 'toy_vista']) {
      const found = comparison(summary, task);
      assert.deepEqual([found.n, found.transitions], [20, transitions]);
    }
    const vista = rows.find(({ key }) => key === 'in/toy_vista/12/image')!;
    assert.deepEqual([vista.text, vista.extracted, vista.correct], ['I see the shape; it is red.', 'red', true]);
    // Its results file says that the task shows no image; of its two filters the later one counts.
    const gsm = rows.find(({ key }) => key === 'base/toy_gsm/3/text')!;
    assert.deepEqual([gsm.extracted, gsm.correct], ['10', true]);
    assert.ok(logged.some((line) => line.includes('20260611_080000_samples_toy_vista.jsonl is not read')));
    assert.ok(
      logged.some((line) => line.includes('toy_vista (lmms-eval): an answer is right where "llm_as_judge_eval"')),
    );
    assert.equal(plan.inputs.length, 4);
    assert.deepEqual(
      plan.batches.flatMap(({ keys }) => keys),
      rows.map(({ key }) => key),
    );
    assert.deepEqual(readEvaluateFacts(JSON.parse(JSON.stringify(plan.facts))), facts);
    assert.equal(readEvaluateRows(rows).length, 80);
  });

  it('lm-evaluation-harness: one filter of two, and the likeliest option', async () => {
    const logs = { base: `${fixtures}/lm-eval/base`, in: `${fixtures}/lm-eval/in` };
    const { rows, summary, logged } = await runLogs(folder(), { logs });
    for (const task of ['toy_gsm', 'toy_even']) {
      const found = comparison(summary, task);
      assert.deepEqual([found.n, found.transitions], [20, transitions]);
    }
    assert.ok(
      logged.some((line) => line.includes('filter "flexible-extract"): an answer is right where "exact_match"')),
    );
    const option = rows.find(({ key }) => key === 'base/toy_even/1/text')!;
    assert.deepEqual([option.text, option.correct], ['no', true]);
    assert.equal(summary.floors.toy_gsm, null);
  });

  it('takes the filter and the metric that the step names', async () => {
    const logs = { base: `${fixtures}/lm-eval/base`, in: `${fixtures}/lm-eval/in` };
    const strict = await runLogs(folder(), { logs, filter: 'strict-match', metric: 'acc_norm' });
    assert.equal(strict.summary.abilities.toy_gsm!.in!.value, 0);
    assert.equal(strict.summary.abilities.toy_even!.in!.value, 0);
    const unknown = runLogs(folder(), { logs, filter: 'other' });
    await refusesWith(unknown, /no task has the filter "other"/, /There are none, strict-match, flexible-extract/);
    const metric = runLogs(folder(), { logs, metric: 'perplexity' });
    await refusesWith(metric, /no task has the metric "perplexity"/, /There are acc, acc_norm, exact_match/);
    await refuses(runLogs(folder(), { checkpoints: ['a'], metric: 'acc' }), /"metric" and "filter" .* are about logs/);
  });

  it('knows what was asked, and what is right', async () => {
    const logs = { base: `${fixtures}/lm-eval/base`, in: `${fixtures}/lm-eval/in` };
    const { plan, facts } = await runLogs(folder(), { logs });
    const itemsOf = (task: string) =>
      plan.items!.find(({ dataset }) => dataset === facts.abilities[task]!.dataset)!.items;
    const gsm = itemsOf('toy_gsm');
    assert.equal(gsm.length, 20);
    const seventh = gsm.find(({ id }) => id === '7')!;
    assert.deepEqual([seventh.question, seventh.answer], ['What is 3*7+1?', '22']);
    assert.equal(itemsOf('toy_even').find(({ id }) => id === '3')!.answer, 'no');
  });

  it('lets the rule judge where the logs have no verdict, and says so', async () => {
    const at = folder();
    const lines = (right: readonly boolean[]) =>
      right.map((each, i) => ({ ...sample(i, each), exact_match: undefined, bleu: 0.3 }));
    writeFiles(at, { 'base.jsonl': jsonl(lines([true, false, true])), 'in.jsonl': jsonl(lines([true, true, false])) });
    const { rows, summary, logged } = await runLogs(at, { logs: { base: './base.jsonl', in: './in.jsonl' } });
    assert.deepEqual(summary.comparisons[0]!.transitions, { TT: 1, TF: 1, FT: 1, FF: 0 });
    assert.equal(rows[1]!.extracted, '3');
    assert.ok(logged.some((line) => line.includes('the rule math does')));
  });

  it('takes no verdict that only one model has', async () => {
    const at = folder();
    // By its own metric everything of base is right; the rule sees that it is not.
    const base = [0, 1].map((i) => ({ ...sample(i, false), exact_match: 1 }));
    writeFiles(at, { 'base.jsonl': jsonl(base), 'in.jsonl': jsonl([sample(0, null), sample(1, null)]) });
    const { summary } = await runLogs(at, { logs: { base: './base.jsonl', in: './in.jsonl' } });
    assert.deepEqual(summary.comparisons[0]!.transitions, { TT: 0, TF: 0, FT: 2, FF: 0 });
  });

  it('reports lines that cannot be understood, and goes on', async () => {
    const at = folder();
    const good = jsonl([0, 1, 2, 3].map((i) => sample(i, true, { from: 'a later version', nested: { a: [1] } })));
    const truncated = jsonl([0, 1, 2].map((i) => sample(i, true))) + JSON.stringify(sample(3, true)).slice(0, 30);
    writeFiles(at, { 'base.jsonl': `${good}[]\n{"doc_id":9}\n`, 'in.jsonl': truncated });
    const { summary } = await runLogs(at, { logs: { base: './base.jsonl', in: './in.jsonl' } });
    const [task] = Object.keys(summary.leftOut);
    const said = summary.leftOut[task!]!.map(({ id, problem }) => `${id}: ${problem}`);
    assert.equal(summary.abilities[task!]!.base!.n, 4);
    assert.equal(comparison(summary, task!).n, 3);
    assert.equal(said.length, 4);
    assert.match(said[0]!, /^base: base\.jsonl, line 5: not a JSON object/);
    assert.match(said[1]!, /^base: base\.jsonl, line 6: it has not the fields of lmms-eval/);
    assert.match(said[2]!, /^in: in\.jsonl, line 4: not JSON/);
    assert.match(said[3]!, /^3: not every answer of in is there/);
  });

  it('leaves out items whose right answers differ, and those nobody can judge', async () => {
    const at = folder();
    const base = [sample(0, true), sample(1, true), { doc_id: 2, filtered_resps: ['x'] }];
    const other = [sample(0, true), { ...sample(1, true), target: '77' }, { doc_id: 2, filtered_resps: ['y'] }];
    writeFiles(at, { 'a_toy.jsonl': jsonl(base), 'b_toy.jsonl': jsonl(other) });
    const { facts } = await runLogs(at, { logs: { first: './a_toy.jsonl', second: './b_toy.jsonl' } });
    assert.deepEqual(facts.abilities.toy!.items, ['0']);
    const [conflict, unjudged] = facts.abilities.toy!.leftOut;
    assert.match(conflict!.problem, /first and second have different right answers under this id: "2", "77"/);
    assert.match(unjudged!.problem, /neither whether answers to it are right nor what is right/);
    assert.deepEqual(facts.chain, []);
  });

  it('keeps tools apart by task in one folder', async () => {
    const at = folder();
    mkdirSync(path.join(at, 'in'));
    const tsv = 'index\tanswer\tprediction\thit\n1\tA\tA\t1\n2\tB\tA\t0\n';
    writeFiles(path.join(at, 'in'), {
      'samples_toy_2026-01-02T03-04-05.6.jsonl': jsonl([sample(0, true)]),
      'in_MCQ.tsv': tsv,
    });
    const { summary } = await runLogs(at, { logs: { in: './in' } });
    assert.deepEqual(
      Object.entries(summary.abilities).map(([task, own]) => [task, own.in!.n, own.in!.value]),
      [
        ['MCQ', 2, 0.5],
        ['toy', 1, 1],
      ],
    );
  });

  it('takes the first items, or a sample of them', async () => {
    const logs = { base: `${fixtures}/lm-eval/base/samples_toy_gsm_2026-06-12T09-30-00.123456.jsonl` };
    const first = await runLogs(folder(), { logs, limit: 3 });
    assert.deepEqual(first.facts.abilities.toy_gsm!.items, ['0', '1', '2']);
    const drawn = await runLogs(folder(), { logs, limit: 3, seed: 1 });
    assert.equal(drawn.rows.length, 3);
    assert.notDeepEqual(drawn.facts.abilities.toy_gsm!.items, ['0', '1', '2']);
  });

  it('refuses what it cannot read, and says what it looked for', async () => {
    const at = folder();
    mkdirSync(path.join(at, 'empty'));
    mkdirSync(path.join(at, 'other'));
    writeFiles(path.join(at, 'other'), { 'results_2026.json': '{"results": {}}', 'notes.jsonl': '{"a":1}\n' });
    writeFiles(at, {
      'broken.json': '[{"index": 1, "prediction": "A"',
      'gone.pkl': new Uint8Array([0x80, 4, 0x2e]),
      'wordless.jsonl': jsonl([{ doc_id: 0, target: '', filtered_resps: ['x'] }]),
    });
    const read = (given: string | string[], more = {}) => runLogs(at, { logs: { base: given }, ...more });
    await refusesWith(
      read('./empty'),
      /has no file that could be a log/,
      /samples .* of lmms-eval and lm-evaluation-harness/,
    );
    await refusesWith(read('./other'), /other has no log that can be read/, /predictions .* of VLMEvalKit/);
    await refuses(read('./missing'), /missing/);
    await refusesWith(read('./broken.json'), /broken\.json is no log that can be read; line 1: not JSON/, /VLMEvalKit/);
    await refusesWith(read('./gone.pkl'), /is a pickle, which can run code/, /\.xlsx, \.tsv or \.json/);
    await refusesWith(read(['./wordless.jsonl']), /none of the answers can be used: 0: .*neither/, /wordless\.jsonl/);
    await refusesWith(
      read('./other', { reasoning: './x.jsonl' }),
      /has both "logs" and "reasoning"/,
      /without "reasoning"/,
    );
    await refuses(runLogs(at, { logs: {} }), /"logs" of the step "logs" is empty/);
  });

  it('asks which model a folder of several means', async () => {
    const at = folder();
    for (const model of ['one', 'two']) {
      mkdirSync(path.join(at, 'out', model), { recursive: true });
      const file = path.join(at, 'out', model, '20260101_000000_samples_toy.jsonl');
      writeFileSync(file, jsonl([sample(0, true)]));
    }
    await refusesWith(runLogs(at, { logs: { in: './out' } }), /"toy" in several folders/, /Name one model's folder/);
  });
});
