import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { clickRunAbove } from '../harness/codeLens';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

/** The comparison takes about ten seconds on two cores that have nothing else to do. */
const runLimit = 180_000;
const title = 'updates · base → in → rl';

describe('what training changed, by clicks', function () {
  this.timeout(2 * runLimit);
  let window: Workbench;
  let panel: FrameLocator;

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
  });
  after(() => window.close());

  it('a click on Run above the step opens the panel, which fills while it runs', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    await page.getByRole('treeitem', { name: /^step updates\b/ }).click();
    await page.locator('.view-line', { hasText: 'id: updates' }).waitFor();
    await clickRunAbove(window, 'id: updates');

    panel = await window.frame(title);
    const standing = panel.getByText(/^Running · [1-9]\d* of \d+ tensors/);
    await standing.waitFor({ timeout: runLimit });
    const total = /of (\d+) tensors/.exec((await standing.textContent())!)![1];
    await panel.getByRole('tab', { name: 'Heat map' }).click();
    await panel.locator('.cell.value').first().waitFor();
    await window.screenshot('updates-window-running');
    await panel.getByText(new RegExp(`^Finished · ${total} of ${total} tensors`)).waitFor({ timeout: runLimit });
    assert.equal(await panel.locator('.cell.none').count(), 0);
  });

  it('a click on a cell selects its tensor in the tree, which has badges', async () => {
    const { page } = window;
    await panel.getByRole('gridcell', { name: /^in → rl, q_proj, layer 3:/ }).click();
    const tree = page.getByRole('tree', { name: 'Checkpoints' });
    const tensor = tree.getByRole('treeitem', {
      name: /^tensor model\.layers\.3\.self_attn\.q_proj\.weight\b/,
      selected: true,
    });
    await tensor.waitFor();
    await window.screenshots('updates-window-heat-map');
  });

  it('looks as it should in every view', async () => {
    for (const tab of ['Energy', 'Spectrum', 'Table']) {
      await panel.getByRole('tab', { name: tab }).click();
      await window.screenshots(`updates-window-${tab.toLowerCase()}`);
    }
  });
});
