/** Holds a model on a device against the values of Hugging Face transformers. */
import assert from 'node:assert/strict';
import { preparePrompt } from '../../src/core/model/answer';
import { DecoderRun } from '../../src/core/model/decoderRun';
import { continueGreedily, feed, generate } from '../../src/core/model/generate';
import { innerValues } from '../../src/core/model/innerValues';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { OrtRuntime } from '../../src/engine/ortRuntime';
import { largestDifference } from './largestDifference';
import { modelTools } from './modelTools';
import type { GoldenCase, OracleSet } from './oracle';

/** For the pixels, which are integers in the beginning. */
const pixelBound = 1e-6;

export interface ParitySettings {
  /** Released by whoever made it, so that sets can share what it has compiled. */
  readonly runtime: OrtRuntime;
  /** For values computed in float32 by two programs. */
  readonly bound: number;
  /** Which of the checks beside those of inner values. */
  readonly answers: (golden: GoldenCase) => boolean;
  readonly ablations: (golden: GoldenCase) => boolean;
}

/** The tests of a set of reference values. */
export function describeParity(set: OracleSet, { runtime, bound, answers, ablations }: ParitySettings): void {
  describe(`parity with transformers on ${runtime.device}: ${set.name}`, () => {
    const tools = modelTools(runtime);
    let opened: OpenModel;
    let tapped: OpenModel;
    const worst = { delta: 0, where: '' };

    before(async () => {
      opened = await openModel(await openCheckpoint(set.checkpoint), tools);
      tapped = await openModel(await openCheckpoint(set.checkpoint), tools, true);
    });
    after(() => {
      assert.equal(runtime.residents.size, 0, 'everything on the device was given back');
      console.log(`      worst |Δ| ${worst.delta.toExponential(1)} in ${worst.where}`);
    });

    for (const golden of set.cases) {
      const paths = golden.images.map((name) => set.image(name));

      it(`case ${golden.case}: every inner value`, async () => {
        const values = await innerValues(tapped, golden.prompt, paths);
        const expected = [...set.tensors].filter(([name]) => isInner(name, golden.case));
        const names = expected.map(([name]) => name.slice(name.indexOf('.') + 1)).sort();
        assert.deepEqual(values.map(({ name }) => name).sort(), names);
        for (const { name, data } of values) {
          const delta = largestDifference(data, set.tensors.get(`${golden.case}.${name}`)!);
          if (name.endsWith('_ids')) assert.equal(delta, 0, name);
          else if (name === 'pixel_values') assert.ok(delta <= pixelBound, `${name}: ${delta}`);
          else assert.ok(delta <= bound, `${name}: ${delta}`);
          if (delta > worst.delta) Object.assign(worst, { delta, where: `case ${golden.case}, ${name}` });
        }
      });

      if (answers(golden)) it(`case ${golden.case}: the greedy answer`, () => checkAnswer(opened, golden, paths, set));
      if (golden.ablated_generated_ids && ablations(golden)) {
        it(`case ${golden.case}: each layer made identity`, () => checkAblation(opened, golden, paths, set, bound));
      }
    }
  });
}

async function checkAnswer(opened: OpenModel, golden: GoldenCase, paths: string[], set: OracleSet): Promise<void> {
  const { prompt } = await preparePrompt(opened, golden.prompt, paths);
  const [answer] = await generate(opened.model, [prompt], maxNewTokens(set));
  assertSameTokens(answer!.tokens, golden.generated_ids, golden.compare);
  const [text] = await opened.model.parts.codec.decode([golden.generated_ids]);
  assert.equal(text, golden.generated_text);
}

async function checkAblation(
  opened: OpenModel,
  golden: GoldenCase,
  paths: string[],
  set: OracleSet,
  bound: number,
): Promise<void> {
  const { prompt } = await preparePrompt(opened, golden.prompt, paths);
  const decoder = await opened.model.decoder();
  for (let off = 0; off < decoder.config.numLayers; off++) {
    const ablated = { ...decoder, layersOn: decoder.layersOn.map((_, l) => l !== off) };
    const once = DecoderRun.fresh(ablated, 1);
    const first = await once.extend([prompt], [[prompt.tokens.length - 1]], ['logits']);
    once.free();
    const delta = largestDifference(
      first.outputs.logits!.data as Float32Array,
      set.tensors.get(`${golden.case}.ablate.${off}.first_logits`)!,
    );
    assert.ok(delta <= bound, `layer ${off}: ${delta}`);

    const run = DecoderRun.fresh(ablated, 1);
    const top = await feed(opened.model, run, [prompt], true);
    const [answer] = await continueGreedily(opened.model, run, top, [prompt.positions.next], maxNewTokens(set));
    run.free();
    assertSameTokens(answer!.tokens, golden.ablated_generated_ids![off]!, golden.ablated_compare?.[off]);
  }
}

function maxNewTokens(set: OracleSet): number {
  return set.name.startsWith('lab/') ? 24 : 16;
}

function isInner(name: string, number: number): boolean {
  return name.startsWith(`${number}.`) && !/\.(image_grid_thw$|ablate\.)/.test(name);
}

function assertSameTokens(actual: readonly number[], expected: readonly number[], compare?: number | null): void {
  const until = compare ?? expected.length;
  assert.deepEqual(actual.slice(0, until), expected.slice(0, until));
}
