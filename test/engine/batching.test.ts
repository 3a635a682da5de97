import assert from 'node:assert/strict';
import { join } from 'node:path';
import { generate, type Generated } from '../../src/core/model/generate';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel } from '../../src/core/model/openModel';
import type { Prompt } from '../../src/core/model/visionLanguageModel';
import { readPairs } from '../../src/core/probe/pairs';
import { full } from '../harness/full';
import { modelTools } from '../harness/modelTools';

const lab = 'media/sample-lab';
/** Two programs, or two batch sizes, may choose differently where the best token leads by less than this. */
const nearTie = 1e-3;

describe('batching changes nothing', () => {
  const tools = modelTools();
  after(() => tools.runtime.releaseAll());

  for (const name of full ? ['base', 'in', 'rl'] : ['in']) {
    it(`${full ? 'every' : 'every fourth'} pair of the sample lab, ${name}, at batch 1, 7 and 16`, async () => {
      const { model, images, preprocessor } = await openModel(await openCheckpoint(join(lab, name)), tools);
      const { functions } = await readPairs(join(lab, 'pairs'));
      const pairs = [...functions.values()].flat().filter((_, i) => full || i % 4 === 0);
      const processed = await images.process(
        pairs.map(({ targetImage }) => targetImage),
        preprocessor,
      );
      const encoded = await model.encodeImages(
        processed.map((image) => (image instanceof Error ? assert.fail(image) : image)),
      );
      const tokens = await model.parts.codec.encode(pairs.map(({ prompt }) => ({ images: 1, text: prompt })));
      const prompts = await model.preparePrompts(pairs.map((_, i) => ({ tokens: tokens[i]!, images: [encoded[i]!] })));

      const answer = async (batch: number) => {
        const results: Generated[] = [];
        for (let from = 0; from < prompts.length; from += batch) {
          results.push(...(await generate(model, prompts.slice(from, from + batch) as Prompt[], 32)));
        }
        return results;
      };
      const single = await answer(1);
      const ties = single.flatMap(({ smallestLead }, i) =>
        smallestLead < nearTie ? [`${pairs[i]!.id}: ${smallestLead}`] : [],
      );
      console.log(
        `      near-ties among ${pairs.length} answers of ${name}: ${ties.length}${ties.map((tie) => `\n        ${tie}`).join('')}`,
      );
      for (const batch of [7, 16]) {
        (await answer(batch)).forEach(({ tokens: answered }, i) => {
          if (single[i]!.smallestLead >= nearTie)
            assert.deepEqual(answered, single[i]!.tokens, `${pairs[i]!.id}, batch ${batch}`);
        });
      }
    });
  }
});
