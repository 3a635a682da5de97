import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

describe('a window on the sample lab', () => {
  let window: Workbench;

  afterEach(() => window.close());

  it('has the extension, whatever becomes of the window', async () => {
    window = await openWorkbench();
    assert.equal(await isInstalled(window), true);
    await window.reload();
    assert.equal(await isInstalled(window), true);
  });

  it('is in Restricted Mode for a user who does not trust the folder', async () => {
    window = await openWorkbench({ trusted: false });
    assert.equal(await window.evaluate((vscode) => vscode.workspace.isTrusted), false);
    await window.page.getByRole('button', { name: 'Restricted Mode' }).waitFor();
  });

  it('in Restricted Mode everything can be looked at and nothing runs', async () => {
    window = await openWorkbench({ trusted: false });
    await window.page.getByRole('tab', { name: 'Frankenstein Lab' }).locator('a').click();
    await window.page.getByRole('treeitem', { name: /^base\b/ }).waitFor();
    await window.page.getByRole('treeitem', { name: /^experiment lab\b/ }).click();
    await window.page.locator('.view-line').first().waitFor();
    const refusal = await window.evaluate(async (vscode) => {
      const extension = vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!;
      const { runs } = (await extension.activate()) as { runs: { start(file: string, step: string): Promise<void> } };
      const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
      return runs.start(file, 'vision').then(
        () => 'it ran',
        (error: Error) => error.message,
      );
    });
    assert.match(refusal, /untrusted workspace/);
    assert.equal(await window.page.locator('.codelens-decoration a', { hasText: 'Run' }).count(), 0);
    assert.ok(!existsSync(join(window.folder, 'lab.runs')));
  });
});

function isInstalled(window: Workbench): Promise<boolean> {
  return window.evaluate((vscode) => vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab') !== undefined);
}
