import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

/** A sweep of one checkpoint takes about five seconds on two cores that have nothing else to do. */
const sweepLimit = 180_000;

describe('the main job', function () {
  this.timeout(3 * sweepLimit);
  let window: Workbench;

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
    const file = join(window.folder, 'lab.frankenstein.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('limit: 50', 'limit: 20'));
  });
  after(() => window.close());

  it('the tree shows the chain, cut into regions, down to the tensors', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    const tree = page.getByRole('tree', { name: 'Checkpoints' });
    for (const name of ['base', 'in', 'rl']) await treeItem(tree, name).waitFor();
    await expand(tree, 'base');
    await expand(tree, 'Language model');
    for (const region of ['Early', 'Mid', 'Late']) await treeItem(tree, region).waitFor();
    await expand(tree, 'Mid');
    await treeItem(tree, 'Layer 4').waitFor();
    await window.screenshot('main-job-tree');
  });

  it('a click on Run above the step makes curves, and a click on a layer shows whose answers changed', async () => {
    const { page } = window;
    await page.getByRole('treeitem', { name: /^experiment lab\b/ }).click();
    await page.locator('.codelens-decoration a', { hasText: 'Run' }).first().click();

    const panel = await window.frame('vision · base');
    await panel.getByText(/^Running · [1-9]\d* of 80 pairs/).waitFor();
    await window.screenshot('main-job-running');
    await finished(panel);
    const chart = panel.getByRole('slider', { name: /Recognition/ });
    const box = (await chart.boundingBox())!;
    // Layer 4 of 12, where the first half of the answers still changes.
    await chart.click({ position: { x: box.width * 0.42, y: box.height / 2 } });
    await panel.getByRole('heading', { name: /Recognition.*layer/i }).waitFor();
    const pairs = panel.getByRole('listitem').filter({ has: panel.locator('img') });
    await pairs.first().waitFor();
    await pairs.first().scrollIntoViewIfNeeded();
    const loaded = await pairs
      .first()
      .locator('img')
      .evaluateAll((images: HTMLImageElement[]) =>
        Promise.all(images.map((image) => image.decode().then(() => image.naturalWidth))),
      );
    assert.deepEqual(loaded, [112, 112]);
    await window.screenshot('main-job-layer');
  });

  it('three checkpoints lie over each other, and the panel survives a reload of the window', async () => {
    await window.evaluate(async (vscode) => {
      const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
      for (const step of ['vision-in', 'vision-rl']) {
        await vscode.commands.executeCommand('frankenstein.runStep', { file, step });
      }
      await vscode.commands.executeCommand('frankenstein.openResults', { file, step: 'vision' });
    });
    let panel = await window.frame('vision · base');
    for (const other of ['in', 'rl']) await panel.getByRole('checkbox', { name: new RegExp(`^${other}\\b`) }).click();
    await panel.getByRole('checkbox', { name: 'Differences' }).click();
    await panel.getByText(/RL|rl/).first().waitFor();
    await window.screenshots('main-job-overlay');
    await window.reload();
    panel = await window.frame('vision · base');
    await finished(panel);
    await panel.getByRole('checkbox', { name: /^rl\b/, checked: true }).waitFor();
  });
});

function treeItem(tree: ReturnType<Workbench['page']['getByRole']>, name: string) {
  return tree.getByRole('treeitem', { name: new RegExp(`^${name}\\b`) }).first();
}

async function expand(tree: ReturnType<Workbench['page']['getByRole']>, name: string): Promise<void> {
  const item = treeItem(tree, name);
  await item.click();
  if ((await item.getAttribute('aria-expanded')) !== 'true') await item.press('ArrowRight');
}

async function finished(panel: FrameLocator): Promise<void> {
  await panel.getByText(/^Finished · 80 of 80 pairs/).waitFor({ timeout: sweepLimit });
}
