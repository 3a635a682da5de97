import * as vscode from 'vscode';
import { InputError } from '../../shared/errors';
import { registerCommands } from '../commands/failable';
import { asHybridTarget, fileOfArgument } from '../commands/hybridTarget';
import type { Experiments } from '../experiments/experiments';
import type { MergePanels } from './mergePanels';

/** The command that opens the wizard: of a node, of the active editor, else of a file that the user picks. */
export function registerMergeCommand(
  panels: MergePanels,
  experiments: Experiments,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  return registerCommands(
    {
      openMergeWizard: async (argument) => {
        const file = fileOfArgument(argument) ?? (await pickFile(experiments));
        if (file !== undefined) panels.open(file, asHybridTarget(argument)?.name ?? null);
      },
    },
    log,
  );
}

async function pickFile(experiments: Experiments): Promise<string | undefined> {
  const items = (await experiments.all()).map(({ name, file }) => ({ label: name, description: file, file }));
  if (items.length === 0) {
    throw new InputError('there is no experiment file', 'Make one with "Frankenstein: New Experiment…".');
  }
  if (items.length === 1) return items[0]!.file;
  return (await vscode.window.showQuickPick(items, { placeHolder: 'The hybrids of which experiment?' }))?.file;
}
