import assert from 'node:assert/strict';
import type { TrainingState } from '../../src/shared/protocol/training';
import { accessibilityTree } from './accessibilityTree';
import { choose, goTo, tabNames, trainingPanels, type TrainingHost } from './trainingPanels';
import { labRun, labRunning, labSamples, labSft, labThree, labTraining, notRun } from './trainingRuns';

const metrics = ['Reward', 'Length', 'KL from the start', 'Loss', 'Gradient norm', 'Learning rate'];

function plot({ page }: TrainingHost, name: string) {
  return page.getByRole('slider', { name: `${name} by step`, exact: true });
}

function arm({ page }: TrainingHost, name: string) {
  return page.getByRole('region', { name: 'Arms' }).getByRole('listitem').filter({ hasText: name });
}

/** Cells of the rows of a table. */
function tableRows({ page }: TrainingHost, caption: string): Promise<string[][]> {
  return page
    .getByRole('region', { name: caption })
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}

describe('the Training page: a run and its arms', () => {
  const open = trainingPanels();

  it('says what a state is, what it offers and what to do next', async () => {
    const host = await open({ state: labTraining([notRun('frozen-late')]) });
    const shown = async () => {
      const buttons = [];
      for (const name of ['Run', 'Resume', 'Cancel']) {
        const control = host.page.getByRole('banner').getByRole('button', { name, exact: true });
        if ((await control.count()) > 0) buttons.push((await control.isDisabled()) ? `(${name})` : name);
      }
      return [await host.page.locator('header .state').textContent(), buttons.join(' ')];
    };
    const none = { rows: [] };
    const of = (change: Parameters<typeof labRun>[1]) => labTraining([labRun('frozen-late', change)]);
    const cases: [TrainingState, string, string, RegExp?][] = [
      [labTraining([notRun('frozen-late')]), 'Not run yet', 'Run', /Press Run: the curves grow/],
      [labTraining([notRun('frozen-late', { state: 'queued' })]), 'Waiting · 0 of 200 steps', 'Cancel', /waits for/],
      [
        labTraining([labRunning('frozen-late', 0)]),
        'Running · 0 of 200 steps · 2 min left · on cpu',
        'Cancel',
        /first steps are on their way/,
      ],
      [
        of({ ...none, state: 'running', mine: false, message: 'It runs in process 7 on ada.' }),
        'Running · 0 of 200 steps · on cpu',
        '(Cancel)',
        /It runs in process 7 on ada\./,
      ],
      [of({ ...none, state: 'cancelled' }), 'Cancelled · 0 of 200 steps · on cpu', 'Run', /Run it again/],
      [
        of({ ...none, state: 'failed', message: 'evaluation/vision.jsonl is gone' }),
        'Failed · 0 of 200 steps · on cpu',
        'Run',
        /Mend what is said above/,
      ],
      [of({}), 'Finished · 200 of 200 steps · on cpu', ''],
    ];
    for (const [state, text, offered, word] of cases) {
      await host.update(state);
      assert.deepEqual(await shown(), [text, offered]);
      if (word) assert.match((await host.page.locator('.page').textContent())!, word);
    }
    await host.update(labTraining([notRun('frozen-late')]));
    await host.page.getByRole('button', { name: 'Run', exact: true }).click();
    assert.deepEqual(await host.called('run'), { run: 'frozen-late' });
    await host.update(labTraining([labRunning('frozen-late', 20)]));
    await host.page.getByRole('button', { name: 'Cancel', exact: true }).click();
    assert.deepEqual(await host.called('cancel'), { run: 'frozen-late' });
    await host.page.getByRole('button', { name: 'Open File' }).click();
    assert.equal(await host.called('openFile'), null);
  });

  it('says of each arm what is frozen, how much is trained, and how far it is', async () => {
    const host = await open({ state: labTraining([labRun('frozen-late'), labRunning('unfrozen', 60)]) });
    const late = (await arm(host, 'frozen-late').textContent())!;
    assert.match(late, /Late frozen.*Finished · 200 of 200 steps.*Late: 48 tensors, 813 k parameters/);
    assert.match(late, /Trained: 165 tensors, 2\.5 M parameters · frozen: 48 tensors, 813 k parameters \(25 %\)/);
    const other = (await arm(host, 'unfrozen').textContent())!;
    assert.match(other, /nothing frozen.*Running · 60 of 200 steps · 2 min left.*Trained: all 213 tensors/);
    assert.equal(await arm(host, 'frozen-late').getByRole('button').count(), 0);
  });

  it('runs and cancels other arms, and a button keeps the focus while the run goes on', async () => {
    const host = await open({ state: labTraining([labRun('frozen-late'), notRun('unfrozen')]) });
    await arm(host, 'unfrozen').getByRole('button', { name: 'Run unfrozen' }).click();
    assert.deepEqual(await host.called('run'), { run: 'unfrozen' });
    await host.update(labTraining([labRun('frozen-late'), labRunning('unfrozen', 20)]));
    const cancel = arm(host, 'unfrozen').getByRole('button', { name: 'Cancel unfrozen' });
    await cancel.focus();
    await host.update(labTraining([labRun('frozen-late'), labRunning('unfrozen', 40)]));
    await host.page.keyboard.press('Enter');
    assert.deepEqual(await host.called('cancel'), { run: 'unfrozen' });
    const message = 'the gradient was not finite in 10 steps in a row';
    await host.update(labTraining([labRun('frozen-late'), labRun('unfrozen', { state: 'failed', message })]));
    await arm(host, 'unfrozen').getByText('The gradient was not finite in 10 steps in a row').waitFor();
  });

  it('runs nothing in an untrusted workspace', async () => {
    const host = await open({
      state: labTraining([notRun('frozen-late'), notRun('unfrozen')], { canRun: false }),
    });
    for (const name of ['Run', 'Run unfrozen']) {
      assert.ok(await host.page.getByRole('button', { name, exact: true }).isDisabled(), name);
    }
  });

  it('asks for the arms laid over, and keeps them over a reload', async () => {
    const host = await open({ state: labTraining([labRun('frozen-late')]) });
    await host.page.getByRole('checkbox', { name: 'frozen-early (Early frozen)' }).click();
    assert.deepEqual(await host.called('show'), { runs: ['frozen-late', 'frozen-early'] });
    await host.page.getByRole('checkbox', { name: 'unfrozen (nothing frozen)' }).click();
    assert.deepEqual(await host.called('show', 2), { runs: ['frozen-late', 'frozen-early', 'unfrozen'] });
    assert.deepEqual((await host.kept()).ui?.['overlays'], ['frozen-early', 'unfrozen']);
    await host.page.reload();
    assert.deepEqual(await host.called('show', 3), { runs: ['frozen-late', 'frozen-early', 'unfrozen'] });
    await host.update(labThree());
    assert.equal(await plot(host, 'Reward').locator('path.line').count(), 3);
  });
});

describe('the Training page: curves', () => {
  const open = trainingPanels();

  it('has a figure for each metric that there is, and no other', async () => {
    const host = await open({ state: labThree() });
    assert.equal(await host.page.getByRole('slider').count(), metrics.length);
    for (const name of metrics) assert.equal(await plot(host, name).locator('path.line').count(), 3, name);
    await host.update(labSft());
    assert.equal(await host.page.getByRole('slider').count(), 3);
    for (const name of ['Loss', 'Gradient norm', 'Learning rate']) await plot(host, name).waitFor();
    await host.page.getByText('Mean of −log p over the tokens of the answer.').waitFor();
  });

  it('averages over the steps chosen, with single steps behind the lines', async () => {
    const state = labTraining([labRun('frozen-late')]);
    const host = await open({ state });
    const reward = plot(host, 'Reward');
    const values = state.arms[0].points.map((point) => point.reward!);
    const mean = (n: number) => values.slice(-n).reduce((sum, value) => sum + value, 0) / n;
    await reward.focus();
    await host.page.keyboard.press('End');
    const spoken = async () => (await reward.getAttribute('aria-valuetext'))!;
    const [, said] = /^Step 200\. frozen-late: [\d.]+, mean of the last 5: ([\d.]+)$/.exec(await spoken())!;
    assert.ok(Math.abs(Number(said) - mean(5)) < 5e-4, said);
    assert.equal(await reward.locator('path.raw').count(), 1);
    const card = host.page.getByRole('region', { name: 'Reward', exact: true });
    assert.match((await card.getByRole('list').textContent())!, /^frozen-late: [\d.]+ \(step 200\)$/);
    await choose(host, 'Average over', '20 steps');
    assert.ok(Math.abs(Number(/last 20: ([\d.]+)/.exec(await spoken())![1]) - mean(20)) < 5e-4);
    await choose(host, 'Average over', '1 step');
    assert.equal(await host.page.locator('path.raw:visible').count(), 0);
    assert.match(await spoken(), /^Step 200\. frozen-late: [\d.]+$/);
  });

  it('marks skipped steps, and says why', async () => {
    const host = await open({ state: labThree() });
    const norm = plot(host, 'Gradient norm');
    assert.equal(await norm.locator('path.skipped').count(), 1);
    await norm.focus();
    for (let step = 1; step < 87; step++) await host.page.keyboard.press('ArrowRight');
    const spoken = (await norm.getAttribute('aria-valuetext'))!;
    assert.match(spoken, /^Step 87\. .*frozen-late: skipped, its gradient was not finite/);
    assert.ok(!spoken.includes('NaN') && !spoken.includes('null'), spoken);
    await host.page.getByText('1 step skipped: the gradient was not finite.').waitFor();
    await host.update(labSft());
    assert.equal(await host.page.locator('path.skipped:visible').count(), 0);
  });

  it('says in words what the curves do, without testing it', async () => {
    const state = labTraining([labRun('frozen-late')]);
    const host = await open({ state });
    const values = state.arms[0].points.map((point) => point.reward!);
    const mean = (some: number[]) => Number((some.reduce((sum, value) => sum + value, 0) / some.length).toPrecision(3));
    const [first, last] = [mean(values.slice(0, 10)), mean(values.slice(-10))];
    const reading = host.page.locator('.reading');
    const text = `Reward rose from ${first} (mean of the first 10 steps) to ${last} (last 10), over 200 steps.`;
    assert.equal(await reading.textContent(), text);
    await host.page.getByText('tests nothing').waitFor();
    await host.update(labTraining([labRunning('frozen-late', 8), labRun('unfrozen')]));
    const [one, other] = await reading.allTextContents();
    assert.match(
      one!,
      /^frozen-late \(Late frozen\): so far, reward .* \(mean of the first 4 steps\) to .*, over 8 steps/,
    );
    assert.match(other!, /^unfrozen \(nothing frozen\): reward rose/);
    await host.update(labSft());
    assert.match((await reading.textContent())!, /^Loss fell from [\d.]+ \(mean of the first 10 steps\)/);
    await host.update(labTraining([labRunning('frozen-late', 1)]));
    assert.equal(await reading.count(), 0);
  });

  it('draws thousands of steps with few elements, so that it stays quick', async () => {
    const many = 5000;
    const long = (id: 'frozen-late' | 'unfrozen') => {
      const run = labRun(id);
      const rows = Array.from({ length: many }, (_, i) => ({ ...run.rows[i % 200]!, key: String(i + 1), step: i + 1 }));
      return { ...run, rows, facts: { ...run.facts, steps: many } };
    };
    const host = await open({ state: labTraining([long('frozen-late'), long('unfrozen')]) });
    const reward = plot(host, 'Reward');
    assert.equal(await reward.getAttribute('aria-valuemax'), String(many));
    const dots = (await reward.locator('path.raw').first().getAttribute('d'))!;
    assert.equal(dots.split('h0').length - 1, many);
    assert.ok((await reward.locator('svg *').count()) < 60);
  });
});

describe('the Training page: samples, tables and access', () => {
  const open = trainingPanels();

  it('shows the rollouts of the last step that has some, and of those chosen', async () => {
    const host = await open({ state: labThree() });
    await goTo(host, 'Samples');
    assert.deepEqual(await host.called('samples'), { run: 'frozen-late', step: 181 });
    const items = host.page.getByRole('list', { name: 'Rollouts' }).getByRole('listitem');
    await items.first().waitFor();
    const [first] = labSamples('frozen-late', 181);
    assert.equal(await items.count(), 4);
    const text = (await items.first().textContent())!;
    assert.ok(text.includes(first!.id) && text.includes('reward 1') && text.includes(first!.text), text);
    const symbols = await items
      .locator('.codicon')
      .evaluateAll((icons) => icons.map((icon) => /codicon-([a-z-]+)/.exec(icon.className)![1]));
    assert.deepEqual(symbols, ['pass', 'error', 'color-mode', 'pass']);
    await choose(host, 'Arm', 'unfrozen');
    assert.deepEqual(await host.called('samples', 2), { run: 'unfrozen', step: 181 });
    await choose(host, 'Step', '21');
    assert.deepEqual(await host.called('samples', 3), { run: 'unfrozen', step: 21 });
    await host.page.getByText('4 rollouts of step 21 of unfrozen').waitFor();
  });

  it('goes from a step of a curve to its rollouts, by keyboard too', async () => {
    const host = await open({ state: labThree() });
    await plot(host, 'Reward').focus();
    await host.page.keyboard.press('End');
    await host.page.keyboard.press('ArrowLeft');
    await host.page.keyboard.press('Enter');
    assert.deepEqual(await host.called('samples'), { run: 'frozen-late', step: 181 });
    assert.equal(await host.page.getByRole('tab', { name: 'Samples' }).getAttribute('aria-selected'), 'true');
  });

  it('says why there are no rollouts, and shows an answer as the text it is', async () => {
    const host = await open({ state: labSft() });
    await goTo(host, 'Samples');
    await host.page.getByText('it has no rollouts').waitFor();
    const hostile = await open({
      state: labTraining([labRun('frozen-late')]),
      handlers: { samples: () => [{ id: '<i>', text: '<img src=x onerror=alert(1)>', reward: 0 }] },
    });
    await goTo(hostile, 'Samples');
    await hostile.page.getByText('<img src=x onerror=alert(1)>').waitFor();
    assert.equal(await hostile.page.locator('.samples img').count(), 0);
  });

  it('lists every number of every arm', async () => {
    const state = labThree();
    const host = await open({ state });
    await goTo(host, 'Table');
    const steps = await tableRows(host, 'Step by step; idle: share of groups whose rollouts all had one reward');
    assert.equal(steps.length, 3 * 200);
    assert.deepEqual(steps[86]!.slice(0, 3), ['frozen-late', '87', '–']);
    assert.equal(steps[86]!.at(-1), 'yes');
    const { reward, learningRate } = state.arms[1].points[10]!;
    assert.equal(Number(steps[210]![3]), Number(reward!.toPrecision(4)));
    assert.equal(steps[210]![8], learningRate === 1e-4 ? '1 × 10⁻⁴' : '');
    assert.equal((await tableRows(host, 'Arms')).length, 3);
    assert.deepEqual(await tableRows(host, 'What each selector keeps'), [
      ['frozen-late', 'Late', '48', '812544'],
      ['frozen-early', 'Early', '48', '812544'],
    ]);
  });

  it('names every control, fits a narrow column, and keeps its tab', async () => {
    const host = await open({ state: labThree(), width: 400 });
    for (const tab of tabNames) {
      await goTo(host, tab);
      const wide = await host.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wide <= 0, `${tab}: ${wide}`);
      const controls = ['button', 'checkbox', 'combobox', 'slider', 'tab', 'list', 'table', 'region'];
      for (const { role, name } of await accessibilityTree(host)) {
        if (controls.includes(role) && role !== 'list') assert.notEqual(name, '', `${tab}: ${role}`);
      }
    }
    await host.page.reload();
    await host.page.getByRole('tab', { name: 'Table', selected: true }).waitFor();
  });

  it('follows a change of theme', async () => {
    const host = await open({ state: labThree() });
    const stroke = () => plot(host, 'Reward').locator('path.line').last().getAttribute('stroke');
    const before = await stroke();
    await host.setTheme('light');
    assert.notEqual(await stroke(), before);
  });
});
