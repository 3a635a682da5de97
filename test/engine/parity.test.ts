import { OrtRuntime } from '../../src/engine/ortRuntime';
import { full, sharedData } from '../harness/full';
import { oracleFixtures, wholeOracle } from '../harness/oracle';
import { describeParity } from '../harness/parity';

const runtime = new OrtRuntime('cpu', 2);
const every = () => true;

for (const set of full ? wholeOracle(sharedData) : oracleFixtures()) {
  describeParity(set, { runtime, bound: 1e-3, answers: every, ablations: every });
}

after(() => runtime.releaseAll());
