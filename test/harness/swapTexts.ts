/** Holds the swap of a model on a device against the plain loop in Hugging Face transformers. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenModel } from '../../src/core/model/openModel';
import type { EncodedImage } from '../../src/core/model/visionLanguageModel';
import { readPairs, type ImagePair } from '../../src/core/probe/pairs';
import { swap, type SwapSettings } from '../../src/core/probe/swap';
import { swapModes } from '../../src/shared/vocabulary';
import { full, sharedData } from './full';

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

/** The lab's image pairs by their ids. */
export async function labPairs(): Promise<Map<string, ImagePair>> {
  const { functions } = await readPairs('media/sample-lab/pairs');
  return new Map([...functions.values()].flat().map((pair) => [pair.id, pair]));
}

/**
 * The tests of one of the lab's checkpoints.
 * @param opened called when a test runs
 * @param pairs filled by then
 * @param step every so many of the pairs
 */
export function describeSwapTexts(
  name: string,
  opened: () => OpenModel,
  pairs: ReadonlyMap<string, ImagePair>,
  { device = 'cpu', step = 1 } = {},
): void {
  describe(`swap texts of transformers on ${device}: ${name}`, () => {
    const folder = full ? join(sharedData, 'oracle') : 'test/fixtures/oracle';
    const golden = JSON.parse(readFileSync(join(folder, 'lab', `swap-${name}.json`), 'utf8')) as {
      rows: GoldenRow[];
      window: number;
      max_new_tokens: number;
    };
    for (const mode of swapModes) {
      const rows = golden.rows.filter((row) => row[`swapped_${mode}`]).filter((_, i) => i % step === 0);
      if (rows.length === 0) continue;
      it(`${mode}: ${rows.length} pairs, every layer`, async () => {
        const model = opened();
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

/** The answers of a swap in words. @returns [pair][variant] */
export async function swapTexts(
  model: OpenModel,
  some: readonly ImagePair[],
  settings: SwapSettings,
): Promise<string[][]> {
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
