/**
 * Answers that grow by several tokens in one run, as on a device where outputs cannot stay. The graph that does it has
 * kernels on the processor too, where it is held against the same reference values.
 */
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { openModel, type OpenModel } from '../../src/core/model/openModel';
import type { GraphFile } from '../../src/core/ports';
import type { ImagePair } from '../../src/core/probe/pairs';
import { OrtRuntime } from '../../src/engine/ortRuntime';
import { full, sharedData } from '../harness/full';
import { modelTools } from '../harness/modelTools';
import { oracleFixtures, wholeOracle } from '../harness/oracle';
import { describeParity } from '../harness/parity';
import { describeSwapTexts, labPairs } from '../harness/swapTexts';

/** Builds graphs as for CUDA and runs them on the processor. */
class GraphsForCuda extends OrtRuntime {
  override createSession(graph: GraphFile) {
    return super.createSession({ ...graph, device: 'cpu' });
  }
}

const runtime = new GraphsForCuda('cuda', 2);
after(() => runtime.releaseAll());

for (const set of full ? wholeOracle(sharedData) : oracleFixtures()) {
  const every = () => true;
  describeParity(set, { runtime, bound: 1e-3, answers: every, ablations: every });
}

let opened: OpenModel;
const pairs = new Map<string, ImagePair>();
before(async () => {
  opened = await openModel(await openCheckpoint('media/sample-lab/in'), modelTools(runtime));
  for (const [id, pair] of await labPairs()) pairs.set(id, pair);
});
describeSwapTexts('in', () => opened, pairs, { device: 'cuda', step: full ? 1 : 4 });
