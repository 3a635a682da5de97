import assert from 'node:assert/strict';
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { accessibilityTree } from './accessibilityTree';
import { choose, goTo, tabNames, updatesPanels, type UpdatesHost } from './updatesPanels';
import { labFacts, labRows, labRunning, labUpdates, largeSize } from './updatesRuns';
import { itInFull } from '../harness/full';

/** Whether anything is wider than the window. */
function overflow({ page }: UpdatesHost): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

interface Timed {
  /** Milliseconds that each frame's drawing took. */
  frames: number[];
}

/** Runs in the page. */
function timeFrames(): void {
  const timed = window as unknown as Timed;
  const request = window.requestAnimationFrame.bind(window);
  timed.frames = [];
  window.requestAnimationFrame = (draw) =>
    request((time) => {
      const started = performance.now();
      draw(time);
      timed.frames.push(performance.now() - started);
    });
}

const notRun = (change: Parameters<typeof labUpdates>[0] = {}) =>
  labUpdates({
    state: null,
    rows: [],
    facts: labFacts(undefined, { numLayers: 0, regions: null, rows: 0 }),
    ...change,
  });

describe('the Updates page: a run and its states', () => {
  const open = updatesPanels();

  it('says what a state is, what it offers and what to do next', async () => {
    const host = await open({ state: notRun() });
    const shown = async () => {
      const buttons = [];
      for (const name of ['Run', 'Resume', 'Cancel']) {
        const control = host.page.getByRole('banner').getByRole('button', { name, exact: true });
        if ((await control.count()) > 0) buttons.push((await control.isDisabled()) ? `(${name})` : name);
      }
      return [await host.page.locator('.state').textContent(), buttons.join(' ')];
    };
    assert.deepEqual(await shown(), ['Not run yet', 'Run']);
    await host.page.getByText('Press Run: tensors appear').waitFor();
    const some = labRows().slice(0, 8);
    const cases: [UpdatesState, string, string, RegExp?][] = [
      [notRun({ state: 'queued' }), 'Waiting', 'Cancel', /waits for the one before/],
      [notRun({ state: 'preparing' }), 'Preparing', 'Cancel', /checkpoints are being opened/],
      [labRunning(8), 'Running · 8 of 402 tensors · 2 min left · on cpu', 'Cancel'],
      [
        labUpdates({ state: 'running', rows: some, mine: false, message: 'It runs in process 7 on ada.' }),
        'Running · 8 of 402 tensors · on cpu',
        '(Cancel)',
        /It runs in process 7 on ada\./,
      ],
      [labUpdates({ state: 'interrupted', rows: some }), 'Interrupted · 8 of 402 tensors · on cpu', 'Resume'],
      [
        labUpdates({ state: 'cancelled', rows: [] }),
        'Cancelled · 0 of 402 tensors · on cpu',
        'Run',
        /before its first tensor .* Run it again/,
      ],
      [
        labUpdates({ state: 'failed', rows: [], message: 'base: model.safetensors was replaced while it was read' }),
        'Failed · 0 of 402 tensors · on cpu',
        'Run',
        /Mend what is said above/,
      ],
      [labUpdates(), 'Finished · 402 of 402 tensors · on cpu', ''],
    ];
    for (const [state, text, offered, word] of cases) {
      await host.update(state);
      assert.deepEqual(await shown(), [text, offered]);
      if (word) await host.page.locator('p:visible', { hasText: word }).first().waitFor();
    }
  });

  it('runs, cancels and opens the file', async () => {
    const host = await open({ state: notRun() });
    const press = (name: string) => host.page.getByRole('button', { name, exact: true }).click();
    await press('Run');
    assert.equal(await host.called('run'), null);
    await host.update(labRunning(8));
    await press('Cancel');
    assert.equal(await host.called('cancel'), null);
    await press('Open File');
    assert.equal(await host.called('openFile'), null);
  });

  it('says why a call failed', async () => {
    const host = await open({
      state: labUpdates(),
      handlers: {
        reveal: () => {
          throw new Error('the checkpoint "rl" is not in the view');
        },
      },
    });
    await goTo(host, 'Heat map');
    await host.page.getByRole('gridcell', { name: /in → rl, q_proj, layer 3/ }).click();
    await host.page.getByRole('alert').getByText('The checkpoint "rl" is not in the view').waitFor();
  });

  it('grows while the run goes on: energies first, then spectra in place of their estimates', async () => {
    const host = await open({ state: labRunning(0) });
    const ranks = host.page.getByRole('slider', { name: 'Effective rank by layer' });
    await goTo(host, 'Spectrum');
    assert.equal(await ranks.locator('path.estimate').count(), 24);
    await ranks.focus();
    assert.match((await ranks.getAttribute('aria-valuetext'))!, /^Layer 0\. base → in: [\d.]+ ± [\d.]+, an estimate\./);
    // Half of the rows are the first phase: it is exact now, and the place of the keyboard stays.
    await host.update(labRunning(201));
    assert.equal(await ranks.locator('path.estimate').count(), 12);
    assert.equal(await ranks.locator('path.point').count(), 12);
    assert.match((await ranks.getAttribute('aria-valuetext'))!, /base → in: [\d.]+\. in → rl: .* ± .*, an estimate$/);
    await host.update(labUpdates());
    assert.equal(await ranks.locator('path.estimate').count(), 0);
    assert.equal(await host.page.getByText('estimate ± one standard error').count(), 0);
  });
});

describe('the Updates page: a guest of the editor', () => {
  const open = updatesPanels();

  it('keeps what it shows over a reload', async () => {
    const host = await open({ state: labUpdates() });
    await choose(host, 'Energy', 'Relative');
    await host.page.getByRole('checkbox', { name: 'base → in' }).click();
    await goTo(host, 'Heat map');
    await choose(host, 'Colour', 'Stable rank');
    await host.page.reload();
    await host.page.getByRole('grid', { name: /^Stable rank of in → rl by kind/ }).waitFor();
    assert.equal(await host.page.getByRole('grid', { name: /base → in/ }).count(), 0);
    await goTo(host, 'Energy');
    await host.page.getByRole('slider', { name: /^Relative update energy/ }).waitFor();
  });

  it('begins anew when what was kept means nothing', async () => {
    const host = await open({ state: labUpdates() });
    await host.page.evaluate(() => {
      const ui = { tab: 9, part: {}, hidden: 'all', measure: 'x', sort: 3, page: -1, filter: [], scroll: 'far' };
      sessionStorage.setItem('state', JSON.stringify({ file: 'gone', ui }));
    });
    await host.page.reload();
    await host.page.getByRole('slider', { name: 'Absolute update energy of the language model by layer' }).waitFor();
  });

  it('names every control, chart, grid and cell for assistive technology', async () => {
    const host = await open({ state: labUpdates() });
    const tree = [];
    for (const tab of tabNames) {
      await goTo(host, tab);
      tree.push(...(await accessibilityTree(host)));
    }
    const named = [
      'button',
      'checkbox',
      'combobox',
      'searchbox',
      'slider',
      'tab',
      'grid',
      'gridcell',
      'rowheader',
      'table',
    ];
    for (const role of named)
      assert.ok(
        tree.some((node) => node.role === role),
        `there is a ${role}`,
      );
    const nameless = tree.filter(
      ({ role, name }) => [...named, 'group', 'region'].includes(role) && name.trim() === '',
    );
    assert.deepEqual(nameless, []);
  });

  for (const width of [400, 320]) {
    it(`fits ${width} pixels without scrolling sideways`, async () => {
      const host = await open({ state: labUpdates(), width });
      for (const tab of tabNames) {
        await goTo(host, tab);
        assert.equal(await overflow(host), 0, tab);
      }
    });
  }

  it('draws anew when its width changes', async () => {
    const host = await open({ state: labUpdates() });
    const width = () =>
      host.page
        .locator('.plot svg')
        .first()
        .evaluate((svg) => svg.clientWidth);
    const before = await width();
    await host.page.setViewportSize({ width: 700, height: 900 });
    await host.settle();
    assert.ok((await width()) < before - 300);
    assert.equal(await overflow(host), 0);
  });

  it('follows a change of theme at once', async () => {
    const host = await open({ state: labUpdates() });
    const colour = () => host.page.locator('path.line').last().getAttribute('stroke');
    const dark = await colour();
    await host.setTheme('light');
    assert.notEqual(await colour(), dark);
  });

  itInFull('stays quick with 729 tensors in two phases', async () => {
    const states = [700, 702, 704, 706].map((done) => labRunning(done, largeSize));
    const host = await open({ state: states[0]! });
    for (const tab of tabNames) {
      await goTo(host, tab);
      await host.page.evaluate(timeFrames);
      for (const state of states) await host.update(state);
      const longest = await host.page.evaluate(() => Math.max(...(window as unknown as Timed).frames));
      // It takes 5 to 50 ms where nothing else runs.
      assert.ok(longest < 500, `${tab}: ${longest} ms`);
    }
  });

  it('takes names as text, whatever they are', async () => {
    const hostile = '<img src=x onerror=alert(1)>"&\u0000';
    const rows = labRows().map((row) => ({ ...row, name: `${row.name}${hostile}`, to: hostile }));
    const facts = labFacts(undefined, {
      phases: [
        { from: 'base', to: hostile, onlyFrom: [hostile], onlyTo: [] },
        { from: 'in', to: hostile, onlyFrom: [], onlyTo: [] },
      ],
    });
    const host = await open({ state: labUpdates({ rows, facts }) });
    for (const tab of tabNames) {
      await goTo(host, tab);
      assert.equal(await host.page.locator('img, body script:not([src])').count(), 0, tab);
    }
  });
});
