import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { full } from '../harness/full';
import { openWorkbench, type Theme, type Workbench } from '../harness/workbench.mjs';

/** A sweep of one checkpoint takes about ten seconds on two cores that have nothing else to do. */
const runLimit = 180_000;
const themes: readonly Theme[] = full ? ['dark', 'light', 'highContrast'] : ['dark'];

describe('devices and sessions, by clicks', function () {
  this.timeout(2 * runLimit);
  let window: Workbench;

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
    const file = join(window.folder, 'lab.frankenstein.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replaceAll('limit: 50', 'limit: 10'));
    await window.page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    await window.page.getByRole('button', { name: 'Sessions Section' }).click();
  });
  after(() => window.close());

  const tree = () => window.page.getByRole('tree', { name: 'Sessions' });
  const engine = (state: string) => tree().getByRole('treeitem', { name: new RegExp(`^engine, ${state}`) });

  it('before anything runs the view says when the engine starts', async () => {
    await window.page.getByText(/^Nothing is loaded\. The engine starts/).waitFor();
    await window.screenshots('sessions-welcome', themes);
  });

  it('the picker says what the machine has, and how to mend what it has not', async () => {
    const { page } = window;
    await page.getByRole('button', { name: 'Frankenstein Lab, device auto' }).click();
    const option = (device: string, rest: string) =>
      page.getByRole('option', { name: new RegExp(`${device}, .*${rest}`) });
    await option('cpu', 'of .* free').waitFor();
    await option('cuda', 'not there').waitFor();
    await window.screenshots('sessions-picker', themes);
    await option('cuda', 'not there').click();
    const message = page.getByRole('dialog').filter({ hasText: 'The device cuda is not there.' });
    await message.waitFor();
    await window.screenshots('sessions-missing', themes);
    await message.getByRole('button', { name: 'Cancel' }).click();
    const chosen = () =>
      window.evaluate((vscode) => vscode.workspace.getConfiguration('frankenstein').get<string>('device'));
    assert.equal(await chosen(), 'auto');
  });

  it('a step that runs shows its engine and its graphs, which are gone when it ends', async () => {
    const step = window.evaluate(async (vscode) => {
      const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
      await vscode.commands.executeCommand('frankenstein.runStep', { file, step: 'vision' });
    });
    await engine('at work').waitFor({ timeout: runLimit });
    await tree()
      .getByRole('treeitem', { name: /^session decoder.*, cpu, [\d.]+ MB of weights, [1-9]\d* runs/ })
      .waitFor({ timeout: runLimit });
    await window.screenshots('sessions-running', themes);
    await step;
    await engine('idle for').waitFor();
    await tree()
      .getByRole('treeitem', { name: /^session/ })
      .first()
      .waitFor({ state: 'detached' });
    await window.screenshots('sessions-idle', themes);
  });

  it('a click stops the engine', async () => {
    await engine('idle for').hover();
    await engine('idle for').getByRole('button', { name: 'Stop Engine' }).click();
    await window.page.getByText(/^Nothing is loaded\. The engine starts/).waitFor();
  });
});
