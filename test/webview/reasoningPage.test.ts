import assert from 'node:assert/strict';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { accessibilityTree } from './accessibilityTree';
import { choose, chooseLayer, figureOf, goTo, reasoningPanels, tabNames, type ReasoningHost } from './reasoningPanels';
import { labFacts, labItems, labReasoning, labRows, labRunning, notRun, visionFacts } from './reasoningRuns';

/** Whether anything is wider than the window. */
function overflow({ page }: ReasoningHost): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

describe('the Reasoning page: a run and its states', () => {
  const open = reasoningPanels();

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
    await host.page.getByText('Press Run: the figure grows').waitFor();
    const some = labRows().slice(0, 26);
    const cases: [ReasoningState, string, string, RegExp?][] = [
      [notRun({ state: 'queued' }), 'Waiting', 'Cancel', /waits for the one before/],
      [notRun({ state: 'preparing' }), 'Preparing', 'Cancel', /checkpoint is being opened/],
      [labRunning(2), 'Running · 26 of 1300 answers · 2 min left · on cpu', 'Cancel', /^So far: Baseline/],
      [
        labReasoning({ state: 'running', rows: some, mine: false, message: 'It runs in process 7 on ada.' }),
        'Running · 26 of 1300 answers · on cpu',
        '(Cancel)',
        /It runs in process 7 on ada\./,
      ],
      [labReasoning({ state: 'interrupted', rows: some }), 'Interrupted · 26 of 1300 answers · on cpu', 'Resume'],
      [
        labReasoning({ state: 'cancelled', rows: [] }),
        'Cancelled · 0 of 1300 answers · on cpu',
        'Run',
        /before its first item .* Run it again/,
      ],
      [
        labReasoning({ state: 'failed', rows: [], message: 'math.jsonl: line 3 is not JSON' }),
        'Failed · 0 of 1300 answers · on cpu',
        'Run',
        /Mend what is said above/,
      ],
      [labReasoning(), 'Finished · 1300 of 1300 answers · on cpu', ''],
    ];
    for (const [state, text, offered, word] of cases) {
      await host.update(state);
      assert.deepEqual(await shown(), [text, offered]);
      if (word) await host.page.locator('p:visible', { hasText: word }).first().waitFor();
    }
  });

  it('names what it shows', async () => {
    const host = await open({ state: labReasoning() });
    await host.page.getByText('rl · evaluation/reasoning.jsonl · lab.frankenstein.yaml').waitFor();
    await host.update(labReasoning({ facts: labFacts({ checkpoint: 'tuned' }) }));
    await host.page.getByText('tuned (RL) · evaluation/reasoning.jsonl · lab.frankenstein.yaml').waitFor();
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
      state: labReasoning(),
      handlers: {
        items: () => {
          throw new Error('the run "reasoning" has no layer 3 of that part');
        },
      },
    });
    await chooseLayer(host, 'Accuracy', 3);
    await host.page.getByRole('alert').getByText('The run "reasoning" has no layer 3 of that part').waitFor();
  });

  it('reads the result with its caution, and says what was cut short or left out', async () => {
    const problem = 'its image could not be read';
    const leftOut = [
      ...Array.from({ length: 25 }, (_, i) => ({ id: `i${i}`, problem })),
      { id: 'x', problem: 'no answer' },
    ];
    const host = await open({ state: labReasoning({ facts: labFacts({ leftOut }) }) });
    const result = host.page.getByRole('region', { name: 'Result' });
    await result.getByText('Baseline 84 % (76–90 %, n 100). 8 of 12 layers lower it significantly;').waitFor();
    await result.getByText('necessary under this intervention, not sufficient').waitFor();
    await result.getByText(/^\d+ answers reached their limit of tokens/).waitFor();
    await result.getByText('26 items were left out').click();
    await result.getByText('its image could not be read: i0, i1, ').waitFor();
    assert.match((await result.getByText(`${problem}:`).textContent())!, /i19 and 5 more$/);
    await result.getByText('no answer: x').waitFor();
  });

  it('grows while the run goes on, and keeps the place of the keyboard', async () => {
    const host = await open({ state: labRunning(5) });
    const figure = figureOf(host, 'Accuracy');
    await figure.focus();
    await figure.press('ArrowRight');
    assert.match((await figure.getAttribute('aria-valuetext'))!, /^Layer 1\. .* of 5 right/);
    await host.update(labRunning(40));
    assert.match((await figure.getAttribute('aria-valuetext'))!, /^Layer 1\. .* of 40 right/);
  });
});

describe('the Reasoning page: a guest of the editor', () => {
  const open = reasoningPanels();

  it('keeps what it shows over a reload', async () => {
    const host = await open({ state: labReasoning() });
    await choose(host, 'Measure', 'Error rate');
    await chooseLayer(host, 'Error rate', 2);
    await choose(host, 'Which items', 'All items');
    await host.page.reload();
    await figureOf(host, 'Error rate').waitFor();
    await host.page.getByRole('heading', { name: 'Items with layer 2 made identity' }).waitFor();
    await host.page.getByText('Listed: 1 to 20 of 100.').waitFor();
  });

  it('begins anew when what was kept means nothing', async () => {
    const host = await open({ state: labReasoning() });
    await host.page.evaluate(() => {
      const ui = { tab: 9, measure: 'x', selected: { part: 'head', layer: -1 }, only: {}, page: 'a', scroll: [] };
      sessionStorage.setItem('state', JSON.stringify({ file: 'gone', ui }));
    });
    await host.page.reload();
    await figureOf(host, 'Accuracy').waitFor();
    await host.page.getByText('Choose a layer').waitFor();
  });

  it('names every control, figure and table for assistive technology', async () => {
    const leftOut = [{ id: 'x', problem: 'no answer' }];
    const host = await open({ state: labReasoning({ facts: visionFacts({ leftOut }) }) });
    await chooseLayer(host, 'Accuracy', 3);
    await host.page.getByText('Listed: 1 to 20').waitFor();
    const tree = [];
    for (const tab of tabNames) {
      await goTo(host, tab);
      tree.push(...(await accessibilityTree(host)));
    }
    const named = ['button', 'combobox', 'slider', 'tab', 'table', 'rowheader', 'img', 'list', 'region'];
    for (const role of named) {
      const found = tree.filter((node) => node.role === role || (role === 'img' && node.role === 'image'));
      assert.ok(found.length > 0, `there is a ${role}`);
    }
    const roles = [...named, 'image', 'group'].filter((role) => role !== 'list');
    const nameless = tree.filter(({ role, name }) => roles.includes(role) && name.trim() === '');
    assert.deepEqual(nameless, []);
  });

  for (const width of [400, 320]) {
    it(`fits ${width} pixels without scrolling sideways`, async () => {
      const host = await open({ state: labReasoning({ facts: visionFacts() }), width });
      await chooseLayer(host, 'Accuracy', 3);
      await host.page.getByText('Listed: 1 to 20').waitFor();
      for (const tab of tabNames) {
        await goTo(host, tab);
        assert.equal(await overflow(host), 0, tab);
      }
    });
  }

  it('follows a change of theme at once', async () => {
    const host = await open({ state: labReasoning() });
    const colour = () => host.page.locator('path.line').first().getAttribute('stroke');
    const dark = await colour();
    await host.setTheme('light');
    assert.notEqual(await colour(), dark);
  });

  it('takes answers and names as text, whatever they are', async () => {
    const hostile = '<img src=x onerror=alert(1)>"&\u0000';
    const state = labReasoning({
      id: hostile,
      facts: labFacts({ checkpoint: hostile, dataset: hostile, leftOut: [{ id: hostile, problem: hostile }] }),
    });
    const host = await open({
      state,
      handlers: {
        items: (query) => {
          const { items, total } = labItems(state, query);
          const side = { text: hostile, correct: true, logLikelihood: -1 };
          const all = { id: hostile, question: hostile, gold: hostile, image: null, baseline: side, ablated: side };
          return { items: items.map(() => all), total };
        },
      },
    });
    await chooseLayer(host, 'Accuracy', 3);
    await host.page.getByText('Listed: 1 to 20').waitFor();
    for (const tab of tabNames) {
      await goTo(host, tab);
      assert.equal(await host.page.locator('img, body script:not([src])').count(), 0, tab);
    }
  });

  it('lets the keyboard scroll a long answer', async () => {
    const state = labReasoning();
    const host = await open({
      state,
      handlers: {
        items: (query) => {
          const { items, total } = labItems(state, query);
          const long = { text: 'word '.repeat(800), correct: false, logLikelihood: null };
          return { items: items.map((item) => ({ ...item, ablated: long })), total };
        },
      },
    });
    await chooseLayer(host, 'Accuracy', 3);
    const answer = host.page.getByRole('region', { name: 'Answer, Layer 3 identity' }).first();
    await answer.focus();
    await answer.press('PageDown');
    await host.page.waitForFunction(() => (document.activeElement?.scrollTop ?? 0) > 0);
  });

  it('stays quick with 64 layers', async () => {
    const layers = Array.from({ length: 64 }, (_, layer) => ({ part: 'languageModel' as const, layer }));
    const summary = labReasoning().summary;
    const many = layers.map(({ part, layer }) => ({ ...summary.layers[layer % 12]!, part, layer }));
    const state = { ...labReasoning(), numLayers: 64, regions: null, facts: labFacts({ layers }) };
    const host = await open({ state: { ...state, summary: { ...summary, layers: many } } });
    assert.equal(await figureOf(host, 'Accuracy').locator('path.point').count(), 64);
    const started = Date.now();
    for (let i = 0; i < 5; i++) await host.update({ ...state, summary: { ...summary, layers: many } });
    assert.ok(Date.now() - started < 5000);
  });
});
