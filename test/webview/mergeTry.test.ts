import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError, InputError } from '../../src/shared/errors';
import type { MergeHostSurface, MergeState, TriedAnswer } from '../../src/shared/protocol/merge';
import type { CallContext } from '../../src/shared/rpc';
import { mergePanels, refusalOf } from './mergePanels';
import { column, labMerge, tried } from './mergeStates';

type TryContext = CallContext<MergeHostSurface['try']['progress']>;

const answer = (checkpoint: string, text: string, part: Partial<TriedAnswer> = {}): TriedAnswer => {
  return { checkpoint, text, tokens: null, seconds: null, device: null, failure: null, ...part };
};

describe('the merge wizard: trying and writing', () => {
  const open = mergePanels();

  it('asks the hybrid and its donors, and shows answers as they come', async () => {
    let context!: TryContext;
    let finish!: (state: MergeState) => void;
    const host = await open({
      state: labMerge(),
      handlers: {
        try: (_, given) => {
          context = given;
          return new Promise((resolve) => (finish = resolve));
        },
      },
    });
    const { page } = host;
    await page.getByRole('button', { name: 'Choose Image…' }).click();
    await page.getByText('circles.png').waitFor();
    await page.getByRole('textbox', { name: 'Prompt' }).fill('How many?');
    await page.getByRole('button', { name: 'Try', exact: true }).click();
    assert.deepEqual(await host.called('try'), {
      hybrid: 'IN:RL:RL',
      prompt: 'How many?',
      image: '0',
      maxNewTokens: 64,
    });
    context.progress([answer('IN:RL:RL', 'There')]);
    const own = page.getByRole('article', { name: 'Answer of IN:RL:RL' });
    await own.getByText('There', { exact: true }).waitFor();
    assert.equal(await page.getByRole('article').count(), 3, 'a place for each that is still to come');
    const said = answer('IN:RL:RL', 'There are 3', { tokens: 4, seconds: 1.25, device: 'cpu' });
    context.progress([
      said,
      answer('in', 'Two', { tokens: 1, seconds: 12, device: 'cpu' }),
      answer('rl', '', { failure: 'out of memory' }),
    ]);
    await own.getByText('4 tokens · 1.3 s · on cpu').waitFor();
    await page.getByRole('article', { name: 'Answer of rl' }).getByText('Out of memory').waitFor();
    finish(labMerge({ tried: [tried] }));
    await page.getByText('IN:RL:RL was tried, virtually.').waitFor();
    assert.equal(await own.textContent(), 'IN:RL:RLhybridThere are 34 tokens · 1.3 s · on cpu');
    await page.getByRole('button', { name: 'Show the trial of IN:RL:RL' }).waitFor();
  });

  it('is cancelled', async () => {
    const host = await open({
      state: labMerge(),
      handlers: {
        try: (_, { signal, progress }) =>
          new Promise((_resolve, reject) => {
            progress([answer('IN:RL:RL', 'The')]);
            signal.addEventListener('abort', () => reject(new CancelledError()));
          }),
      },
    });
    await host.page.getByRole('textbox', { name: 'Prompt' }).fill('How many?');
    await host.page.keyboard.press('Control+Enter');
    await host.page.getByText('The', { exact: true }).waitFor();
    await host.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await host.page.getByRole('button', { name: 'Try', exact: true }).waitFor();
    assert.equal(await host.page.getByRole('alert').textContent(), '', 'what was cancelled has not failed');
  });

  it('says why it cannot', async () => {
    const host = await open({
      state: labMerge(),
      handlers: {
        try: async () => {
          await sleep(10);
          throw new InputError('the image cannot be read', 'Choose another.');
        },
      },
    });
    const run = host.page.getByRole('button', { name: 'Try', exact: true });
    assert.equal(await refusalOf(host, 'Try'), 'Ask something first.');
    await host.page.getByRole('textbox', { name: 'Prompt' }).fill('How many?');
    await run.click();
    await host.page.getByRole('alert').filter({ hasText: 'The image cannot be read' }).waitFor();
  });

  it('brings back what was tried: its question, its image and its answers', async () => {
    const host = await open({ state: labMerge({ tried: [{ ...tried, hash: 'another' }] }) });
    await host.page.getByRole('button', { name: 'Show the trial of IN:RL:RL' }).click();
    assert.deepEqual(await host.called('triedImage'), { tried: 't1' });
    await host.settle();
    assert.equal(await host.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), tried.prompt);
    assert.equal(await host.page.getByRole('article').count(), 3);
    await host.page.getByRole('button', { name: 'Restore the recipe of IN:RL:RL' }).click();
    assert.deepEqual(await host.called('restore'), { tried: 't1' });
    await host.page.getByRole('button', { name: 'Clear the history' }).click();
    await host.page.getByText('Nothing was tried yet.').waitFor();
  });

  it('says what a merge costs before it is written', async () => {
    const host = await open({ state: labMerge() });
    await host.page
      .getByText('16.6 GB to write · 212 GB free on the disk · about 15 s, as fast as the last one here · btrfs')
      .waitFor();
    const { cost } = column('x', ['in', 'in', 'in']);
    const tight = column('IN:RL:RL', ['in', 'rl', 'rl'], undefined, {
      cost: { ...cost!, diskFree: 1e9, writeSpeed: null },
    });
    await host.update(labMerge({ hybrids: [tight] }));
    assert.equal(await refusalOf(host, 'Write'), 'It takes 16.6 GB, and 1.0 GB are free.');
    assert.equal(await host.page.getByText('as fast as the last one').count(), 0, 'nothing is guessed');
  });

  it('writes into the folder that is named, and shows how far it is', async () => {
    const host = await open({ state: labMerge() });
    const folder = host.page.getByRole('textbox', { name: 'Folder to write' });
    assert.equal(await folder.inputValue(), './IN-RL-RL');
    await folder.fill('./merged');
    await host.page.getByRole('button', { name: 'Write', exact: true }).click();
    assert.deepEqual(await host.called('write'), { hybrid: 'IN:RL:RL', output: './merged' });
    const run = {
      id: 'w',
      state: 'running' as const,
      mine: true,
      done: 30,
      total: 120,
      secondsLeft: 3,
      message: null,
      device: 'cpu',
    };
    const writing = { step: 'w', output: './merged', run, result: null };
    const show = (part: object) =>
      host.update(
        labMerge({
          hybrids: [column('IN:RL:RL', ['in', 'rl', 'rl'], undefined, { writings: [{ ...writing, ...part }] })],
        }),
      );
    await show({});
    await host.page.getByText('Running · 30 of 120 tensors').waitFor();
    assert.equal(await host.page.getByRole('progressbar').getAttribute('value'), '0.25');
    assert.equal(await folder.inputValue(), './merged', 'what was typed stays');
    await host.page.getByRole('button', { name: 'Cancel writing ./merged' }).click();
    assert.deepEqual(await host.called('cancelWrite'), { step: 'w' });
    await show({ run: { ...run, state: 'finished', done: 120 }, result: { bytes: 3.2e6 } });
    await host.page.getByText('Finished · 3.2 MB, every tensor checked against its donor').waitFor();
    await host.page.getByRole('button', { name: 'Show in Checkpoints' }).click();
    assert.deepEqual(await host.called('showWritten'), { step: 'w' });
  });

  it('evaluates the hybrid beside its donors, where a step says what to ask', async () => {
    const host = await open({ state: labMerge({ evaluationProblem: 'The file has no evaluate step. Add one.' }) });
    await host.page.getByRole('region', { name: 'Evaluate it' }).getByText('The file has no evaluate step').waitFor();
    assert.equal(await refusalOf(host, 'Evaluate'), 'The file has no evaluate step. Add one.');
    await host.update(labMerge());
    await host.page.getByText('Its abilities beside those of in, rl, on the same items.').waitFor();
    await host.page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    assert.deepEqual(await host.called('evaluate'), { hybrid: 'IN:RL:RL' });
  });

  it('runs nothing in an untrusted workspace', async () => {
    const host = await open({ state: labMerge({ canRun: false }) });
    await host.page.getByRole('textbox', { name: 'Prompt' }).fill('How many?');
    await host.settle();
    for (const name of ['Try', 'Evaluate', 'Write']) {
      assert.match((await refusalOf(host, name))!, /untrusted/);
    }
  });

  it('keeps the question over a reload', async () => {
    const host = await open({ state: labMerge() });
    await host.page.getByRole('textbox', { name: 'Prompt' }).fill('How many?');
    await host.settle();
    await host.page.reload();
    await host.page.getByRole('gridcell').first().waitFor();
    assert.equal(await host.page.getByRole('textbox', { name: 'Prompt' }).inputValue(), 'How many?');
  });
});
