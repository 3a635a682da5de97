import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import type { RunSnapshot } from '../../../src/core/experiment/runReader';
import type { RunProgress } from '../../../src/shared/protocol/engine';
import type { RunView } from '../../../src/host/experiments/runs';
import { describeRun, subjectOf } from '../../../src/host/trees/describeRun';
import { compareFacts, compareFixture } from '../../harness/compareRun';

const never: RunView = {
  file: '/x.frankenstein.yaml',
  step: 'vision',
  state: null,
  progress: null,
  message: null,
  snapshot: null,
  mine: false,
};
const progress: RunProgress = { phase: 'running', done: 12, total: 50, unit: 'pairs', secondsLeft: 20 };

describe('a run in words', () => {
  it('tells every state', () => {
    const said = (some: Partial<RunView>) => describeRun({ ...never, ...some });
    assert.equal(said({}), 'not run yet');
    assert.equal(said({ state: 'queued', mine: true }), 'waiting for its turn');
    assert.equal(said({ state: 'preparing', mine: true }), 'preparing');
    assert.equal(said({ state: 'running', mine: true, progress }), 'running 12/50 pairs, 20 s left');
    const first = { ...progress, done: 0, secondsLeft: null };
    assert.equal(said({ state: 'running', mine: true, progress: first }), 'running 0/50 pairs');
    const last = { ...progress, phase: 'finishing', done: 50 } as const;
    assert.equal(said({ state: 'running', mine: true, progress: last }), 'finishing');
    assert.equal(said({ state: 'finished', snapshot: snapshot('swap', 2) }), 'finished');
    assert.equal(said({ state: 'failed' }), 'failed');
  });

  it('counts from the run folder what this window does not run', () => {
    const said = (state: RunView['state'], count: number) =>
      describeRun({ ...never, state, snapshot: snapshot('swap', count) });
    assert.equal(said('interrupted', 1), 'interrupted 1/3');
    assert.equal(said('cancelled', 2), 'cancelled 2/3');
    assert.equal(said('running', 3), 'running 3/3 pairs in another process');
  });

  it('counts the tensors of a comparison', () => {
    const { rows } = compareFixture();
    const { manifest, ...rest } = snapshot('compare', 0);
    const facts = { ...compareFacts(rows) };
    const run = { ...rest, manifest: { ...manifest, facts }, rows: rows.slice(0, 7) };
    assert.equal(describeRun({ ...never, state: 'interrupted', snapshot: run }), 'interrupted 7/30');
    assert.equal(describeRun({ ...never, state: 'running', snapshot: run }), 'running 7/30 tensors in another process');
  });

  it('counts nothing where the manifest is not a known one', () => {
    assert.equal(describeRun({ ...never, state: 'interrupted', snapshot: snapshot('ablate', 1) }), 'interrupted');
    const { manifest, ...rest } = snapshot('swap', 1);
    const odd = { ...rest, manifest: { ...manifest, facts: { functions: 3 } } };
    assert.equal(describeRun({ ...never, state: 'interrupted', snapshot: odd }), 'interrupted');
  });
});

describe('what a step works on', () => {
  it('is said for every kind', () => {
    const steps = [
      ['swap: { id: a, checkpoint: base, pairs: p }', 'base'],
      ['ablate: { id: a, checkpoint: base, dataset: d }', 'base'],
      ['attention: { id: a, checkpoints: [base, rl], dataset: d }', 'base, rl'],
      ['evaluate: { id: a, checkpoints: [base, h], vision: d }', 'base, h'],
      ['evaluate: { id: a, checkpoints: [base, in, rl, h], vision: d }', '4 checkpoints'],
      ['compare: { id: a, phases: [[base, in], [in, rl]] }', 'base → in, in → rl'],
      ['merge: { id: a, hybrid: h, output: o }', 'h'],
      ['train: { id: a, from: in, method: grpo, dataset: d, steps: 1, output: o }', 'in, grpo'],
    ] as const;
    for (const [text, subject] of steps) {
      const start = 'version: 1\ncheckpoints: { base: a, in: b, rl: c }\nhybrids: { h: [base, in, rl] }\nsteps:\n';
      const { content, problems } = parseExperiment(`${start}  - ${text}\n`);
      assert.deepEqual(problems, []);
      assert.equal(subjectOf(content!.steps[0]!), subject);
    }
  });
});

/** A run of three pairs, `count` of them answered. */
function snapshot(kind: string, count: number): RunSnapshot {
  const ids = ['a', 'b', 'c'];
  const functions = { ocr: { pairs: ids, tokens: [] } };
  const facts = { checkpoint: 'base', mode: 'suffix', window: 3, layers: [0], functions };
  const rows = ids.slice(0, count).map((id) => ({
    key: `ocr/${id}/0`,
    function: 'ocr',
    id,
    layer: 0,
    text: '',
    changed: false,
    adopted: false,
  }));
  const manifest = {
    version: 1 as const,
    step: 'vision',
    kind,
    plan: '',
    device: 'cpu',
    options: {},
    seed: null,
    inputs: [],
    facts,
    versions: {},
    shard: null,
    started: '2026-01-01T00:00:00.000Z',
    state: 'running' as const,
  };
  return { manifest, rows, state: 'interrupted', holder: null };
}
