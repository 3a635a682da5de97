import assert from 'node:assert/strict';
import { summariseEvaluate } from '../../../src/core/evaluate/evaluateSummary';
import { abilitiesState, type EvaluateRun } from '../../../src/host/panels/abilitiesState';
import type { EvaluateFacts, EvaluateRow } from '../../../src/shared/evaluateResults';

const facts: EvaluateFacts = {
  checkpoints: ['base', 'in'],
  chain: ['base', 'in'],
  abilities: {
    vision: { dataset: 'v.jsonl', settings: ['image', 'black'], items: ['a', 'b'], leftOut: [], floor: null },
    reasoning: { dataset: 'r.jsonl', settings: ['text'], items: ['c'], leftOut: [], floor: null },
  },
  samples: 1,
};

const row: EvaluateRow = {
  key: 'base/reasoning/text/c',
  checkpoint: 'base',
  ability: 'reasoning',
  setting: 'text',
  id: 'c',
  text: '3',
  extracted: '3',
  correct: true,
};

function stateOf(change: Partial<EvaluateRun> = {}) {
  const run: EvaluateRun = {
    id: 'abilities',
    state: 'running',
    mine: true,
    message: null,
    device: 'cpu',
    progress: null,
    facts,
    rows: [row],
    ...change,
  };
  const checkpoints = run.facts.checkpoints.map((name) => ({ name, role: null, hybrid: false }));
  const around = { experiment: 'lab.frankenstein.yaml', checkpoints, canRun: true };
  return abilitiesState(run, summariseEvaluate(run.facts, run.rows, false), around);
}

describe('the state of the Abilities panel', () => {
  it('counts answers against those planned, or what whoever runs it told', () => {
    const { run } = stateOf();
    assert.deepEqual([run.done, run.total, run.secondsLeft], [1, 10, null]);
    const told = stateOf({ progress: { done: 2, total: 10, secondsLeft: 9 } }).run;
    assert.deepEqual([told.done, told.total, told.secondsLeft], [2, 10, 9]);
    // While the checkpoints are opened nothing is known yet.
    assert.equal(stateOf({ progress: { done: 0, total: 0, secondsLeft: null } }).run.total, 10);
    assert.equal(stateOf({ facts: { ...facts, samples: 4 } }).run.total, 40);
    assert.equal('progress' in told || 'facts' in told || 'rows' in told, false);
  });

  it('of others’ results counts what there is', () => {
    const rows = ['x', 'y', 'z'].map((id) => ({ ...row, id, key: id }));
    const task = { dataset: '', settings: ['text' as const], items: ['x'], leftOut: [], floor: null };
    const { run } = stateOf({ rows, facts: { ...facts, checkpoints: ['base'], abilities: { reasoning: task } } });
    assert.deepEqual([run.done, run.total], [3, 3]);
  });

  it('holds the summary of the rows there are', () => {
    const { summary } = stateOf();
    assert.deepEqual([summary.abilities['reasoning']!['base']!.n, summary.abilities['vision']!['base']!.n], [1, 0]);
  });
});
