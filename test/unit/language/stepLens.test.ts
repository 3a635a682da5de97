import assert from 'node:assert/strict';
import { stepLenses, type StepRun } from '../../../src/core/experiment/language/stepLens';

const never: StepRun = { state: null, mine: false, progress: null, message: null, hasResults: false };
const progress = { phase: 'running', done: 12, total: 50, unit: 'pairs', secondsLeft: 170 } as const;

function shown(run: Partial<StepRun>, trusted = true): string[] {
  return stepLenses({ ...never, ...run }, trusted).map(({ title, action }) => `${title} → ${action}`);
}

const [run, resume, cancel, open] = [
  '$(play) Run → runStep',
  '$(play) Resume → runStep',
  '$(debug-stop) Cancel → cancelRun',
  'Open panel → openResults',
];

describe('what stands above a step', () => {
  it('never run', () => assert.deepEqual(shown({}), [run]));

  it('waiting and running in this window, with the progress in words', () => {
    assert.deepEqual(shown({ state: 'queued', mine: true }), [cancel, open, 'waiting for another run → null']);
    const words = '12 of 50 pairs, 3 min left → null';
    assert.deepEqual(shown({ state: 'running', mine: true, progress, hasResults: true }), [cancel, open, words]);
    const finishing = { ...progress, phase: 'finishing' } as const;
    assert.deepEqual(shown({ state: 'running', mine: true, progress: finishing }).at(-1), 'finishing → null');
  });

  it('running elsewhere: neither run nor cancelled from here', () => {
    assert.deepEqual(shown({ state: 'running', hasResults: true }), [open, 'running elsewhere → null']);
  });

  it('unfinished: resumed where there is something to go on from', () => {
    assert.deepEqual(shown({ state: 'interrupted', hasResults: true }), [resume, open, 'interrupted → null']);
    assert.deepEqual(shown({ state: 'cancelled' }), [run, 'cancelled → null']);
    const failed = stepLenses({ ...never, state: 'failed', message: `no ${'x'.repeat(200)}` }, true);
    assert.equal(failed[0]!.title, '$(play) Run');
    assert.ok(failed.at(-1)!.title.length < 120, 'a long reason is cut');
    assert.equal(failed.at(-1)!.tooltip!.length, 203, 'and whole in the tooltip');
  });

  it('finished', () =>
    assert.deepEqual(shown({ state: 'finished', hasResults: true }), [run, open, 'finished → null']));

  it('an untrusted workspace: results can be looked at, nothing runs', () => {
    assert.deepEqual(shown({}, false), []);
    assert.deepEqual(shown({ state: 'interrupted', hasResults: true }, false), [open, 'interrupted → null']);
  });
});
