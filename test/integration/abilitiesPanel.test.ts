import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { panels } from '../../src/host/ids';
import { InputError } from '../../src/shared/errors';
import type { AbilitiesHostSurface, AbilitiesState } from '../../src/shared/protocol/abilities';
import { imageRoots, testRunPanel } from './runPanelTests';

describe('the Abilities panel', () => {
  const { connect } = testRunPanel({
    viewType: panels.abilities,
    panelsOf: (api) => api.abilities,
    kind: 'evaluate',
    options:
      'checkpoints: [in, rl], vision: ./evaluation/vision.jsonl, reasoning: ./evaluation/reasoning.jsonl, limit: 10, maxNewTokens: 16, batch: 4',
    title: 'own · in, rl',
    unit: 'answers',
  });
  const open = () => connect<AbilitiesState, AbilitiesHostSurface>();

  it('shows the scores of every checkpoint, and how they compare', async () => {
    const page = await open();
    const { summary, facts, checkpoints } = await page.host.call('ready', null);
    assert.deepEqual(
      checkpoints.map(({ name, role, hybrid }) => [name, role, hybrid]),
      [
        ['in', 'in', false],
        ['rl', 'rl', false],
      ],
    );
    assert.deepEqual(Object.keys(facts.abilities), ['vision', 'reasoning']);
    for (const ability of ['vision', 'reasoning']) {
      for (const name of ['in', 'rl']) {
        const { n, low, value, high } = summary.abilities[ability]![name]!;
        assert.ok(n === 10 && low <= value && value <= high, `${ability} of ${name}`);
      }
    }
  });

  it('gives the items behind a cell of the transitions, with images that can be loaded', async () => {
    const page = await open();
    const { summary } = await page.host.call('ready', null);
    const { transitions } = summary.comparisons.find(({ ability, a, b }) => `${ability} ${a} ${b}` === 'vision in rl')!;
    const cells = ['TT', 'TF', 'FT', 'FF'] as const;
    const ask = (filter: Parameters<typeof query>[0]) => page.host.call('items', query(filter));
    for (const cell of cells) {
      const { items, total } = await ask({ kind: 'transition', a: 'in', b: 'rl', cell });
      assert.deepEqual([total, items.length], [transitions[cell], transitions[cell]], cell);
      for (const { right } of items) assert.deepEqual(right, { in: cell[0] === 'T', rl: cell[1] === 'T' });
    }
    const { items } = await ask({ kind: 'all' });
    assert.equal(items.length, 10);
    for (const { image, question, answers } of items) {
      assert.ok(existsSync(vscode.Uri.parse(image!).path), image!);
      assert.ok(question!.length > 0 && answers.length >= 4);
    }
    assert.deepEqual(imageRoots(page.panel), ['evaluation']);
    await assert.rejects(ask({ kind: 'verdict', checkpoint: 'base', right: true }), /no checkpoint "base"/);
    await assert.rejects(
      page.host.call('items', { ...query({ kind: 'all' }), ability: 'taste' }),
      /no ability "taste"/,
    );
    await assert.rejects(page.host.call('items', { ...query({ kind: 'all' }), to: 1e6 }), InputError);
  });

  it('says how many items a difference needs', async () => {
    const page = await open();
    const needed = await page.host.call('itemsNeeded', { difference: 0.1 });
    const counts = needed.map(({ items }) => items ?? 0);
    assert.ok(counts.at(-1)! > counts.find((count) => count > 0)!, 'the more discordant, the more items');
    await assert.rejects(page.host.call('itemsNeeded', { difference: 0 }), InputError);
  });
});

function query(filter: AbilitiesHostSurface['items']['params']['filter']): AbilitiesHostSurface['items']['params'] {
  return { ability: 'vision', filter, search: '', from: 0, to: 50 };
}
