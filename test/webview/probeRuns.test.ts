import assert from 'node:assert/strict';
import { InputError } from '../../src/shared/errors';
import type { ProbeRun, ProbeState } from '../../src/shared/protocol/probe';
import type { FakeHost } from './fakeHost';
import { labRun, labState } from './labRuns';
import { probePanels } from './probePanels';

const stateOf = (change: Partial<ProbeRun>, around: Partial<ProbeState> = {}) =>
  labState(['vision'], { ...around, runs: [{ ...labRun('vision', 0), ...change }] });

const buttons = ['Run', 'Resume', 'Cancel'];

/** Which of the buttons for the run are there, and which of those cannot be pressed. */
async function actions(host: FakeHost): Promise<string> {
  const shown: string[] = [];
  for (const name of buttons) {
    const control = host.page.getByRole('banner').getByRole('button', { name, exact: true });
    if ((await control.count()) > 0) shown.push((await control.isDisabled()) ? `(${name})` : name);
  }
  return shown.join(' ');
}

describe('the Probe page: a run and its states', () => {
  const open = probePanels();

  it('offers what a state allows, and says what it is', async () => {
    const host = await open({ state: stateOf({ state: null, done: 0, curves: [] }) });
    const look = async () => [await host.page.locator('.state').textContent(), await actions(host)];
    assert.deepEqual(await look(), ['Not run yet', 'Run']);
    await host.page.getByText('Press Run: the curves grow').waitFor();
    const cases: [Partial<ProbeRun>, string, string, RegExp?][] = [
      [
        { state: 'queued', secondsLeft: null },
        'Waiting · 0 of 200 pairs · on cpu',
        'Cancel',
        /waits for the one before/,
      ],
      [{ state: 'preparing', total: 0 }, 'Preparing', 'Cancel', /checkpoint is being opened/],
      [{ state: 'running', done: 8 }, 'Running · 8 of 200 pairs · 2 min left · on cpu', 'Cancel'],
      [
        { state: 'running', done: 8, mine: false, message: 'It runs in process 7 on ada.' },
        'Running · 8 of 200 pairs · 2 min left · on cpu',
        '(Cancel)',
        /It runs in process 7 on ada\./,
      ],
      [{ state: 'interrupted', done: 8 }, 'Interrupted · 8 of 200 pairs · on cpu', 'Resume'],
      [{ state: 'cancelled', done: 0 }, 'Cancelled · 0 of 200 pairs · on cpu', 'Run', /before its first pair/],
      [
        { state: 'failed', done: 8, message: 'model.safetensors: truncated' },
        'Failed · 8 of 200 pairs · on cpu',
        'Resume',
        /^model\.safetensors: truncated/,
      ],
      [{ state: 'finished', done: 200 }, 'Finished · 200 of 200 pairs · on cpu', ''],
    ];
    for (const [change, text, offered, word] of cases) {
      await host.update(stateOf(change));
      assert.deepEqual(await look(), [text, offered], JSON.stringify(change));
      if (word) await host.page.locator('p:visible', { hasText: word }).first().waitFor();
    }
  });

  it('runs, resumes, cancels and opens the file', async () => {
    const host = await open({ state: stateOf({ state: null }) });
    const press = (name: string) => host.page.getByRole('button', { name, exact: true }).click();
    await press('Run');
    assert.deepEqual(await host.called('run'), { run: 'vision' });
    await host.update(stateOf({ state: 'running', done: 4 }));
    await press('Cancel');
    assert.deepEqual(await host.called('cancel'), { run: 'vision' });
    await host.update(stateOf({ state: 'cancelled', done: 4 }));
    const resume = host.page.getByRole('button', { name: 'Resume', exact: true });
    await resume.focus();
    await host.page.keyboard.press('Enter');
    assert.deepEqual(await host.called('run', 2), { run: 'vision' });
    await press('Open File');
    assert.equal(await host.called('openFile'), null);
  });

  it('runs nothing in an untrusted workspace, and says why', async () => {
    const host = await open({ state: stateOf({ state: null }, { canRun: false }) });
    assert.equal(await actions(host), '(Run)');
    assert.match((await host.page.locator('[title*="untrusted"]:visible').getAttribute('title'))!, /Trust it first/);
    await host.page.locator('p:visible', { hasText: 'Nothing runs in an untrusted workspace.' }).waitFor();
    await host.page.getByRole('button', { name: 'Run', exact: true }).click({ force: true });
    await host.settle();
    assert.deepEqual(host.params('run'), []);
  });

  it('says once why a run could not start', async () => {
    const host = await open({
      state: stateOf({ state: null }),
      handlers: {
        run: () => {
          throw new InputError('the checkpoint "base" has no model.safetensors', 'Check its path');
        },
      },
    });
    await host.page.getByRole('button', { name: 'Run', exact: true }).click();
    const text = 'The checkpoint "base" has no model.safetensors. Check its path';
    await host.page.getByRole('alert').getByText(text, { exact: true }).waitFor();
    await host.update(stateOf({ state: 'failed', message: text.replace('The', 'the') }));
    assert.equal(await host.page.getByText(text, { exact: true }).count(), 1);
    assert.equal(await host.page.getByRole('alert').textContent(), '');
  });

  it('says why runs could not be laid over each other', async () => {
    const host = await open({
      state: stateOf({ state: null }),
      handlers: {
        show: () => {
          throw new Error('no such run');
        },
      },
    });
    await host.page.getByRole('checkbox', { name: 'in (vision-in)' }).click();
    await host.page.getByRole('alert').getByText('No such run').waitFor();
  });
});
