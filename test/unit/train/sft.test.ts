import assert from 'node:assert/strict';
import type { Dataset } from '../../../src/core/evaluate/dataset';
import type { OpenModel } from '../../../src/core/model/openModel';
import type { GradientEngine, TrainingSequence } from '../../../src/core/train/gradientEngine';
import { SupervisedFineTuning } from '../../../src/core/train/sft';
import { chooseTrainItems, targetText, TrainPrompts } from '../../../src/core/train/trainItems';
import { trainMemory } from '../../../src/core/train/trainMemory';
import type { TrainOptions } from '../../../src/core/experiment/schema';
import { InputError } from '../../../src/shared/errors';
import { datasetItem } from '../../harness/datasetItem';
import { refuses } from '../../harness/refuses';

const signal = new AbortController().signal;
const image = { pixelValues: new Float32Array(0), grid: { width: 8, height: 4 } };
const preprocessor = {
  ...{ minPixels: 56 * 56, maxPixels: 28 * 28 * 1000, patchSize: 14, temporalPatchSize: 2, mergeSize: 2 },
  ...{ mean: [0, 0, 0], std: [1, 1, 1] },
};

/** Tokens are characters; of the images named "broken" the head can be read, of those named "lost" nothing. */
const opened = {
  preprocessor,
  images: {
    sizes: (paths: string[]) =>
      Promise.resolve(paths.map((p) => (p === 'lost' ? new InputError('lost: no file') : { width: 112, height: 56 }))),
    process: (paths: string[]) =>
      Promise.resolve(paths.map((p) => (p === 'broken' ? new InputError('broken: cut off') : image))),
  },
  model: {
    parts: {
      codec: {
        encode: (messages: { images: number; text: string }[]) =>
          Promise.resolve(messages.map(({ images, text }) => [...Array<number>(images).fill(-1), text.length])),
        tokenize: (texts: string[]) => Promise.resolve(texts.map((text) => [...text].map((c) => c.charCodeAt(0)))),
      },
      text: { numHeads: 4, numLayers: 12, hiddenSize: 128, intermediateSize: 256, vocabularySize: 500 },
      vision: { spatialMergeSize: 2, hiddenSize: 96, numLayers: 6, intermediateSize: 128, numHeads: 4 },
    },
  },
} as unknown as OpenModel;
Object.assign(opened.model.parts.text, { numKeyValueHeads: 2, headSize: 32 });

function logger() {
  const logged: string[] = [];
  return {
    logged,
    log: { info: () => undefined, warn: (text: string) => void logged.push(text), error: () => undefined },
  };
}

describe('supervised fine-tuning', () => {
  it('learns the thoughts and the answer where there are thoughts, else the answer', () => {
    assert.equal(targetText(datasetItem({ id: 'a', answer: '7' })), '7');
    const thought = datasetItem({ id: 'b', answer: '7', reasoning: '8-1=7.' });
    assert.equal(targetText(thought), '<think>8-1=7.</think><answer>7</answer>');
  });

  it('the loss is the mean over all tokens of the batch and the closing ones; coefficients are −1/N', async () => {
    const { log, logged } = logger();
    const calls: TrainingSequence[][] = [];
    const coefficients: number[] = [];
    const engine = {
      accumulate: (sequences: TrainingSequence[], coefficientsOf: (own: Float32Array[]) => Float32Array[]) => {
        calls.push(sequences);
        const own = sequences.map(({ answer }) => Float32Array.from(answer, (_, i) => -(i + 1)));
        for (const each of coefficientsOf(own)) coefficients.push(...each);
        return Promise.resolve(own);
      },
    } as unknown as GradientEngine;
    const prompts = new TrainPrompts(opened, 'plain', '/', log);
    const method = new SupervisedFineTuning({
      engine,
      prompts,
      codec: opened.model.parts.codec,
      closing: 0,
      atOnce: 1,
    });
    const items = [
      datasetItem({ id: 'text', question: 'abc', answer: '12' }),
      datasetItem({ id: 'bad', image: 'broken' }),
      datasetItem({ id: 'seen', image: 'whole', question: 'ab', answer: '3' }),
    ];
    const outcome = await method.gradient(items, 1, signal);
    // −1 −2 −3 of "12" and its closing token, −1 −2 of "3" and its own.
    assert.ok(Math.abs(outcome.loss - 9 / 5) < 1e-12);
    assert.equal(coefficients.length, 5);
    assert.ok(coefficients.every((value) => Math.abs(value + 1 / 5) < 1e-7));
    assert.deepEqual(
      calls.flat().map(({ prompt, images, answer }) => [prompt, images.length, answer]),
      [
        [[3], 0, [49, 50, 0]],
        [[-1, 2], 1, [51, 0]],
      ],
    );
    assert.equal(calls.length, 2, 'no more sequences at once than fit');
    assert.ok(outcome.withImages && outcome.hasGradient);
    await method.gradient(items, 2, signal);
    assert.deepEqual(logged, ['bad is left out: broken: cut off']);
    const nothing = await method.gradient(items.slice(1, 2), 3, signal);
    assert.ok(!nothing.hasGradient && Number.isNaN(nothing.loss));
  });
});

describe('the items of a training', () => {
  const dataset = (...items: Dataset['items'][number][]): Dataset => {
    return { items, leftOut: [], files: [], imageFolder: '/' };
  };
  const grader = {
    grade: () => Promise.reject(new Error('nothing is graded yet')),
    problems: (golds: readonly { answer: string }[]) =>
      Promise.resolve(golds.map(({ answer }) => (answer === '\\bad' ? 'it cannot be read' : null))),
  };

  it('are those whose images can be read and, for rewards, whose answers can be compared', async () => {
    const { log, logged } = logger();
    const whole = dataset(
      datasetItem({ id: 'fine', image: 'whole' }),
      datasetItem({ id: 'gone', image: 'lost' }),
      datasetItem({ id: 'odd', answer: '\\bad' }),
      datasetItem({ id: 'empty', answer: ' ' }),
    );
    const ids = async (method: 'sft' | 'grpo') =>
      (await chooseTrainItems(whole, opened, { method, dataset: 'x' }, { grader, log })).items.map(({ id }) => id);
    assert.deepEqual(await ids('sft'), ['fine', 'odd']);
    assert.deepEqual(logged, ['gone is left out: lost: no file', 'empty is left out: its answer is empty']);
    assert.deepEqual(await ids('grpo'), ['fine']);
    const nothing = dataset(datasetItem({ id: 'odd', answer: '\\bad' }));
    await refuses(
      chooseTrainItems(nothing, opened, { method: 'grpo', dataset: './odd.jsonl' }, { grader, log }),
      /odd\.jsonl has no item that can be learnt from/,
    );
  });
});

describe('the memory of a training', () => {
  const items = { items: [datasetItem({ id: 'a' })], leftOut: [], patches: 64 };
  const options = { method: 'sft', batch: 64, kl: 0, maxNewTokens: 64, groupSize: 8 } as TrainOptions;
  const estimate = (available: number, given: Partial<TrainOptions> = {}, trained = 3e6, start = 0) =>
    trainMemory({ ...options, ...given }, items, opened, { total: 3e6, trained, start }, available);

  it('counts what is trained four times, what is frozen once, and what is held of the start', () => {
    const working = (...given: Parameters<typeof estimate>) => estimate(...given).memory.working;
    assert.equal(working(1e12) - working(1e12, {}, 1e6), 4 * 3 * 2e6);
    const policy = (start: number) => working(1e12, { method: 'grpo' }, 3e6, start);
    assert.equal(policy(1e6) - policy(0), 4 * 1e6);
    assert.ok(working(1e12) > 4 * 4 * 3e6);
  });

  it('a batch halves itself until it fits', () => {
    const whole = estimate(1e12);
    assert.deepEqual([whole.sequencesAtOnce, whole.halvedFrom], [64, null]);
    const scarce = estimate(whole.memory.working - 1);
    assert.deepEqual([scarce.sequencesAtOnce, scarce.halvedFrom], [32, 64]);
    assert.ok(scarce.memory.working < whole.memory.working);
    assert.equal(estimate(0).sequencesAtOnce, 1);
  });
});
