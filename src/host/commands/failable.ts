import * as vscode from 'vscode';
import { describeError, InputError, isCancelled } from '../../shared/errors';
import { commands } from '../ids';

/** Shows what went wrong; nothing when the user stopped it. Defects go to the log with their stack. */
export async function showFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (isCancelled(error)) return;
  log.error(error instanceof Error && !(error instanceof InputError) ? (error.stack ?? error.message) : String(error));
  const showLog = 'Show Log';
  const chosen = await vscode.window.showErrorMessage(describeError(error), showLog);
  if (chosen === showLog) await vscode.commands.executeCommand(commands.showLog);
}

/** Registers commands whose failures are shown to the user. A handler that returns a promise is waited for. */
export function registerCommands(
  handlers: Readonly<Partial<Record<keyof typeof commands, (argument?: unknown) => unknown>>>,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const registered = Object.entries(handlers).map(([name, handler]) =>
    vscode.commands.registerCommand(commands[name as keyof typeof commands], async (argument?: unknown) => {
      try {
        return await handler(argument);
      } catch (error) {
        void showFailure(error, log);
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
