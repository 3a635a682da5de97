import assert from 'node:assert/strict';
import { openWorkbench, type Workbench } from '../harness/workbench.mjs';

describe('two windows on one folder', function () {
  this.timeout(180_000);
  let owner: Workbench;
  let other: Workbench;

  before(async () => {
    owner = await openWorkbench();
    other = await openWorkbench({ folder: owner.folder });
  });
  after(async () => {
    await other.close();
    await owner.close();
  });

  it('a run has one owner; the other window shows the progress and cannot start it again', async () => {
    void start(owner);
    const shown = await owner.frame('vision · base');
    await shown.getByText(/^Running · /).waitFor();
    await open(other);
    const panel = await other.frame('vision · base');
    await panel.getByText(/^Running · [1-9]\d* of 200 pairs/).waitFor();
    await panel.getByText(/It runs in process \d+/).waitFor();
    assert.equal(await panel.getByRole('button', { name: 'Cancel' }).isDisabled(), true);
    assert.match(await start(other), /is in use by process \d+/);
    await panel.getByText(/^Finished · 200 of 200 pairs/).waitFor({ timeout: 120_000 });
  });
});

/** Presses Run. @returns what went wrong, when it has ended */
function start(window: Workbench): Promise<string> {
  return window.evaluate(async (vscode) => {
    const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
    const extension = vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!;
    const { runs, panels } = (await extension.activate()) as {
      runs: { start(file: string, step: string): Promise<void> };
      panels: { open(file: string, step: string): Promise<unknown> };
    };
    const running = runs.start(file, 'vision').then(
      () => '',
      (error: Error) => error.message,
    );
    await panels.open(file, 'vision');
    return running;
  });
}

function open(window: Workbench): Promise<unknown> {
  return window.evaluate(async (vscode) => {
    const file = `${vscode.workspace.workspaceFolders![0]!.uri.fsPath}/lab.frankenstein.yaml`;
    await vscode.commands.executeCommand('frankenstein.openResults', { file, step: 'vision' });
  });
}
