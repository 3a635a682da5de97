import assert from 'node:assert/strict';
import type { AttentionState } from '../../src/shared/protocol/attention';
import { caution, readingSentence } from '../../webview/attention/reading';
import { accessibilityTree } from './accessibilityTree';
import { attentionPanels, choose, goTo, tabNames, type AttentionHost } from './attentionPanels';
import { labAttention, labFacts, labItem, labRows, labRunning, labShape, notRun } from './attentionRuns';

const three = { ...labShape, checkpoints: ['base', 'in', 'rl'] };
const differences = 'Attention on the image: rl − in, percentage points, by layer';

/** Whether anything is wider than the window. */
function overflow({ page }: AttentionHost): Promise<number> {
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

function slider({ page }: AttentionHost, name: string) {
  return page.getByRole('slider', { name, exact: true });
}

describe('the Attention page: a run and its states', () => {
  const open = attentionPanels();

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
    const none = { rows: [] };
    const cases: [AttentionState, string, string, RegExp?][] = [
      [notRun(), 'Not run yet', 'Run', /Press Run: the lines grow/],
      [notRun({ state: 'queued' }), 'Waiting', 'Cancel', /waits for the one before/],
      [notRun({ state: 'preparing' }), 'Preparing', 'Cancel', /checkpoints are being opened/],
      [labRunning(0), 'Running · 0 of 100 items · 2 min left · on cpu', 'Cancel', /first items are on their way/],
      [
        labAttention({ ...none, state: 'running', mine: false, message: 'It runs in process 7 on ada.' }),
        'Running · 0 of 100 items · on cpu',
        '(Cancel)',
        /It runs in process 7 on ada\./,
      ],
      [labAttention({ ...none, state: 'cancelled' }), 'Cancelled · 0 of 100 items · on cpu', 'Run', /Run it again/],
      [
        labAttention({ ...none, state: 'failed', message: 'evaluation/vision.jsonl is gone' }),
        'Failed · 0 of 100 items · on cpu',
        'Run',
        /Mend what is said above/,
      ],
      [
        labAttention({ state: 'interrupted', rows: labRows().slice(0, 48) }),
        'Interrupted · 4 of 100 items · on cpu',
        'Resume',
      ],
      [labAttention(none), 'Finished · 0 of 100 items · on cpu', '', /what was left out, and why/],
      [labAttention(), 'Finished · 100 of 100 items · on cpu', ''],
    ];
    for (const [state, text, offered, word] of cases) {
      await host.update(state);
      assert.deepEqual(await shown(), [text, offered]);
      if (word) assert.match((await host.page.locator('.page').textContent())!, word);
    }
    await host.update(notRun());
    await host.page.getByRole('button', { name: 'Run', exact: true }).click();
    assert.equal(await host.called('run'), null);
    await host.update(labRunning(1));
    await host.page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await host.called('cancel'), null);
    await host.page.getByRole('button', { name: 'Open File' }).click();
    assert.equal(await host.called('openFile'), null);
  });

  it('reads the result in a sentence, and says how little it proves', async () => {
    const host = await open({ state: labAttention() });
    const reading = () => host.page.locator('.reading').textContent();
    const { difference } = labAttention().summary;
    const late = difference.slice(8).reduce((sum, { mass }) => sum + mass, 0) / 4;
    const count = difference.filter(({ pAdjusted }) => pAdjusted < 0.05).length;
    assert.ok(late > 0.01 && count >= 4 && count < 12);
    assert.equal(
      await reading(),
      `Attention on the image rises from IN to RL by ${(100 * late).toFixed(1)} points of mass on average in Late ` +
        `(layers 8–11), significant in ${count} of 12 layers; all 50 items were read with the answers of IN.`,
    );
    await host.page.getByText(caution).waitFor();
    await host.page.getByText('Counted is the attention of all generated tokens.').waitFor();
    await host.update(labRunning(3));
    assert.match(
      (await reading())!,
      /^So far: attention on the image .* in none of 12 layers; 3 of 50 items were read/,
    );
  });

  it('shows the measures of the paper and of sinks, each with what it is', async () => {
    const host = await open({ state: labAttention() });
    const [point] = labAttention().summary.checkpoints['rl']!.layers.slice(11);
    const means = slider(host, 'Attention on the image by layer');
    await means.focus();
    await host.page.keyboard.press('End');
    const { mass, low, high } = point!;
    const [value, ends] = [(100 * mass).toFixed(1), [low, high].map((end) => (100 * end).toFixed(1)).join(', ')];
    const spoken = (await means.getAttribute('aria-valuetext'))!;
    assert.ok(spoken.includes(`Layer 11. in: `) && spoken.includes(`rl: ${value} % [${ends}], n = 50`), spoken);
    await choose(host, 'Measure', 'Per image token');
    await host.page.getByText('equation 1').waitFor();
    await slider(host, 'Attention per image token by layer').waitFor();
    await slider(host, 'Attention per image token: rl − in, percentage points, by layer').waitFor();
    await choose(host, 'Measure', 'Without sinks');
    await slider(host, 'Attention on the image, without sinks by layer').waitFor();
    assert.equal(await host.page.locator('path.band').count(), 3);
    await choose(host, 'Measure', 'Sink');
    await slider(host, 'Attention on the first token by layer').waitFor();
    assert.equal(await host.page.locator('path.band:visible').count(), 0);
    assert.equal(await host.page.getByRole('slider').count(), 1);
  });

  it('shows the difference around zero, with significant layers marked', async () => {
    const host = await open({ state: labAttention() });
    const plot = slider(host, differences);
    const { difference } = labAttention().summary;
    const marked = difference.filter(({ pAdjusted }) => pAdjusted < 0.05);
    assert.equal(await plot.locator('path.point.strong').count(), marked.length);
    assert.equal(await plot.locator('path.point.hollow').count(), 12 - marked.length);
    await plot.focus();
    await host.page.keyboard.press('End');
    assert.match(
      (await plot.getAttribute('aria-valuetext'))!,
      /^Layer 11\. rl − in: \+[\d.]+ \[\+[\d.]+, \+[\d.]+\] points, n = 50\. significant in mass, adjusted p [<=]/,
    );
    await host.page.getByRole('checkbox', { name: 'Intervals' }).click();
    await host.settle();
    assert.equal(await host.page.locator('path.band').count(), 0);
  });

  it('compares any two of three checkpoints: the last less the first unless another pair is chosen', async () => {
    const host = await open({ state: labAttention({}, three) });
    await slider(host, 'Attention on the image: rl − base, percentage points, by layer').waitFor();
    await choose(host, 'Difference', 'rl − in');
    await slider(host, differences).waitFor();
    assert.match((await host.page.locator('.reading').textContent())!, /from IN to RL/);
    await host.page.getByRole('checkbox', { name: 'base' }).click();
    await host.settle();
    assert.equal(await slider(host, 'Attention on the image by layer').locator('path.line').count(), 2);
  });

  it('shows one checkpoint alone, and grows while the run goes on', async () => {
    const one = { ...labShape, checkpoints: ['rl'] };
    const host = await open({ state: labRunning(2, one) });
    const means = slider(host, 'Attention on the image by layer');
    await means.focus();
    assert.match((await means.getAttribute('aria-valuetext'))!, /, n = 2$/);
    await host.update(labAttention({}, one));
    assert.match((await means.getAttribute('aria-valuetext'))!, /, n = 50$/);
    assert.equal(await host.page.getByRole('slider').count(), 1);
    assert.equal(await host.page.getByRole('combobox', { name: 'Difference' }).count(), 0);
    assert.match((await host.page.locator('.reading').textContent())!, /is largest in layer \d+ of RL/);
  });

  it('lists every number, and what was left out and why', async () => {
    const leftOut = [{ id: 'vis_00050', problem: 'its image cannot be read' }];
    const facts = labFacts(three, { leftOut, text: 'own', span: 'think' });
    const host = await open({ state: labAttention({ facts }, three) });
    await host.page.getByText('1 item was left out').waitFor();
    await host.page.getByText('Each checkpoint read its own answers').waitFor();
    await goTo(host, 'Table');
    const rows = (name: string) => host.page.getByRole('table', { name }).getByRole('row');
    assert.equal(await rows('Attention by layer and checkpoint').count(), 1 + 3 * 12);
    assert.equal(await rows('Differences by layer').count(), 1 + 3 * 12);
    await rows('Left out').getByText('its image cannot be read').waitFor();
    await rows('What the numbers rest on').getByText('the tokens inside <think>').waitFor();
  });
});

describe('readingSentence', () => {
  const view = { pair: null };

  it('says that nothing is significant, and names the direction', () => {
    const state = labAttention({}, { ...labShape, checkpoints: ['rl', 'in'] });
    assert.match(readingSentence(state, view), /^Attention on the image falls from RL to IN by \d\.\d points/);
    const same = labRows().map((row) => (row.checkpoint === 'rl' ? { ...row, mass: row.mass - 1e-9 } : row));
    const equal = same.map((row) => {
      const twin = same.find(
        ({ id, layer, checkpoint }) => id === row.id && layer === row.layer && checkpoint === 'in',
      )!;
      return { ...row, mass: twin.mass };
    });
    assert.match(readingSentence(labAttention({ rows: equal }), view), /but significantly in none of 12 layers/);
  });

  it('says when some layers rise and others fall, and what is small to two decimals', () => {
    const masses = new Map(labRows().map((row) => [`${row.checkpoint} ${row.id} ${row.layer}`, row.mass]));
    const rows = labRows().map((row) => {
      const moved = row.checkpoint === 'in' ? 0 : row.layer < 4 ? 0.002 : -0.001;
      return { ...row, mass: masses.get(`in ${row.id} ${row.layer}`)! + moved };
    });
    assert.equal(
      readingSentence(labAttention({ rows }), view),
      'Attention on the image rises from IN to RL by 0.20 points of mass on average in Early (layers 0–3), significant ' +
        'in 12 of 12 layers (4 rising, 8 falling); all 50 items were read with the answers of IN.',
    );
  });

  it('says nothing while there is nothing', () => {
    assert.equal(readingSentence(notRun(), view), '');
  });
});

describe('the Attention page: a guest of the editor', () => {
  const open = attentionPanels();

  it('keeps what it shows over a reload', async () => {
    const host = await open({ state: labAttention({}, three) });
    await choose(host, 'Measure', 'Without sinks');
    await choose(host, 'Difference', 'in − base');
    await goTo(host, 'Image');
    await host.page.getByRole('button', { name: 'Next item' }).click();
    await choose(host, 'Colours', 'Same for all maps');
    await host.page.reload();
    await host.page.getByRole('grid', { name: /image of vis_00001/ }).waitFor();
    await host.page.getByText(/per token$/).waitFor();
    await goTo(host, 'Layers');
    await slider(host, 'Attention on the image, without sinks: in − base, percentage points, by layer').waitFor();
  });

  it('begins anew when what was kept means nothing', async () => {
    const host = await open({ state: labAttention() });
    await host.page.evaluate(() => {
      const ui = { tab: 9, measure: {}, hidden: 'all', pair: 'x', item: 3, place: [], scale: 1, scroll: 'far' };
      sessionStorage.setItem('state', JSON.stringify({ file: 'gone', ui }));
    });
    await host.page.reload();
    await slider(host, 'Attention on the image by layer').waitFor();
  });

  it('names every control, chart, grid and cell for assistive technology', async () => {
    const host = await open({ state: labAttention({}, three) });
    const tree = [];
    for (const tab of tabNames) {
      await goTo(host, tab);
      tree.push(...(await accessibilityTree(host)));
    }
    const named = ['button', 'checkbox', 'combobox', 'slider', 'tab', 'grid', 'gridcell', 'rowheader', 'table'];
    for (const role of [...named, 'application'])
      assert.ok(
        tree.some((node) => node.role === role),
        role,
      );
    const nameless = tree.filter(
      ({ role, name }) => [...named, 'application', 'group', 'region', 'image'].includes(role) && name.trim() === '',
    );
    assert.deepEqual(nameless, []);
  });

  for (const width of [400, 320]) {
    it(`fits ${width} pixels without scrolling sideways`, async () => {
      const host = await open({ state: labAttention(), width });
      for (const tab of tabNames) {
        await goTo(host, tab);
        assert.equal(await overflow(host), 0, tab);
      }
    });
  }

  it('follows a change of theme at once', async () => {
    const host = await open({ state: labAttention() });
    const colour = () => host.page.locator('path.line').last().getAttribute('stroke');
    const dark = await colour();
    await host.setTheme('light');
    assert.notEqual(await colour(), dark);
  });

  it('stays quick with three checkpoints of 28 layers and 1600 image tokens', async () => {
    const state = labAttention({}, { ...three, layers: 28, items: 3 });
    const patches = Buffer.from(Array.from({ length: 1600 }, (_, i) => (37 * i) % 256)).toString('base64');
    const host = await open({
      state,
      handlers: {
        item: ({ id }) => {
          const item = labItem(state, id);
          return { ...item, rows: item.rows.map((row) => ({ ...row, grids: [[40, 40] as const], patches })) };
        },
      },
    });
    await host.page.evaluate(timeFrames);
    for (const tab of tabNames) await goTo(host, tab);
    const longest = await host.page.evaluate(() => Math.max(...(window as unknown as Timed).frames));
    // It takes about 100 ms where nothing else runs.
    assert.ok(longest < 1000, `${longest} ms`);
  });

  it('takes names as text, whatever they are', async () => {
    const hostile = '<img src=x onerror=alert(1)>"&\u0000';
    const facts = labFacts({ ...labShape, checkpoints: ['in', hostile] }, { dataset: hostile, text: hostile });
    const rows = labRows().map((row) => (row.checkpoint === 'rl' ? { ...row, checkpoint: hostile } : row));
    const host = await open({
      state: labAttention({ facts, rows }),
      handlers: {
        item: ({ id }) => ({ id, question: hostile, image: null, rows: rows.filter((row) => row.id === id) }),
      },
    });
    for (const tab of tabNames) {
      await goTo(host, tab);
      assert.equal(await host.page.locator('img, body script:not([src])').count(), 0, tab);
    }
  });
});
