import * as vscode from 'vscode';
import { isBelow } from '../core/files/paths';

/**
 * Calls when something that is listed is deleted, renamed or moved away. A folder tells only of itself, not of what is
 * in it, so that a watcher of certain files never hears of it.
 * @param listed absolute paths
 */
export function onRemoved(listed: () => Promise<readonly string[]>, call: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*', true, true);
  const subscription = watcher.onDidDelete(async ({ fsPath }) => {
    if ((await listed()).some((path) => path === fsPath || isBelow(path, fsPath))) call();
  });
  return vscode.Disposable.from(watcher, subscription);
}
