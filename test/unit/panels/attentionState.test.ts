import assert from 'node:assert/strict';
import { attentionState, type AttentionRun } from '../../../src/host/panels/attentionState';
import { summariseAttention } from '../../../src/core/probe/attentionSummary';
import type { AttentionFacts, AttentionRow } from '../../../src/shared/attentionResults';

const facts: AttentionFacts = {
  checkpoints: ['in', 'rl'],
  span: 'generated',
  text: 'in',
  layers: [0, 1],
  items: ['a', 'b', 'c'],
  leftOut: [],
  dataset: 'vision.jsonl',
};

function rowsOf(checkpoint: string, id: string, masses = [0.1, 0.2]): AttentionRow[] {
  return masses.map((mass, layer) => ({
    key: `${checkpoint}/${id}/${layer}`,
    checkpoint,
    id,
    layer,
    mass,
    perToken: mass / 4,
    sink: 0.3,
    imageSink: 0,
    tokens: 5,
    grids: [[2, 2]],
    patches: 'AAAA/w==',
    largest: mass,
  }));
}

function stateOf(change: Partial<AttentionRun> = {}) {
  const run: AttentionRun = {
    id: 'attention',
    state: 'running',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: [],
    ...change,
  };
  return attentionState(run, summariseAttention(run.facts, run.rows, run.state === 'finished'), {
    experiment: 'lab.frankenstein.yaml',
    checkpoints: [],
    numLayers: 2,
    regions: null,
    canRun: true,
  });
}

describe('attentionState', () => {
  it('counts items per checkpoint, unless whoever runs it tells', () => {
    const rows = [...rowsOf('in', 'a'), ...rowsOf('rl', 'a'), ...rowsOf('in', 'b')];
    const { run } = stateOf({ rows });
    assert.deepEqual([run.done, run.total, run.secondsLeft], [3, 6, null]);
    const memory = { mapped: 1, working: 2, available: 3 };
    const told = stateOf({ rows, progress: { done: 4, total: 6, secondsLeft: 9, memory } }).run;
    assert.deepEqual([told.done, told.total, told.secondsLeft, told.memory], [4, 6, 9, memory]);
    const preparing = stateOf({ rows, progress: { done: 0, total: 0 } }).run;
    assert.deepEqual([preparing.done, preparing.total], [3, 6]);
  });

  it('says what was left out once the run has ended, and not of items that are still to come', () => {
    const rows = ['in', 'rl'].flatMap((name) => ['a', 'b'].flatMap((id) => rowsOf(name, id)));
    assert.deepEqual(stateOf({ rows }).summary.leftOut, []);
    assert.deepEqual(stateOf({ rows, state: 'cancelled' }).summary.leftOut, []);
    const finished = stateOf({ rows, state: 'finished' }).summary;
    assert.deepEqual(new Set(finished.leftOut.map(({ id }) => id)), new Set(['c']));
    assert.equal(finished.difference[1]!.n, 2);
  });
});
