import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { ImagePair } from '../../src/core/probe/pairs';
import type { SwapVariant } from '../../src/core/probe/swapLayers';
import { swapModes, type SwapMode } from '../../src/shared/vocabulary';
import { full } from '../harness/full';
import { modelTools } from '../harness/modelTools';
import { describeSwapTexts, labPairs, swapTexts } from '../harness/swapTexts';

const lab = 'media/sample-lab';
const layers = Array.from({ length: 12 }, (_, l) => l);

const tools = modelTools();
const opened = new Map<string, OpenModel>();
const pairs = new Map<string, ImagePair>();

before(async () => {
  for (const [id, pair] of await labPairs()) pairs.set(id, pair);
  for (const name of ['base', 'in', 'rl']) {
    opened.set(name, await openModel(await openCheckpoint(join(lab, name)), tools));
  }
});
after(() => tools.runtime.releaseAll());

for (const name of full ? ['base', 'in', 'rl'] : ['in']) describeSwapTexts(name, () => opened.get(name)!, pairs);

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
