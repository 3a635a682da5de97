import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { preparePrompt } from '../../src/core/model/answer';
import { DecoderRun } from '../../src/core/model/decoderRun';
import { continueGreedily, feed } from '../../src/core/model/generate';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import { textPositions } from '../../src/core/model/positions';
import { VisionLanguageModel, type Prompt } from '../../src/core/model/visionLanguageModel';
import { LayerSweep } from '../../src/core/probe/ablate';
import type { Ablated } from '../../src/core/probe/ablateAnswer';
import type { Sequence } from '../../src/core/probe/ablateSequence';
import type { Tensor } from '../../src/core/ports';
import { full, sharedData } from '../harness/full';
import { largestDifference } from '../harness/largestDifference';
import { modelTools } from '../harness/modelTools';
import { oracleFixtures, wholeOracle } from '../harness/oracle';

const lab = 'media/sample-lab';
const tools = modelTools();
const bound = 1e-3;
after(() => tools.runtime.releaseAll());

for (const set of full ? wholeOracle(sharedData) : oracleFixtures()) {
  const golden = set.cases.filter((one) => one.ablated_generated_ids);
  if (golden.length === 0) continue;
  it(`says what transformers says with each layer made identity: ${set.name}`, async () => {
    const opened = await openModel(await openCheckpoint(set.checkpoint), tools);
    const maxNewTokens = set.name.startsWith('lab/') ? 24 : 16;
    const prompts: Prompt[] = [];
    for (const one of golden) {
      const paths = one.images.map((name) => set.image(name));
      prompts.push((await preparePrompt(opened, one.prompt, paths)).prompt);
    }
    const seen: Tensor[] = [];
    const model = watched(opened.model, 'logits', (logits) => seen.push(logits));
    const sequences = prompts.map((prompt) => ({ prompt, answer: [0, 1], draft: [] }));
    const sweep = new LayerSweep(model, sequences, { maxNewTokens, batch: 64 });
    const drafted = await sweep.drafted();
    for (let layer = 0; layer < model.parts.text.numLayers; layer++) {
      seen.length = 0;
      const answers = await ablate(sweep, layer);
      const [logits] = seen as [Tensor];
      let line = 0;
      golden.forEach((one, i) => {
        const vocabulary = model.parts.text.vocabularySize;
        const first = (logits.data as Float32Array).subarray(line * vocabulary, (line + 1) * vocabulary);
        line += 1 + drafted[i]!.draft.length + 1;
        const delta = largestDifference(first, set.tensors.get(`${one.case}.ablate.${layer}.first_logits`)!);
        assert.ok(delta <= bound, `case ${one.case}, layer ${layer}: ${delta}`);
        const until = one.ablated_compare?.[layer] ?? undefined;
        assert.deepEqual(
          answers[i]!.generated!.tokens.slice(0, until),
          one.ablated_generated_ids![layer]!.slice(0, until),
          `case ${one.case}, layer ${layer}`,
        );
      });
    }
  });
}

describe('a sweep over the layers', () => {
  const opened = new Map<string, OpenModel>();
  const questions = new Map<string, Sequence[]>();
  const maxNewTokens = 40;

  before(async () => {
    for (const name of ['base', 'in']) {
      const model = await openModel(await openCheckpoint(join(lab, name)), tools);
      opened.set(name, model);
      questions.set(name, await readQuestions(model));
    }
  });

  for (const name of ['base', 'in']) {
    it(`gives what every layer gives from scratch: ${name}`, async () => {
      const { model } = opened.get(name)!;
      const own = questions.get(name)!;
      const sweep = sweepOf(model, own, maxNewTokens);
      assertSame(await sweep.baseline(), await fromScratch(model, own, null, maxNewTokens), 'baseline');
      for (const layer of [0, 1, 2, 5, 8, 10, 11]) {
        const expected = await fromScratch(model, own, layer, maxNewTokens);
        assertSame(await ablate(sweep, layer), expected, `layer ${layer}`);
      }
    });
  }

  it('may leave out layers, and begin at any', async () => {
    const { model } = opened.get('in')!;
    const own = questions.get('in')!;
    const whole = sweepOf(model, own, maxNewTokens);
    const all: Ablated[][] = [];
    for (let layer = 0; layer < model.parts.text.numLayers; layer++) all.push(await ablate(whole, layer));
    for (const layers of [[4, 9], [11]]) {
      const some = sweepOf(model, own, maxNewTokens);
      for (const layer of layers)
        assert.deepEqual(await ablate(some, layer), all[layer], `layer ${layer} of ${layers}`);
    }
    await assert.rejects(ablate(whole, 3), /has passed layer 3/);
  });

  it('may end the answers of several layers together, few at a time', async () => {
    const { model } = opened.get('in')!;
    const own = questions.get('in')!;
    const apart = sweepOf(model, own, maxNewTokens);
    const expected: Ablated[][] = [];
    for (const layer of [1, 4, 8]) expected.push(await ablate(apart, layer));
    for (const batch of [3, 64]) {
      const together = new LayerSweep(model, own, { maxNewTokens, batch });
      const reads = [];
      for (const layer of [1, 4, 8]) reads.push(await together.ablate(layer));
      const answers = await together.finish(reads);
      answers.forEach((row, i) => assertSame(row, expected[i]!, `batch ${batch}, reading ${i}`));
    }
  });

  it('generates nothing where only likelihood is measured, and measures none where only answers are wanted', async () => {
    const { model } = opened.get('base')!;
    const own = questions.get('base')!.slice(0, 4);
    const both = sweepOf(model, own, maxNewTokens);
    const likelihood = sweepOf(model, own, 0);
    const answers = own.map((question) => ({ ...question, answer: [] }));
    const generate = sweepOf(model, answers, maxNewTokens);
    for (const layer of [0, 6, 11]) {
      const expected = await ablate(both, layer);
      const scored = await ablate(likelihood, layer);
      const said = await ablate(generate, layer);
      expected.forEach((one, i) => {
        assert.equal(scored[i]!.generated, null);
        assertClose(scored[i]!.logLikelihood!, one.logLikelihood!, `layer ${layer}`);
        assert.equal(said[i]!.logLikelihood, null);
        assert.deepEqual(said[i]!.generated!.tokens, one.generated!.tokens);
      });
    }
  });

  it('stops at the limit, even where a draft is longer', async () => {
    const { model } = opened.get('in')!;
    const own = questions.get('in')!.slice(0, 5);
    for (const limit of [1, 2, 7]) {
      const sweep = sweepOf(model, own, limit);
      for (const layer of [0, 5, 11]) {
        assertSame(await ablate(sweep, layer), await fromScratch(model, own, layer, limit), `limit ${limit}`);
      }
    }
  });

  it('works on a model of one layer', async () => {
    const { model, preprocessor } = opened.get('in')!;
    assert.ok(preprocessor);
    const parts = { ...model.parts, text: { ...model.parts.text, numLayers: 1 } };
    const small = new VisionLanguageModel(tools.runtime, parts);
    const own = questions.get('in')!.slice(0, 3);
    const sweep = sweepOf(small, own, 5);
    assertSame(await sweep.baseline(), await fromScratch(small, own, null, 5), 'baseline');
    assertSame(await ablate(sweep, 0), await fromScratch(small, own, 0, 5), 'layer 0');
  });

  it('a layer of the vision tower made identity hands on what the one below gave', async () => {
    const tapped = await openModel(await openCheckpoint(join(lab, 'in')), tools, true);
    const [path] = readItems('vision').map(({ image }) => join(lab, 'evaluation', image!));
    const [image] = await tapped.images.process([path!], tapped.preprocessor);
    assert.ok(image && !(image instanceof Error));
    const [whole] = await tapped.model.encodeImages([image]);
    for (const off of [1, 3, 5]) {
      const [ablated] = await tapped.model.encodeImages([image], undefined, off);
      const block = (l: number) => ablated!.taps[`vision_block.${l}`]!;
      assert.deepEqual(block(off), block(off - 1));
      assert.deepEqual(block(off - 1), whole!.taps[`vision_block.${off - 1}`]!);
      assert.notDeepEqual(block(off), whole!.taps[`vision_block.${off}`]!);
      assert.notDeepEqual(ablated!.features, whole!.features);
    }
  });
});

function sweepOf(model: VisionLanguageModel, questions: readonly Sequence[], maxNewTokens: number): LayerSweep {
  return new LayerSweep(model, questions, { maxNewTokens, batch: 64 });
}

async function ablate(sweep: LayerSweep, layer: number): Promise<Ablated[]> {
  const [answers] = await sweep.finish([await sweep.ablate(layer)]);
  return answers!;
}

interface Item {
  readonly question: string;
  readonly answer: string;
  readonly image?: string;
}

function readItems(ability: string): Item[] {
  const lines = readFileSync(join(lab, 'evaluation', `${ability}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Item);
}

/** Some with and some without an image, of different lengths. */
async function readQuestions(opened: OpenModel): Promise<Sequence[]> {
  const items = [...readItems('reasoning').slice(0, 5), ...readItems('vision_to_reasoning').slice(0, 3)];
  const { codec, stopTokens } = opened.model.parts;
  const answers = await codec.tokenize(items.map(({ answer }) => `The answer is ${answer}`));
  return Promise.all(
    items.map(async ({ question, image }, i) => {
      const { prompt } = await preparePrompt(opened, question, image ? [join(lab, 'evaluation', image)] : []);
      return { prompt, answer: [...answers[i]!.slice(0, 2 + (i % 5)), stopTokens[0]!], draft: [] };
    }),
  );
}

/** Nothing shared, one question at a time: the answer, and the right answer's likelihood from a run of its own. */
async function fromScratch(
  model: VisionLanguageModel,
  questions: readonly Sequence[],
  off: number | null,
  maxNewTokens: number,
): Promise<Ablated[]> {
  const whole = await model.decoder();
  const decoder = { ...whole, layersOn: whole.layersOn.map((_, l) => l !== off) };
  const results: Ablated[] = [];
  for (const { prompt, answer } of questions) {
    const run = DecoderRun.fresh(decoder, 1);
    const first = await feed(model, run, [prompt], true);
    const [generated] = await continueGreedily(model, run, first, [prompt.positions.next], maxNewTokens);

    const scored = DecoderRun.fresh(decoder, 1);
    let { outputs } = await scored.extend([prompt], [[prompt.tokens.length - 1]], ['logits']);
    let logLikelihood = 0;
    for (const [i, token] of answer.entries()) {
      const logits = [...(outputs.logits!.data as Float32Array)];
      const largest = Math.max(...logits);
      const total = logits.reduce((sum, value) => sum + Math.exp(value - largest), 0);
      logLikelihood += Math.log(Math.exp(logits[token]! - largest) / total);
      const [embedded] = await model.embed([[token]]);
      const next = { embedded: embedded!, positions: textPositions(prompt.positions.next + i, 1) };
      ({ outputs } = await scored.extend([next], [[0]], ['logits']));
    }
    results.push({ generated: generated!, logLikelihood });
  }
  return results;
}

/** The model, with an eye on an output of its decoder wherever it is fetched. */
function watched(model: VisionLanguageModel, output: string, see: (tensor: Tensor) => void): VisionLanguageModel {
  const decoder: VisionLanguageModel['decoder'] = async (taps) => {
    const opened = await model.decoder(taps);
    const run: typeof opened.session.run = async (feeds, fetches, into) => {
      const outputs = await opened.session.run(feeds, fetches, into);
      if (outputs[output]) see(outputs[output]);
      return outputs;
    };
    return { ...opened, session: { run } };
  };
  return Object.assign(Object.create(model) as VisionLanguageModel, { decoder });
}

function assertSame(actual: readonly Ablated[], expected: readonly Ablated[], where: string): void {
  assert.deepEqual(
    actual.map(({ generated }) => generated!.tokens),
    expected.map(({ generated }) => generated!.tokens),
    where,
  );
  actual.forEach(({ generated, logLikelihood }, i) => {
    assertClose(logLikelihood!, expected[i]!.logLikelihood!, `${where}, question ${i}`);
    assertClose(generated!.smallestLead, expected[i]!.generated!.smallestLead, `${where}, lead of ${i}`);
  });
}

function assertClose(actual: number, expected: number, where: string): void {
  assert.ok(Math.abs(actual - expected) <= bound, `${where}: ${actual} instead of ${expected}`);
}
