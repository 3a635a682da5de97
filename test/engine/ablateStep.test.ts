import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import type { Dataset, DatasetItem } from '../../src/core/evaluate/dataset';
import { loadExperiment } from '../../src/core/experiment/experiment';
import type { StepContext, StepPlan } from '../../src/core/experiment/step';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import { readAblateFacts, readAblateRows } from '../../src/core/probe/ablateFacts';
import { planAblate } from '../../src/core/probe/ablateStep';
import { summariseAblate } from '../../src/core/probe/ablateSummary';
import type { AblateRow, AblateSummary } from '../../src/shared/ablateResults';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { modelTools } from '../harness/modelTools';
import { temporaryFolders } from '../harness/temporaryFolders';

const tools = modelTools();
const folder = temporaryFolders();
const signal = new AbortController().signal;
let opened: OpenModel;

before(async () => {
  opened = await openModel(await openCheckpoint(path.join(sampleLab, 'in')), tools);
});
after(() => tools.runtime.releaseAll());

describe('the ablate step', () => {
  const mixed = () => [...labItems('reasoning', 3), ...labItems('vision_to_reasoning', 2)];

  it('writes the baseline, then a layer after the other, chunk after chunk', async () => {
    const { plan } = await planned('layers: [0, 7], visionLayers: 2-4, batch: 4, maxNewTokens: 30', mixed());
    const rows = await runAll(plan);
    const keys = (ids: string[], withImage: string[]) => [
      ...ids.map((id) => `${id}/baseline`),
      ...[2, 3].flatMap((layer) => withImage.map((id) => `${id}/vision/${layer}`)),
      ...[0, 7].flatMap((layer) => ids.map((id) => `${id}/languageModel/${layer}`)),
    ];
    const first = ['reason_00000', 'reason_00001', 'reason_00002', 'v2r_00000'];
    const expected = [...keys(first, ['v2r_00000']), ...keys(['v2r_00001'], ['v2r_00001'])];
    assert.deepEqual(
      rows.map(({ key }) => key),
      expected,
    );
    assert.deepEqual(
      plan.batches.flatMap(({ keys: own }) => own),
      expected,
    );
    assert.equal(
      plan.batches.reduce((sum, { units }) => sum + units, 0),
      expected.length,
    );
    assert.deepEqual(readAblateRows(rows), rows);
    const facts = readAblateFacts(JSON.parse(JSON.stringify(plan.facts)))!;
    assert.deepEqual(summariseAblate(facts, rows, true), plan.summarise(rows));
    for (const { text, correct, extracted, logLikelihood } of rows) {
      assert.ok(text !== null && correct !== null && extracted !== null && logLikelihood! < 0);
    }
    const summary = plan.summarise(rows) as unknown as AblateSummary;
    assert.deepEqual(
      summary.layers.map(({ part, layer, n }) => [part, layer, n]),
      [
        ['vision', 2, 2],
        ['vision', 3, 2],
        ['languageModel', 0, 5],
        ['languageModel', 7, 5],
      ],
    );
    assert.equal(summary.baseline.correct, rows.filter(({ layer, correct }) => layer === null && correct).length);
  });

  it('gives the same bytes when it begins anywhere', async () => {
    const options = 'layers: all, visionLayers: [1], batch: 4, maxNewTokens: 20';
    const { plan } = await planned(options, mixed());
    const batches = plan.batches.map((_, i) => i);
    const whole = new Map<number, string>();
    for (const index of batches) whole.set(index, JSON.stringify(await plan.runBatch(index, signal)));
    for (const from of [1, 2, 4, 6, 8]) {
      const again = (await planned(options, mixed())).plan;
      for (const index of batches.slice(from, from + 2)) {
        const bytes = JSON.stringify(await again.runBatch(index, signal));
        assert.equal(bytes, whole.get(index), `batch ${index} after a start at ${from}`);
      }
    }
  });

  it('says with the vision tower whole or not what a run of its own says', async () => {
    const items = labItems('vision_to_reasoning', 3);
    const { plan } = await planned('layers: [11], visionLayers: all, batch: 3, maxNewTokens: 30', items);
    const rows = await runAll(plan);
    for (const item of items) {
      const alone = await planned('layers: [11], visionLayers: all, batch: 1, maxNewTokens: 30', [item]);
      const own = await runAll(alone.plan);
      assert.deepEqual(
        own.map(({ key, text }) => [key, text]),
        rows.filter(({ id }) => id === item.id).map(({ key, text }) => [key, text]),
      );
    }
    const likelihoods = rows.filter(({ part }) => part !== 'languageModel').map(({ logLikelihood }) => logLikelihood);
    assert.equal(new Set(likelihoods).size, likelihoods.length, 'a layer changes nothing');
  });

  it('leaves out what cannot be asked, and says so', async () => {
    const whole = labItems('vision_to_reasoning', 1)[0]!;
    const place = folder();
    const torn = path.join(place, 'torn.png');
    writeFileSync(torn, readFileSync(whole.image!).subarray(0, 60)); // its header is whole
    const missing = path.join(place, 'missing.png');
    const items = [whole, { ...whole, id: 'torn', image: torn }, { ...whole, id: 'missing', image: missing }];
    const long = { ...labItems('reasoning', 1)[0]!, id: 'long', answer: '1'.repeat(2001) };
    const unjudged = { ...long, id: 'unjudged', answer: ' ' };
    const { plan, logged } = await planned(
      'layers: [3], visionLayers: [0], batch: 5, maxNewTokens: 4',
      [...items, long, unjudged],
      [{ id: 'odd', problem: 'it has no answer' }],
    );
    const rows = await runAll(plan);
    assert.deepEqual(
      rows.map(({ key }) => key),
      [`${whole.id}/baseline`, `${whole.id}/vision/0`, `${whole.id}/languageModel/3`],
    );
    const summary = plan.summarise(rows) as unknown as AblateSummary;
    assert.deepEqual(
      summary.leftOut.map(({ id }) => id),
      ['odd', 'missing', 'long', 'unjudged', 'torn'],
    );
    for (const { id } of summary.leftOut) {
      assert.ok(
        logged.some((line) => line.startsWith(`${id} is left out`)),
        `${id}: ${logged.join('\n')}`,
      );
    }
  });

  it('measures what it is asked to', async () => {
    const items = labItems('reasoning', 2);
    const [likelihood] = await runAll((await planned('layers: [0], scoring: likelihood', items)).plan);
    assert.deepEqual(
      { ...likelihood, logLikelihood: 0 },
      {
        key: 'reason_00000/baseline',
        id: 'reason_00000',
        part: null,
        layer: null,
        text: null,
        extracted: null,
        correct: null,
        logLikelihood: 0,
      },
    );
    const [generate] = await runAll((await planned('layers: [0], scoring: generate, maxNewTokens: 3', items)).plan);
    assert.equal(generate!.logLikelihood, null);
    assert.equal(generate!.truncated, true);
  });

  it('refuses what makes no sense', async () => {
    const text = labItems('reasoning', 1);
    await assert.rejects(planned('layers: [0], visionLayers: all', text), /none of its items has an image/);
    await assert.rejects(planned('layers: [12]', text), /layer 12 is past the last one/);
    const image = labItems('vision', 1);
    await assert.rejects(planned('visionLayers: [6]', image), /visionLayers: layer 6 is past the last one/);
    const nothing = text.map((item) => ({ ...item, answer: ' ' }));
    await assert.rejects(planned('layers: [0]', nothing), /has no item that can be asked/);
  });
});

/** @param options of the step beside checkpoint and data set */
async function planned(
  options: string,
  items: readonly DatasetItem[],
  leftOut: Dataset['leftOut'] = [],
): Promise<{ plan: StepPlan; logged: string[] }> {
  const step = `steps: [ablate: { id: reasoning, checkpoint: in, dataset: ./items.jsonl, ${options} }]`;
  const experiment = await loadExperiment(writeExperiment(folder(), step));
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const context = {
    experiment,
    device: 'cpu',
    log: { info: log, warn: log, error: log },
    signal,
    openModel: () => Promise.resolve(opened),
    dataset: () => Promise.resolve({ items, leftOut, files: [], imageFolder: '/' }),
    grader: {
      grade: (requests) =>
        Promise.resolve(requests.map(({ gold, text }) => ({ extracted: text, correct: text.includes(gold.answer) }))),
      problems: (golds) => Promise.resolve(golds.map(({ answer }) => (answer.trim() === '' ? 'it is empty' : null))),
    },
  } satisfies Partial<StepContext> as unknown as StepContext;
  return { plan: await planAblate(experiment.content.steps[0]!.ablate!, context), logged };
}

async function runAll(plan: StepPlan): Promise<AblateRow[]> {
  const rows: AblateRow[] = [];
  for (const index of plan.batches.keys()) rows.push(...((await plan.runBatch(index, signal)) as AblateRow[]));
  return rows;
}

function labItems(ability: string, count: number): DatasetItem[] {
  const place = path.join(sampleLab, 'evaluation');
  const lines = readFileSync(path.join(place, `${ability}.jsonl`), 'utf8')
    .split('\n')
    .slice(0, count);
  return lines.map((line) => {
    const { id, question, answer, image } = JSON.parse(line) as Record<'id' | 'question' | 'answer' | 'image', string>;
    return {
      id,
      question,
      answer,
      image: image ? path.join(place, image) : null,
      choices: [],
      answerType: null,
      unit: null,
      precision: null,
      description: null,
      reasoning: null,
      category: null,
    };
  });
}
