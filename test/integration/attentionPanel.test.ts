import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { panels } from '../../src/host/ids';
import { InputError } from '../../src/shared/errors';
import type { AttentionHostSurface, AttentionState } from '../../src/shared/protocol/attention';
import { imageRoots, testRunPanel } from './runPanelTests';

const limit = 6;

describe('the Attention panel', () => {
  const { connect } = testRunPanel({
    viewType: panels.attention,
    panelsOf: (api) => api.attention,
    kind: 'attention',
    options: `checkpoints: [in, rl], dataset: ./evaluation/vision_to_reasoning.jsonl, limit: ${limit}, maxNewTokens: 24, batch: 2`,
    title: 'own · in, rl',
    unit: 'items',
  });
  const open = () => connect<AttentionState, AttentionHostSurface>();

  it('shows every layer of both checkpoints, and their difference', async () => {
    const page = await open();
    const { summary, numLayers, regions, facts } = await page.host.call('ready', null);
    assert.equal(numLayers, 12);
    assert.deepEqual(regions, { early: [0, 4], mid: [4, 8], late: [8, 12] });
    assert.deepEqual([facts.text, facts.items.length], ['in', limit]);
    const masses = (name: string) => summary.checkpoints[name]!.layers.map(({ mass }) => mass);
    assert.equal(summary.difference.length, 12);
    for (const [layer, { mass, n }] of summary.difference.entries()) {
      assert.equal(n, limit);
      assert.ok(Math.abs(mass - (masses('rl')[layer]! - masses('in')[layer]!)) < 1e-9, `layer ${layer}`);
    }
  });

  it('gives an item with where each checkpoint looks, and an image that can be loaded', async () => {
    const page = await open();
    const { facts } = await page.host.call('ready', null);
    const item = await page.host.call('item', { id: facts.items[0]! });
    assert.ok(existsSync(vscode.Uri.parse(item.image!).path), item.image!);
    assert.ok(item.question!.length > 0);
    assert.equal(item.rows.length, 2 * 12);
    for (const { grids, patches } of item.rows) {
      const tokens = grids.reduce((sum, [height, width]) => sum + height * width, 0);
      assert.equal(Buffer.from(patches, 'base64').length, tokens);
    }
    assert.deepEqual(imageRoots(page.panel), ['evaluation']);
    await assert.rejects(page.host.call('item', { id: 'nothing' }), /no item "nothing"/);
    await assert.rejects(page.host.call('item', { id: 'x'.repeat(2000) }), InputError);
  });
});
