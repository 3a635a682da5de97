import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/host/ids';

describe('commands', () => {
  it('every contributed command has a handler', async () => {
    await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate();
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(commands).filter((command) => !known.has(command)),
      [],
    );
  });
});
