import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { EncodedImage } from '../../src/core/model/visionLanguageModel';
import { readPairs, type ImagePair } from '../../src/core/probe/pairs';
import { swap, type SwapSettings } from '../../src/core/probe/swap';
import type { SwapVariant } from '../../src/core/probe/swapLayers';
import { swapModes, type SwapMode } from '../../src/shared/vocabulary';
import { full, sharedData } from '../harness/full';
import { modelTools } from '../harness/modelTools';

const lab = 'media/sample-lab';
const layers = Array.from({ length: 12 }, (_, l) => l);

/** A row of swap-*.json: answers of the straightforward loop in Hugging Face transformers. */
interface GoldenRow {
  task: string;
  id: string;
  original: string;
  source_answer_by_model: string;
  near_ties: string[];
  swapped_suffix: string[];
  swapped_single?: string[];
  swapped_window?: string[];
  swapped_prefix?: string[];
}

const tools = modelTools();
const opened = new Map<string, OpenModel>();
let pairs: Map<string, ImagePair>;

before(async () => {
  const { functions } = await readPairs(join(lab, 'pairs'));
  pairs = new Map([...functions.values()].flat().map((pair) => [pair.id, pair]));
  for (const name of ['base', 'in', 'rl']) {
    opened.set(name, await openModel(await openCheckpoint(join(lab, name)), tools));
  }
});
after(() => tools.runtime.releaseAll());

for (const name of full ? ['base', 'in', 'rl'] : ['in']) {
  describe(`swap texts of transformers: ${name}`, () => {
    const folder = full ? join(sharedData, 'oracle') : 'test/fixtures/oracle';
    const golden = JSON.parse(readFileSync(join(folder, 'lab', `swap-${name}.json`), 'utf8')) as {
      rows: GoldenRow[];
      window: number;
      max_new_tokens: number;
    };
    for (const mode of swapModes) {
      const rows = golden.rows.filter((row) => row[`swapped_${mode}`]);
      if (rows.length === 0) continue;
      it(`${mode}: ${rows.length} pairs, every layer`, async () => {
        const model = opened.get(name)!;
        const texts = await swapTexts(
          model,
          rows.map(({ id }) => pairs.get(id)!),
          {
            mode,
            window: golden.window,
            variants: [null, 'source', ...layers],
            maxNewTokens: golden.max_new_tokens,
            batch: 64,
          },
        );
        rows.forEach((row, i) => {
          const [original, source, ...swapped] = texts[i]!;
          assert.equal(original, row.original, row.id);
          assert.equal(source, row.source_answer_by_model, row.id);
          const compared = layers.filter((l) => !row.near_ties.includes(`${mode}:${l}`));
          const expected = row[`swapped_${mode}`]!;
          assert.deepEqual(
            compared.map((l) => swapped[l]),
            compared.map((l) => expected[l]),
            row.id,
          );
        });
      });
    }
  });
}

describe('what must hold whatever the answers are', () => {
  const some = () =>
    ['recognition', 'counting', 'ocr', 'grounding'].flatMap((f) => [0, 1, 2].map((i) => pairs.get(`${f}_00000${i}`)!));
  const run = (mode: SwapMode, variants: SwapVariant[], window = 1, pair: ImagePair[] = some()) =>
    swapTexts(opened.get('in')!, pair, { mode, window, variants, maxNewTokens: 24, batch: 64 });

  it('prefix over all layers and suffix at 0 give the source answer', async () => {
    for (const [source, whole] of await run('prefix', ['source', 11])) assert.equal(whole, source);
    for (const [source, whole] of await run('suffix', ['source', 0])) assert.equal(whole, source);
  });

  it('single is suffix at the top layer; window 1 is single; window over all layers is suffix', async () => {
    const single = await run('single', layers);
    const suffix = await run('suffix', layers);
    assert.deepEqual(
      single.map((texts) => texts[11]),
      suffix.map((texts) => texts[11]),
    );
    assert.deepEqual(await run('window', layers, 1), single);
    assert.deepEqual(await run('window', layers, 12), suffix);
  });

  it('source = target changes nothing', async () => {
    const same = some().map((pair) => ({ ...pair, sourceImage: pair.targetImage }));
    for (const mode of swapModes) {
      for (const [original, ...swapped] of await run(mode, [null, 'source', ...layers], 3, same)) {
        assert.deepEqual(new Set(swapped), new Set([original]));
      }
    }
  });

  it('rows per run and pairs per call change nothing', async () => {
    const settings = { mode: 'suffix', window: 1, variants: [null, 'source', ...layers], maxNewTokens: 24 } as const;
    const together = await swapTexts(opened.get('rl')!, some(), { ...settings, batch: 64 });
    for (const batch of [1, 7, 16]) {
      assert.deepEqual(await swapTexts(opened.get('rl')!, some(), { ...settings, batch }), together, `batch ${batch}`);
    }
    const alone = [];
    for (const pair of some()) alone.push(...(await swapTexts(opened.get('rl')!, [pair], { ...settings, batch: 64 })));
    assert.deepEqual(alone, together);
  });
});

/** @returns [pair][variant] */
async function swapTexts(model: OpenModel, some: readonly ImagePair[], settings: SwapSettings): Promise<string[][]> {
  const encode = async (paths: string[]): Promise<EncodedImage[]> => {
    const processed = await model.images.process(paths, model.preprocessor);
    return model.model.encodeImages(processed.map((image) => (image instanceof Error ? assert.fail(image) : image)));
  };
  const targets = await encode(some.map(({ targetImage }) => targetImage));
  const sources = await encode(some.map(({ sourceImage }) => sourceImage));
  const tokens = await model.model.parts.codec.encode(some.map(({ prompt }) => ({ images: 1, text: prompt })));
  const prompts = some.map((_, i) => ({ tokens: tokens[i]!, target: targets[i]!, source: sources[i]! }));
  const answers = await swap(model.model, prompts, settings);
  return Promise.all(answers.map((row) => model.model.parts.codec.decode(row.map((answer) => answer.tokens))));
}
