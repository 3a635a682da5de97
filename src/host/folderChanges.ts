import * as vscode from 'vscode';
import { isFolder } from '../core/files/folders';
import { isBelow } from '../core/files/paths';

/** Things that a view lists, wherever in the workspace they lie. */
export interface Listed {
  /** Their absolute paths. */
  paths(): Promise<readonly string[]>;
  /** Whether there are any in a folder that has just come. */
  areIn(folder: string): Promise<boolean>;
}

/**
 * Calls when something that is listed is deleted, renamed or moved away, and when a folder comes with what should be
 * listed. A folder tells only of itself, not of what is in it, so that a watcher of certain files never hears of it.
 */
export function onFolderChange(listed: Listed, call: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(async ({ fsPath }) => {
      const isThere = await isFolder(fsPath).catch(() => false); // it may be gone again
      if (isThere && (await listed.areIn(fsPath))) call();
    }),
    watcher.onDidDelete(async ({ fsPath }) => {
      if ((await listed.paths()).some((path) => path === fsPath || isBelow(path, fsPath))) call();
    }),
  );
}
