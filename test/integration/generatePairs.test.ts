import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readPairs } from '../../src/core/probe/pairs';
import type { ExtensionApi } from '../../src/extension';
import { commands } from '../../src/host/ids';
import type { PairsResult } from '../../src/shared/protocol/engine';

describe('generating paired images', () => {
  let folder: string;
  let file: string;

  before(async () => {
    const extension = vscode.extensions.getExtension<ExtensionApi>('frankenstein-lab.frankenstein-lab')!;
    const { experiments } = await extension.activate();
    folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    file = path.join(folder, 'pairs-test.frankenstein.yaml');
    writeFileSync(file, 'version: 1\ncheckpoints: { base: ./base }\nsteps: []\n');
    experiments.refresh();
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(file, { force: true });
    rmSync(path.join(folder, 'drawn'), { recursive: true, force: true });
  });

  it('draws what is asked for and adds a step over it to the open experiment file', async () => {
    const output = path.join(folder, 'drawn', 'pairs');
    const answers = { functions: ['counting'], count: 3, sizes: [{ width: 112, height: 112 }], seed: 4, output };
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    const asked = vscode.window.showInformationMessage;
    const shown: string[] = [];
    const choose = (message: string, ...actions: string[]) => {
      shown.push(message);
      return Promise.resolve(actions.find((action) => action === 'Add a Swap Step'));
    };
    Object.assign(vscode.window, { showInformationMessage: choose });
    try {
      const made = await vscode.commands.executeCommand<PairsResult>(commands.generatePairs, answers);
      assert.deepEqual(made.functions, { counting: { pairs: 3 } });
      const document = await vscode.workspace.openTextDocument(file);
      for (let tries = 0; tries < 200 && !document.getText().includes('swap'); tries++) await sleep(25);
      assert.match(document.getText(), /swap: *\{? *\n? *id: vision,?\s+checkpoint: base,?\s+pairs: \.\/drawn\/pairs/);
    } finally {
      Object.assign(vscode.window, { showInformationMessage: asked });
    }
    assert.deepEqual(shown, [`3 pairs are drawn to ${output}.`]);
    const { functions } = await readPairs(output);
    assert.equal(functions.get('counting')!.length, 3);
    assert.deepEqual(readdirSync(path.dirname(output)), ['pairs']);
  });
});
