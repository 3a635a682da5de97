import path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../shared/errors';
import { registerCommands } from './failable';

const labFile = 'lab.frankenstein.yaml';

/** *Open Sample Lab*: copies the lab that comes with the extension into a folder of the user's, and opens it. */
export function registerSampleLab(extensionUri: vscode.Uri, log: vscode.LogOutputChannel): vscode.Disposable {
  return registerCommands({ openSampleLab: (argument) => openSampleLab(extensionUri, argument) }, log);
}

/** @param argument a folder to put it into, else the user is asked */
async function openSampleLab(extensionUri: vscode.Uri, argument: unknown): Promise<vscode.Uri | undefined> {
  const parent = argument instanceof vscode.Uri ? argument : await chooseFolder();
  if (!parent) return undefined;
  const source = vscode.Uri.joinPath(extensionUri, 'media', 'sample-lab');
  const target = await freeName(parent);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Copying the sample lab to ${target.fsPath}` },
    () => copy(source, target),
  );
  const open = 'Open';
  const chosen =
    argument instanceof vscode.Uri
      ? undefined
      : await vscode.window.showInformationMessage(
          `The sample lab is in ${target.fsPath}.`,
          open,
          'Open in New Window',
        );
  if (chosen) {
    await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow: chosen !== open });
  }
  return target;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectFolders: true,
    canSelectFiles: false,
    title: 'Where shall the sample lab go?',
    openLabel: 'Copy Here',
  });
  return chosen?.[0];
}

/** `sample-lab`, or `sample-lab-2` and so on where that is taken: nothing is ever overwritten. */
async function freeName(parent: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; number < 100; number++) {
    const target = vscode.Uri.joinPath(parent, number === 1 ? 'sample-lab' : `sample-lab-${number}`);
    const taken = await vscode.workspace.fs.stat(target).then(
      () => true,
      () => false,
    );
    if (!taken) return target;
  }
  throw new InputError(`${parent.fsPath} has a hundred sample labs`, 'Choose another folder.');
}

/** Copies under a temporary name first: a lab that is there is whole. */
async function copy(source: vscode.Uri, target: vscode.Uri): Promise<void> {
  const temporary = vscode.Uri.joinPath(target, '..', `.${path.basename(target.fsPath)}.copying`);
  try {
    await vscode.workspace.fs.copy(source, temporary, { overwrite: true });
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(temporary, labFile));
    await vscode.workspace.fs.rename(temporary, target);
  } catch (error) {
    await vscode.workspace.fs.delete(temporary, { recursive: true }).then(undefined, () => undefined);
    const cause = error instanceof Error ? error.message : String(error);
    throw new InputError(`the sample lab could not be copied to ${path.dirname(target.fsPath)}: ${cause}`);
  }
}
