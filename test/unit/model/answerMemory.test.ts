import { assertAnswerFits, assertInnerValuesFit } from '../../../src/core/model/answerMemory';
import type { MemoryPlace } from '../../../src/core/model/memoryPlan';
import type { OpenModel } from '../../../src/core/model/openModel';
import { InputError } from '../../../src/shared/errors';
import { refuses } from '../../harness/refuses';

/** The sizes of Qwen2.5-VL 7B. */
const opened = {
  model: {
    parts: {
      text: {
        hiddenSize: 3584,
        intermediateSize: 18944,
        numHeads: 28,
        numKeyValueHeads: 4,
        headSize: 128,
        numLayers: 28,
        vocabularySize: 152064,
      },
      vision: { hiddenSize: 1280, intermediateSize: 3420, numHeads: 16, numLayers: 32, spatialMergeSize: 2 },
      weights: new Map([['all', { length: 16.6e9, dtype: 'BF16' }]]),
    },
  },
  checkpoint: { directory: '/models/7b' },
  preprocessor: { patchSize: 14, mergeSize: 2, minPixels: 3136, maxPixels: 12_845_056 },
  images: { sizes: (paths: readonly string[]) => Promise.resolve(paths.map((path) => sizes[path]!)) },
} as unknown as OpenModel;
const sizes: Readonly<Record<string, { width: number; height: number } | InputError>> = {
  small: { width: 448, height: 448 },
  large: { width: 3584, height: 3584 },
  broken: new InputError('no image'),
};

describe('an answer of a large model', () => {
  const answer = (images: readonly string[]) => ({ prompt: 'What is this?', images, maxNewTokens: 128 });
  const processor = (available: number): MemoryPlace => ({ device: 'cpu', available, deviceFree: null });

  it('needs little beside its weights, until an image is large', async () => {
    await assertAnswerFits(opened, answer(['small']), processor(6e9));
    await assertAnswerFits(opened, answer(['broken']), processor(6e9)); // said when it is read
    await refuses(
      assertAnswerFits(opened, answer(['large']), processor(6e9)),
      /^\/models\/7b cannot fit in memory: it needs .* beside 16\.6 GB of mapped weights; 6\.0 GB are free$/,
    );
  });

  it('needs more where every inner value is wanted', async () => {
    const message = { prompt: 'word '.repeat(2000), images: [] };
    await assertAnswerFits(opened, { ...message, maxNewTokens: 1 }, processor(6e9));
    await refuses(assertInnerValuesFit(opened, message, processor(6e9)), /cannot fit in memory: it needs \d+\.\d GB/);
    await assertInnerValuesFit(opened, message, processor(32e9));
  });

  it('on a GPU has to fit with its weights', async () => {
    const gpu = { device: 'cuda', available: 32e9 } as const;
    await assertAnswerFits(opened, answer([]), { ...gpu, deviceFree: 24e9 });
    await refuses(assertAnswerFits(opened, answer([]), { ...gpu, deviceFree: 16e9 }), /on the device cuda, weights/);
  });
});
