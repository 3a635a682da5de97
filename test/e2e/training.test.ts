/** An arm is trained while somebody looks on, stopped, and gone on with. Full run only. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { itInFull } from '../harness/full';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

const runLimit = 240_000;

describe('training, by clicks', function () {
  this.timeout(3 * runLimit);
  let window: Workbench;

  before(async () => {
    window = await openWorkbench({ settings: { 'editor.minimap.enabled': false } });
    const file = join(window.folder, 'lab.frankenstein.yaml');
    const shorter = { 'steps: 80': 'steps: 24', 'batch: 16': 'batch: 4', 'saveEvery: 10': 'saveEvery: 2' };
    let text = await readFile(file, 'utf8');
    for (const [long, short] of Object.entries(shorter)) text = text.replaceAll(long, short);
    await writeFile(file, text);
  });
  after(() => window.close());

  const run = (step: string) =>
    window.evaluate(async (vscode, id) => {
      const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
      await vscode.commands.executeCommand('frankenstein.openResults', { file, step: id });
      void vscode.commands.executeCommand('frankenstein.runStep', { file, step: id });
    }, step);

  itInFull('curves grow while it runs; it is cancelled and resumed', async () => {
    await run('unfrozen');
    const panel = await window.frame('unfrozen · in');
    await panel
      .getByText(/^Running · (4|6|8|10) of 24 steps/)
      .first()
      .waitFor({ timeout: runLimit });
    await window.screenshots('training-window-running');
    await panel.getByRole('button', { name: 'Cancel', exact: true }).first().click();
    await panel
      .getByText(/^Cancelled · /)
      .first()
      .waitFor();
    await panel.getByRole('button', { name: 'Resume' }).first().click();
    await panel
      .getByText(/^Finished · 24 of 24 steps/)
      .first()
      .waitFor({ timeout: runLimit });
  });

  itInFull('a frozen arm lies over it, and the samples show what was rewarded', async () => {
    await run('frozen-late');
    const panel = await window.frame('frozen-late · in');
    await panel
      .getByText(/^Finished · 24 of 24 steps/)
      .first()
      .waitFor({ timeout: runLimit });
    await panel.getByRole('checkbox', { name: /^unfrozen/ }).click();
    await window.screenshots('training-window-arms');
    await panel.getByRole('tab', { name: 'Samples' }).click();
    await panel
      .getByText(/<think>/)
      .first()
      .waitFor();
    await window.screenshots('training-window-samples');
  });
});
