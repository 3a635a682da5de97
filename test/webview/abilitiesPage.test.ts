import assert from 'node:assert/strict';
import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { accessibilityTree } from './accessibilityTree';
import { abilitiesPanels, choose, goTo, tabNames, type AbilitiesHost } from './abilitiesPanels';
import {
  labAbilitiesRunning,
  labAbilityItems,
  labAbilityRun,
  labAbilityState,
  labFacts,
  othersRun,
  wholeLab,
} from './abilitiesRuns';

/** Whether anything is wider than the window. */
function overflow({ page }: AbilitiesHost): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

const roles = ['base', 'in', 'rl'];
const empty = (change: Parameters<typeof labAbilityRun>[0] = {}) =>
  labAbilityState(labAbilityRun({ facts: labFacts(roles), rows: [], state: null, device: null, ...change }));

describe('the Abilities page: a run and its states', () => {
  const open = abilitiesPanels();

  it('says what a state is, what it offers and what to do next', async () => {
    const host = await open({ state: empty() });
    const shown = async () => {
      const buttons = [];
      for (const name of ['Run', 'Resume', 'Cancel']) {
        const control = host.page.getByRole('banner').getByRole('button', { name, exact: true });
        if ((await control.count()) > 0) buttons.push((await control.isDisabled()) ? `(${name})` : name);
      }
      return [await host.page.locator('.state').textContent(), buttons.join(' ')];
    };
    assert.deepEqual(await shown(), ['Not run yet', 'Run']);
    await host.page.getByText('Press Run: scores appear').waitFor();
    const failure = 'vision.jsonl: line 3 is no JSON';
    const cases: [AbilitiesState, string, string, RegExp?][] = [
      [empty({ state: 'queued' }), 'Waiting · 0 of 1500 answers', 'Cancel', /waits for the one before/],
      [empty({ state: 'preparing' }), 'Preparing · 0 of 1500 answers', 'Cancel', /data sets are being opened/],
      [labAbilitiesRunning(1), 'Running · 1 of 1500 answers · 2 min left · on cpu', 'Cancel', /first answers/],
      [labAbilitiesRunning(700), 'Running · 700 of 1500 answers · 2 min left · on cpu', 'Cancel'],
      [empty({ state: 'cancelled' }), 'Cancelled · 0 of 1500 answers', 'Run', /before its first item .* Run it again/],
      [empty({ state: 'failed', message: failure }), 'Failed · 0 of 1500 answers', 'Run', /Mend what is said above/],
      [empty({ state: 'finished' }), 'Finished · 0 of 1500 answers', '', /no item was answered in all its settings/],
      [wholeLab(), 'Finished · 4500 of 4500 answers · on cpu', ''],
    ];
    for (const [state, text, offered, word] of cases) {
      await host.update(state);
      assert.deepEqual(await shown(), [text, offered]);
      if (word) await host.page.locator('p:visible', { hasText: word }).first().waitFor();
    }
  });

  it('runs, cancels and opens the file', async () => {
    const host = await open({ state: empty() });
    const press = (name: string) => host.page.getByRole('button', { name, exact: true }).click();
    await press('Run');
    assert.equal(await host.called('run'), null);
    await host.update(labAbilitiesRunning(300));
    await press('Cancel');
    assert.equal(await host.called('cancel'), null);
    await press('Open File');
    assert.equal(await host.called('openFile'), null);
  });

  it('asks for the items again as the run grows, and keeps the one that is read', async () => {
    const first = labAbilitiesRunning(210);
    const rows = () => labAbilityRun({ facts: first.facts }).rows;
    const host = await open({
      state: first,
      handlers: {
        items: (query) => labAbilityItems({ facts: first.facts, rows: rows().slice(0, host.state.run.done) }, query),
      },
    });
    await goTo(host, 'Items');
    await host.page.getByRole('button', { name: /^vis_00003/ }).click();
    await host.page.getByRole('article', { name: 'vis_00003' }).waitFor();
    const article = host.page.getByRole('article', { name: 'vis_00003' });
    assert.deepEqual(await article.locator('.checkpoint-name').allTextContents(), ['base']);
    await host.update(labAbilitiesRunning(800));
    await article.getByText('rl').first().waitFor({ state: 'detached' });
    await article.locator('.checkpoint-name', { hasText: 'in' }).waitFor();
    assert.equal(host.params('items').length, 2);
  });

  it('shows others’ results: no chain, no floors, no questions', async () => {
    const run = othersRun();
    const host = await open({
      state: labAbilityState(run),
      handlers: { items: (query) => labAbilityItems(run, query) },
    });
    assert.equal(await host.page.locator('.floor').count(), 0);
    assert.equal(await host.page.getByRole('list', { name: 'Along the chain' }).isVisible(), false);
    await goTo(host, 'Items');
    const article = host.page.getByRole('article');
    await article.getByText('The question cannot be shown').waitFor();
    assert.equal(await article.getByRole('img').count(), 0);
    assert.ok((await article.locator('pre').first().textContent())!.startsWith('The answer is'));
  });

  it('of one checkpoint compares nothing', async () => {
    const run = labAbilityRun({ facts: labFacts(['base']) });
    const host = await open({ state: labAbilityState(run) });
    assert.equal(await host.page.getByRole('combobox', { name: 'Reference' }).isVisible(), false);
    await goTo(host, 'Comparisons');
    await host.page.getByText('A comparison needs two checkpoints').waitFor();
    await goTo(host, 'Items');
    await host.page.getByRole('article').waitFor();
    assert.deepEqual(await host.page.locator('.chip').allTextContents(), ['All items', 'base right76', 'base wrong24']);
  });
});

describe('the Abilities page: a guest of the editor', () => {
  const open = abilitiesPanels();

  it('keeps what it shows over a reload', async () => {
    const host = await open({ state: wholeLab() });
    await choose(host, 'Reference', 'base');
    await host.page.getByRole('checkbox', { name: 'RL:IN:RL' }).click();
    await goTo(host, 'Items');
    await host.page.getByRole('button', { name: 'in right → rl wrong' }).click();
    await host.page.getByText('in right → rl wrong: 7 items').waitFor();
    await host.page.reload();
    await host.page.getByText('in right → rl wrong: 7 items').waitFor();
    await goTo(host, 'Abilities');
    await host.page.getByRole('columnheader', { name: 'vs base' }).first().waitFor();
    assert.equal(await host.page.getByRole('rowheader', { name: 'RL:IN:RL' }).count(), 0);
  });

  it('begins anew when what was kept means nothing', async () => {
    const host = await open({ state: wholeLab() });
    await host.page.evaluate(() => {
      const filter = { kind: 'transition', a: 3 };
      const ui = {
        tab: 9,
        hidden: 'all',
        reference: 'gone',
        pairing: {},
        filter,
        pair: ['x'],
        page: -1,
        scroll: 'far',
      };
      sessionStorage.setItem('state', JSON.stringify({ file: 'gone', ui }));
    });
    await host.page.reload();
    await host.page.getByRole('slider', { name: 'Scores by ability and checkpoint' }).waitFor();
    await host.page.getByRole('columnheader', { name: 'vs in' }).first().waitFor();
  });

  it('names every control, chart and table for assistive technology', async () => {
    const host = await open({ state: wholeLab() });
    const tree = [];
    for (const tab of tabNames) {
      await goTo(host, tab);
      if (tab === 'Items') await host.page.getByRole('article').waitFor();
      tree.push(...(await accessibilityTree(host)));
    }
    const named = [
      'button',
      'checkbox',
      'combobox',
      'searchbox',
      'spinbutton',
      'slider',
      'tab',
      'rowheader',
      'table',
      'image',
      'article',
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
      const host = await open({ state: wholeLab(), width });
      for (const tab of tabNames) {
        await goTo(host, tab);
        if (tab === 'Items') await host.page.getByRole('article').waitFor();
        assert.equal(await overflow(host), 0, tab);
      }
    });
  }

  it('follows a change of theme at once', async () => {
    const host = await open({ state: wholeLab() });
    const colour = () => host.page.locator('.bars rect.bar').first().getAttribute('fill');
    const dark = await colour();
    await host.setTheme('light');
    assert.notEqual(await colour(), dark);
  });

  it('takes names and answers as text, whatever they are', async () => {
    const hostile = '<img src=x onerror=alert(1)>"&\u0000';
    const whole = labAbilityRun({ facts: labFacts(['base', 'in']) });
    const rows = whole.rows.map((row) => ({
      ...row,
      text: hostile,
      checkpoint: row.checkpoint === 'in' ? hostile : row.checkpoint,
    }));
    const run = { ...whole, rows, facts: { ...whole.facts, checkpoints: ['base', hostile] } };
    const host = await open({
      state: labAbilityState(run),
      handlers: {
        items: (query) => {
          const { items, total } = labAbilityItems(run, query);
          return {
            total,
            items: items.map((item) => ({ ...item, image: null, question: hostile, choices: [hostile] })),
          };
        },
      },
    });
    for (const tab of tabNames) {
      await goTo(host, tab);
      if (tab === 'Items') await host.page.getByRole('article').waitFor();
      assert.equal(await host.page.locator('img, body script:not([src])').count(), 0, tab);
    }
  });
});
