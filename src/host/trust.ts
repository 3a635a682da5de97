import * as vscode from 'vscode';
import { InputError } from '../shared/errors';

/** @throws InputError in a workspace that the user does not trust */
export function assertTrusted(): void {
  if (!vscode.workspace.isTrusted) throw new InputError('nothing runs in an untrusted workspace', 'Trust it first.');
}
