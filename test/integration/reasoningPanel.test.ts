import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { panels } from '../../src/host/ids';
import { InputError } from '../../src/shared/errors';
import type { ReasoningHostSurface, ReasoningState } from '../../src/shared/protocol/reasoning';
import { imageRoots, testRunPanel } from './runPanelTests';

const limit = 4;

describe('the Reasoning panel', () => {
  const { connect } = testRunPanel({
    viewType: panels.reasoning,
    panelsOf: (api) => api.reasoning,
    kind: 'ablate',
    // Items with images, so that layers of the vision tower count too.
    options: `checkpoint: in, dataset: ./evaluation/vision.jsonl, layers: "0-4", visionLayers: all, limit: ${limit}, maxNewTokens: 16, batch: 4`,
    title: 'own · in',
    unit: 'answers',
  });
  const open = () => connect<ReasoningState, ReasoningHostSurface>();

  it('shows every layer beside the baseline', async () => {
    const page = await open();
    const { summary, role, numLayers, visionLayers, regions } = await page.host.call('ready', null);
    assert.deepEqual([role, numLayers, visionLayers], ['in', 12, 6]);
    assert.deepEqual(regions, { early: [0, 4], mid: [4, 8], late: [8, 12] });
    assert.deepEqual(
      summary.layers.map(({ part, layer }) => `${part} ${layer}`).sort(),
      [...several('languageModel', 4), ...several('vision', 6)].sort(),
    );
    assert.equal(summary.baseline.n, limit);
    for (const { n, likelihood } of summary.layers) assert.deepEqual([n, likelihood!.n], [limit, limit]);
  });

  it('gives the items of a layer beside their baseline, with images that can be loaded', async () => {
    const page = await open();
    const { summary } = await page.host.call('ready', null);
    const query = { part: 'languageModel', layer: 0, only: 'all', from: 0, to: 50 } as const;
    const { items, total } = await page.host.call('items', query);
    assert.deepEqual([items.length, total], [limit, limit]);
    for (const { image, question, baseline, ablated } of items) {
      assert.ok(existsSync(vscode.Uri.parse(image!).path), image!);
      assert.ok(question!.length > 0 && baseline.text !== null && ablated.text !== null);
    }
    assert.deepEqual(imageRoots(page.panel), ['evaluation']);
    const first = summary.layers.find(({ part, layer }) => part === 'languageModel' && layer === 0)!;
    const counts = async (only: 'lost' | 'gained') => (await page.host.call('items', { ...query, only })).total;
    assert.equal((await counts('gained')) - (await counts('lost')), first.correct - summary.baseline.correct);
    await assert.rejects(page.host.call('items', { ...query, layer: 9 }), /no layer 9/);
    await assert.rejects(page.host.call('items', { ...query, to: 1e6 }), InputError);
  });
});

function several(part: string, layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => `${part} ${layer}`);
}
