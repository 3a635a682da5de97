import assert from 'node:assert/strict';
import { summariseAblate } from '../../../src/core/probe/ablateSummary';
import { reasoningState, type AblateRun } from '../../../src/host/panels/reasoningState';
import type { AblateFacts, AblateRow } from '../../../src/shared/ablateResults';

const facts: AblateFacts = {
  checkpoint: 'rl',
  scoring: 'generate',
  layers: [
    { part: 'languageModel', layer: 0 },
    { part: 'languageModel', layer: 1 },
  ],
  items: ['a', 'b', 'c'],
  leftOut: [{ id: 'd', problem: 'it has no answer' }],
  dataset: 'math.jsonl',
};

const row = (id: string, layer: number | null, correct: boolean): AblateRow => ({
  key: `${id}/${layer}`,
  id,
  part: layer === null ? null : 'languageModel',
  layer,
  text: 'text',
  extracted: 'text',
  correct,
  logLikelihood: null,
});
const rows = [row('a', null, true), row('a', 0, false), row('a', 1, true), row('b', null, true)];

function stateOf(change: Partial<AblateRun>) {
  const run: AblateRun = {
    id: 'reasoning',
    state: 'interrupted',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows,
    ...change,
  };
  const summary = summariseAblate(run.facts, run.rows, run.state === 'finished');
  const around = { experiment: 'lab', role: null, numLayers: 2, visionLayers: 0, regions: null, canRun: true };
  return reasoningState(run, summary, around);
}

describe('the state of the Reasoning panel', () => {
  const standing = (change: Partial<AblateRun>) => {
    const { done, total, secondsLeft } = stateOf(change).run;
    return [done, total, secondsLeft];
  };

  it('counts answers, each item with every layer and with none, until it is told', () => {
    assert.deepEqual(standing({}), [4, 9, null]);
    assert.deepEqual(standing({ state: 'running', progress: { done: 5, total: 8, secondsLeft: 3 } }), [5, 8, 3]);
    assert.deepEqual(standing({ state: 'preparing', progress: { done: 0, total: 0 } }), [4, 9, null]);
  });

  it('has nothing to come of a run that is finished', () => {
    assert.deepEqual(standing({ state: 'finished' }), [4, 4, null]);
  });

  it('tells the page neither rows nor what whoever runs it told', () => {
    const state = stateOf({});
    assert.equal('rows' in state.run || 'progress' in state.run || 'facts' in state.run, false);
    assert.deepEqual(state.facts, facts);
    assert.equal(state.summary.baseline.n, 2);
    assert.doesNotThrow(() => structuredClone(state));
  });
});
