import * as vscode from 'vscode';
import { isBelow } from '../../core/files/paths';
import { roles, type Role } from '../../shared/vocabulary';
import { settings, writeSetting } from '../settings';
import type { CheckpointRoles } from '../trees/checkpointRoles';
import { addedFolders } from '../trees/checkpointSearch';
import type { CheckpointsTree } from '../trees/checkpointsTree';
import { registerCommands } from './failable';

/** A node of the Checkpoints tree, as far as these commands look at it. */
interface CheckpointArgument {
  readonly directory?: unknown;
  readonly name?: unknown;
}

const roleChoices: Readonly<Record<Role, string>> = {
  base: 'Base: before fine-tuning',
  in: 'IN: after the supervised cold start',
  rl: 'RL: after reinforcement learning',
};

/** Commands on the nodes of the Checkpoints tree. */
export function registerCheckpointCommands(
  tree: CheckpointsTree,
  checkpointRoles: CheckpointRoles,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      refreshCheckpoints: () => tree.refresh(),
      addCheckpoint: async () => {
        const chosen = await vscode.window.showOpenDialog({
          canSelectFolders: true,
          canSelectFiles: false,
          canSelectMany: true,
          title: 'A folder with a checkpoint, or with folders that have one',
          openLabel: 'Add',
        });
        if (!chosen) return;
        const folders = new Set([...settings.checkpointFolders(), ...chosen.map(({ fsPath }) => fsPath)]);
        await writeSetting('checkpointFolders', [...folders]);
      },
      removeCheckpoint: async (node) => {
        const directory = directoryOf(node);
        if (directory === undefined) return;
        const folders = settings.checkpointFolders();
        // The tree looks into them made absolute, in the same order.
        const absolute = addedFolders();
        const left = folders.filter((_, i) => directory !== absolute[i] && !isBelow(directory, absolute[i]!));
        await writeSetting('checkpointFolders', left);
        void offerUndo(folders, left);
      },
      setRole: async (node) => {
        const directory = directoryOf(node);
        if (directory === undefined) return;
        const none = { label: 'No role', role: null };
        const items = [...roles.map((role) => ({ label: roleChoices[role], role })), none];
        const picked = await vscode.window.showQuickPick(items, { placeHolder: 'Its place in the chain' });
        if (picked) await checkpointRoles.set(directory, picked.role);
      },
      copyName: async (node) => {
        const { name } = node as CheckpointArgument;
        if (typeof name === 'string') await vscode.env.clipboard.writeText(name);
      },
      copyPath: async (node) => {
        const directory = directoryOf(node);
        if (directory !== undefined) await vscode.env.clipboard.writeText(directory);
      },
      revealCheckpoint: async (node) => {
        const directory = directoryOf(node);
        if (directory === undefined) return;
        const uri = vscode.Uri.file(directory);
        const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
        await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
      },
    },
    log,
  );
}

function directoryOf(node: unknown): string | undefined {
  const { directory } = (node ?? {}) as CheckpointArgument;
  return typeof directory === 'string' ? directory : undefined;
}

async function offerUndo(before: readonly string[], after: readonly string[]): Promise<void> {
  const removed = before.filter((folder) => !after.includes(folder));
  if (removed.length === 0) return;
  const message = `${removed.join(', ')} is no longer looked into. The files stay where they are.`;
  const chosen = await vscode.window.showInformationMessage(message, 'Undo');
  if (chosen === 'Undo') await writeSetting('checkpointFolders', before);
}
