import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { ImagePair } from '../../src/core/probe/pairs';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { full, sharedData } from '../harness/full';
import { modelTools } from '../harness/modelTools';
import { oracleFixtures, wholeOracle } from '../harness/oracle';
import { describeParity } from '../harness/parity';
import { describeSwapTexts, labPairs } from '../harness/swapTexts';

/** On a software driver (test/harness/swiftshader.mjs), which compiles every kernel when it is first used. */
const runtime = new OrtRuntime('webgpu', 2);
after(() => runtime.releaseAll());

for (const set of full ? wholeOracle(sharedData) : oracleFixtures()) {
  describeParity(set, {
    runtime,
    bound: 2e-3,
    answers: ({ case: number }) => full || number === set.cases[0]!.case,
    ablations: () => full || set.name === 'tied-f32',
  });
}

if (full) {
  let opened: OpenModel;
  const pairs = new Map<string, ImagePair>();
  before(async () => {
    opened = await openModel(await openCheckpoint('media/sample-lab/in'), modelTools(runtime));
    for (const [id, pair] of await labPairs()) pairs.set(id, pair);
  });
  // All of them take a software driver an hour.
  describeSwapTexts('in', () => opened, pairs, { device: 'webgpu', step: 10 });
}
