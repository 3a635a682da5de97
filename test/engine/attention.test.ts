import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { stepById } from '../../src/core/experiment/experiment';
import { runStep } from '../../src/core/experiment/runStep';
import type { StepPlan } from '../../src/core/experiment/step';
import { preparePrompt } from '../../src/core/model/answer';
import { decoderNames } from '../../src/core/model/decoder';
import type { RowInput } from '../../src/core/model/decoderFeeds';
import { DecoderRun } from '../../src/core/model/decoderRun';
import { generate } from '../../src/core/model/generate';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import { readAnswer, receivedAttention } from '../../src/core/model/receivedAttention';
import type { Prompt } from '../../src/core/model/visionLanguageModel';
import { readAttentionRows } from '../../src/core/probe/attentionFacts';
import { planAttention } from '../../src/core/probe/attentionStep';
import type { AttentionRow, AttentionSummary } from '../../src/shared/attentionResults';
import { sampleLab } from '../harness/experimentFile';
import { full, sharedData } from '../harness/full';
import { modelTools } from '../harness/modelTools';
import { oracleFixtures, wholeOracle } from '../harness/oracle';
import { stepContext } from '../harness/stepContext';
import { temporaryFolders } from '../harness/temporaryFolders';

const tools = modelTools();
after(() => tools.runtime.releaseAll());

/** Between attention computed by two programs, and between two ways to cut the same work. */
const bound = 1e-4;
const rounding = 1e-6;

for (const set of full ? wholeOracle(sharedData) : oracleFixtures()) {
  describe(`attention of transformers: ${set.name}`, () => {
    let opened: OpenModel;
    before(async () => {
      opened = await openModel(await openCheckpoint(set.checkpoint), tools);
    });

    for (const golden of set.cases.filter(({ images }) => images.length > 0)) {
      it(`case ${golden.case}: what the image receives`, async () => {
        const paths = golden.images.map((name) => set.image(name));
        const { prompt } = await preparePrompt(opened, golden.prompt, paths);
        const length = prompt.tokens.length;
        const expected = set.tensors.get(`${golden.case}.attention_to_image`)!;
        const last = length - 1;
        const queries = [[last], [prompt.imageEnd], [prompt.imageEnd, last - 1, last]];
        const decoder = await opened.model.decoder('received');
        const rows = queries.map((some) => weighted(prompt, some));
        for (const [q, layers] of (await receivedAttention(decoder, rows)).entries()) {
          layers.forEach((received, l) => {
            const some = queries[q]!;
            const truth = some.reduce((sum, query) => sum + expected[l * length + query]!, 0) / some.length;
            assertClose(total(received), 1, `layer ${l}: all attention`);
            assertClose(total(onImage(received, prompt)), truth, `layer ${l}, queries ${some.join()}`);
            assert.ok(
              received.subarray(Math.max(...some) + 1).every((attention) => attention === 0),
              'the future',
            );
          });
        }
      });
    }
  });
}

describe('received attention', () => {
  let opened: OpenModel;
  let rows: RowInput[];
  before(async () => {
    opened = await openModel(await openCheckpoint(path.join(sampleLab, 'in')), tools);
    const { model } = opened;
    const answers = await model.embed([[5, 6, 7], Array.from({ length: 40 }, (_, i) => i + 3), [9]]);
    rows = [];
    for (const [i, answer] of answers.entries()) {
      const { prompt } = await preparePrompt(opened, 'How many? '.repeat(3 * i + 1), [imageOf(i)]);
      const count = answer.length / model.parts.text.hiddenSize;
      rows.push(readAnswer(prompt, answer, new Float32Array(count).fill(1 / count)));
    }
  });

  it('is the same in pieces and in one', async () => {
    const decoder = await opened.model.decoder('received');
    const whole = await receivedAttention(decoder, rows, undefined, 4096);
    for (const piece of [1000, 64, 33, 7]) {
      assertSame(await receivedAttention(decoder, rows, undefined, piece), whole, `pieces of ${piece}`);
    }
  });

  it('is the same in a batch and alone', async () => {
    const decoder = await opened.model.decoder('received');
    const together = await receivedAttention(decoder, rows);
    for (const [r, row] of rows.entries()) {
      const [alone] = await receivedAttention(decoder, [row]);
      assertSame([alone!], [together[r]!], `row ${r}`);
    }
  });

  it('is nothing in a layer that is off', async () => {
    const decoder = await opened.model.decoder('received');
    const layersOn = decoder.layersOn.map((_, l) => l !== 3);
    const [layers] = await receivedAttention({ ...decoder, layersOn }, rows.slice(0, 1));
    assert.deepEqual(
      layers!.map((received) => Math.round(total(received))),
      layersOn.map(Number),
    );
  });
});

describe('an attention step', () => {
  const folder = temporaryFolders();
  const dataset = path.join(sampleLab, 'evaluation/vision_to_reasoning.jsonl');
  const models = new Map<string, Promise<OpenModel>>();

  const plan = async (options: string, given = dataset, checkpoints = '') => {
    const file = path.join(folder(), 'x.frankenstein.yaml');
    const text = `version: 1
checkpoints: { base: ${sampleLab}/base, in: ${sampleLab}/in, rl: ${sampleLab}/rl${checkpoints} }
hybrids: { "IN:RL:RL": [in, rl, rl], "RL:RL:RL": [rl, rl, rl] }
steps:
  - attention: { id: shift, dataset: "${given}", ${options} }
`;
    const { context, logged } = stepContext(file, text, tools, models);
    const made = await planAttention(stepById(context.experiment, 'shift').attention!, context);
    return { context, logged, made };
  };
  const run = async (options: string, given = dataset) => {
    const { made, logged } = await plan(options, given);
    const rows = await allRows(made);
    return { made, rows, logged, summary: made.summarise(rows) as unknown as AttentionSummary };
  };

  it('gives a row per checkpoint, item and layer, which add up', async () => {
    const { rows, summary, made } = await run('checkpoints: [in, rl], limit: 3, maxNewTokens: 48');
    assert.equal(rows.length, 2 * 3 * 12);
    assert.deepEqual(readAttentionRows(rows), rows);
    assert.deepEqual(
      rows.map(({ key }) => key),
      made.batches.flatMap(({ keys }) => keys),
    );
    for (const { key, mass, perToken, sink, imageSink, grids, patches, largest, tokens } of rows) {
      const [[height, width]] = grids as [[number, number]];
      const bytes = Buffer.from(patches, 'base64');
      assert.equal(bytes.length, height * width, key);
      assertClose(perToken * bytes.length, mass, key, rounding);
      assert.equal(Math.max(...bytes), 255, key);
      assertClose((total(bytes) * largest) / 255, mass, key, (bytes.length * largest) / 500);
      assert.ok(mass > 0 && sink > 0 && mass + sink <= 1 + rounding && imageSink <= mass && tokens > 0, key);
    }
    const tokensOf = (name: string) => rows.filter(({ checkpoint }) => checkpoint === name).map(({ tokens }) => tokens);
    assert.deepEqual(tokensOf('rl'), tokensOf('in'), 'both read the same text');
    const layer = summary.checkpoints.rl!.layers[7]!;
    const masses = rows.filter((row) => row.checkpoint === 'rl' && row.layer === 7).map(({ mass }) => mass);
    assertClose(layer.mass, total(masses) / 3, 'the mean over items', rounding);
    assert.equal(summary.difference.length, 12);
  });

  it('measures the attention of the tokens that the checkpoint itself answers', async () => {
    const { rows } = await run('checkpoints: [rl, in], limit: 1, maxNewTokens: 48');
    const { model, ...opened } = await openModel(await openCheckpoint(path.join(sampleLab, 'rl')), tools);
    const item = JSON.parse(readFileSync(dataset, 'utf8').split('\n')[0]!) as { question: string; image: string };
    const image = path.join(sampleLab, 'evaluation', item.image);
    const { prompt } = await preparePrompt({ model, ...opened }, item.question, [image]);
    const [generated] = await generate(model, [prompt], 48);
    const answer = generated!.tokens.slice(0, -1);
    assert.ok(model.parts.stopTokens.includes(generated!.tokens.at(-1)!), 'the answer ends');

    const [embedded] = await model.embed([answer]);
    const row = readAnswer(prompt, embedded!, new Float32Array(answer.length));
    const imageTokens = new Uint8Array(prompt.tokens.length + answer.length);
    imageTokens.set(prompt.imageTokens);
    const names = Array.from({ length: 12 }, (_, l) => decoderNames.attentionToImage(l));
    const decoder = DecoderRun.fresh(await model.decoder('inner'), 1);
    const { outputs } = await decoder.extend([{ ...row, imageTokens }], [[]], names);
    rows.slice(0, 12).forEach(({ mass, tokens, checkpoint }, l) => {
      const ofAnswer = (outputs[names[l]!]!.data as Float32Array).subarray(prompt.tokens.length);
      assert.deepEqual([checkpoint, tokens], ['rl', answer.length]);
      assertClose(mass, total(ofAnswer) / answer.length, `layer ${l}`, rounding);
    });
  });

  it('does not depend on the batches', async () => {
    const options = 'checkpoints: [in, "IN:RL:RL"], limit: 5, maxNewTokens: 32, span: think';
    const { rows: whole } = await run(options);
    assert.ok(new Set(whole.map(({ tokens }) => tokens)).size > 1, 'answers of several lengths');
    for (const batch of [1, 2]) {
      const { rows } = await run(`${options}, batch: ${batch}`);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      assert.equal(rows.length, whole.length);
      for (const row of whole) {
        const other = byKey.get(row.key)!;
        assert.equal(other.tokens, row.tokens);
        for (const field of ['mass', 'perToken', 'sink', 'imageSink', 'largest'] as const) {
          assertClose(other[field], row[field], `${row.key} ${field}`, 1e-5);
        }
      }
    }
  });

  it('takes hybrids for what they are', async () => {
    const { rows } = await run('checkpoints: [in, rl, "RL:RL:RL"], text: own, limit: 2, maxNewTokens: 32');
    const of = (name: string) => rows.filter(({ checkpoint }) => checkpoint === name);
    const named = (some: AttentionRow[]) => some.map((row) => ({ ...row, key: '', checkpoint: '' }));
    assert.deepEqual(named(of('RL:RL:RL')), named(of('rl')));
    assert.notDeepEqual(named(of('in')), named(of('rl')));
  });

  it('leaves out what has no image, no readable image or no such span, and says so', async () => {
    const place = folder();
    mkdirSync(path.join(place, 'images'));
    copyFileSync(imageOf(0), path.join(place, 'images/a.png'));
    const whole = readFileSync(imageOf(1));
    writeFileSync(path.join(place, 'images/cut.png'), whole.subarray(0, 200));
    writeFileSync(path.join(place, 'images/none.png'), 'no image');
    const line = (id: string, image?: string) =>
      JSON.stringify({ id, question: 'Is there a circle?', answer: '1', image });
    const lines = [
      line('good', 'images/a.png'),
      line('blind'),
      line('cut', 'images/cut.png'),
      line('none', 'images/none.png'),
    ];
    const given = path.join(place, 'x.jsonl');
    writeFileSync(given, lines.join('\n'));
    const { summary, rows, logged } = await run('checkpoints: [base, in], maxNewTokens: 16', given);
    assert.deepEqual([...new Set(rows.map(({ id }) => id))], ['good']);
    assert.equal(summary.checkpoints.in!.layers[0]!.n, 1);
    assert.deepEqual(
      summary.leftOut.map(({ id }) => id),
      ['blind', 'none', 'cut', 'cut'],
    );
    assert.match(summary.leftOut[0]!.problem, /no image/);
    assert.ok(logged.some((line) => line.startsWith('warn: in/cut is left out:')));

    const thoughts = await run('checkpoints: [base], span: think, maxNewTokens: 2', given);
    assert.equal(thoughts.rows.length, 0);
    assert.deepEqual(thoughts.summary.checkpoints.base!.layers, []);
    assert.match(thoughts.logged.join('\n'), /base\/good is left out: its answer has nothing inside <think>/);
  });

  it('refuses what cannot be done', async () => {
    await assert.rejects(plan('checkpoints: [in, rl], text: base'), /"base" is no checkpoint of this step/);
    const blind = path.join(sampleLab, 'evaluation/reasoning.jsonl');
    await assert.rejects(plan('checkpoints: [in]', blind), /no item with an image/);
    const other = path.join(folder(), 'other');
    cpSync(path.join(sampleLab, 'rl'), other, { recursive: true });
    const tokenizer = path.join(other, 'tokenizer.json');
    const json = JSON.parse(readFileSync(tokenizer, 'utf8')) as { model: { vocab: Record<string, number> } };
    const [a, b] = Object.keys(json.model.vocab).slice(20) as [string, string];
    const { vocab } = json.model;
    [vocab[a], vocab[b]] = [vocab[b]!, vocab[a]!];
    writeFileSync(tokenizer, JSON.stringify(json));
    const checkpoints = `, other: ${other}`;
    await assert.rejects(
      plan('checkpoints: [in, other], limit: 1', dataset, checkpoints),
      /other cannot read answers of in: their tokenizers differ/,
    );
    await plan('checkpoints: [in, other], limit: 1, text: own', dataset, checkpoints);
  });

  it('ends in the same bytes however often it was cancelled', async () => {
    const options = 'checkpoints: [in, rl], limit: 4, batch: 2, maxNewTokens: 24';
    const results: string[][] = [];
    for (const stops of [[], [1, 2]]) {
      const runs = folder();
      for (const stop of [...stops, Infinity]) {
        const { context, made } = await plan(options);
        const stopping = new AbortController();
        let done = 0;
        const counted: StepPlan = {
          ...made,
          runBatch: async (batch, signal) => {
            const rows = await made.runBatch(batch, signal);
            if (++done >= stop) stopping.abort();
            return rows;
          },
        };
        const given = { runs, step: 'shift', kind: 'attention', fresh: false, versions: {} };
        const result = runStep(
          () => Promise.resolve(counted),
          { ...context, signal: stopping.signal },
          { ...given, onProgress: () => undefined },
        );
        await (stop === Infinity ? result : assert.rejects(result));
      }
      results.push(['rows.jsonl', 'summary.json'].map((name) => readFileSync(path.join(runs, 'shift', name), 'utf8')));
    }
    assert.deepEqual(results[1], results[0]);
  });
});

function imageOf(index: number): string {
  return path.join(sampleLab, `evaluation/images/v2r_0000${index}.png`);
}

/** A prompt whose given tokens count alike. */
function weighted(prompt: Prompt, queries: readonly number[]): RowInput {
  const queryWeights = new Float32Array(prompt.tokens.length);
  for (const query of queries) queryWeights[query] = 1 / queries.length;
  return { ...prompt, queryWeights };
}

function onImage(received: Float64Array, { imageTokens }: Prompt): Float64Array {
  return received.filter((_, token) => imageTokens[token] === 1);
}

async function allRows({ batches, runBatch }: StepPlan): Promise<AttentionRow[]> {
  const rows: AttentionRow[] = [];
  for (const index of batches.keys()) {
    rows.push(...((await runBatch(index, new AbortController().signal)) as AttentionRow[]));
  }
  return rows;
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function assertClose(actual: number, expected: number, what: string, within = bound): void {
  assert.ok(Math.abs(actual - expected) <= within, `${what}: ${actual} is not ${expected}`);
}

function assertSame(actual: readonly Float64Array[][], expected: readonly Float64Array[][], what: string): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((layers, row) =>
    layers.forEach((received, l) => {
      assert.equal(received.length, expected[row]![l]!.length);
      received.forEach((attention, token) => {
        assertClose(attention, expected[row]![l]![token]!, `${what}: row ${row}, layer ${l}, token ${token}`, rounding);
      });
    }),
  );
}
