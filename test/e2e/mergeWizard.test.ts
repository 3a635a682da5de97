import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

/** Each answer takes about a second on two cores that have nothing else to do. */
const tryLimit = 120_000;
const file = 'wizard.frankenstein.yaml';
const text = `version: 1
checkpoints:
  base: ./base
  in: ./in # the cold start
  rl: ./rl
regions: thirds
hybrids:
  IN:RL:RL: [in, rl, rl]
steps: []
`;

describe('the merge wizard, by clicks: paint, try, write', function () {
  this.timeout(2 * tryLimit);
  let window: Workbench;
  let panel: FrameLocator;

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false, 'files.autoSave': 'off' } });
  });
  after(() => window.close());

  const cell = (row: string) => panel.locator(`[role=gridcell][title^="IN:RL:RL, ${row}: "]`);
  const textOfFile = () =>
    window.evaluate(async (vscode, name) => {
      const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
      return (await vscode.workspace.openTextDocument(uri)).getText();
    }, file);

  it('opens beside the experiment file', async () => {
    await window.evaluate(
      async (vscode, name, content) => {
        const uri = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
        await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
        await vscode.window.showTextDocument(uri);
        await vscode.commands.executeCommand('workbench.action.closeSidebar');
      },
      file,
      text,
    );
    await window.page.getByRole('button', { name: 'Open Merge Wizard' }).click();
    panel = await window.frame(`Merge: ${file}`);
    await cell('layer 11').waitFor();
  });

  it('what is painted is in the editor, and undo takes it back', async () => {
    await panel.getByRole('radio', { name: 'base' }).click();
    await cell('layer 5').click();
    await window.page.locator('.view-line', { hasText: '"5": base' }).waitFor();
    assert.equal(await cell('layer 5').textContent(), 'B');
    await panel.getByRole('button', { name: 'Undo' }).click();
    await panel.locator('[title="IN:RL:RL, layer 5: rl"]').waitFor();
    assert.equal(await textOfFile(), text);
    await cell('layer 5').click();
    await panel.locator('[title="IN:RL:RL, layer 5: base"]').waitFor();
  });

  it('the hybrid answers beside its donors before it exists', async () => {
    const { page } = window;
    await panel.getByRole('button', { name: 'Choose Image…' }).click();
    const images = path.join(window.folder, 'pairs', 'counting', 'images');
    const image = readdirSync(images).find((name) => name.endsWith('.png'))!;
    const box = page.locator('.quick-input-box input');
    // It takes what is typed once it has listed its first folder.
    await page.locator('.quick-input-list').getByText('pairs', { exact: true }).waitFor();
    await box.fill(path.join(images, image));
    await page.locator('.quick-input-list').getByText(image, { exact: true }).waitFor();
    await box.press('Enter');
    await panel.getByText(image).waitFor();
    await panel.getByRole('textbox', { name: 'Prompt' }).fill('How many items are there in the image?');
    await panel.getByRole('button', { name: 'Try', exact: true }).click();
    await panel.getByText('IN:RL:RL was tried, virtually.').waitFor({ timeout: tryLimit });
    assert.equal(await panel.getByRole('article').count(), 4);
    for (const name of ['IN:RL:RL', 'in', 'rl', 'base']) {
      await panel
        .getByRole('article', { name: `Answer of ${name}`, exact: true })
        .getByText(/tokens? · .* on /)
        .waitFor();
    }
    await window.screenshots('merge-window-tried');
  });

  it('is written into a folder that opens in the tree', async () => {
    const { page } = window;
    await page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    await panel.getByRole('button', { name: 'Write', exact: true }).click();
    await panel.getByText(/^Finished · .*, every tensor checked against its donor/).waitFor({ timeout: tryLimit });
    assert.ok(existsSync(path.join(window.folder, 'IN-RL-RL', 'config.json')));
    assert.match(await textOfFile(), /merge: .*write-in-rl-rl/s);
    const tree = page.getByRole('tree', { name: 'Checkpoints' });
    await tree.getByRole('treeitem', { name: /IN-RL-RL/, selected: true }).waitFor();
    await window.screenshots('merge-window-written');
  });
});
