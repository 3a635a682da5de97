import * as vscode from 'vscode';
import { outlineOf } from '../../core/experiment/language/outline';
import { commands } from '../ids';
import { parsedDocument, toRange } from './experimentDocuments';

/** Open wizard and Write… above the hybrids of an experiment file. */
export class HybridCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions = [this.changed, vscode.workspace.onDidGrantWorkspaceTrust(() => this.changed.fire())];

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (document.uri.scheme !== 'file') return [];
    const file = document.uri.fsPath;
    return outlineOf(parsedDocument(document).document).hybrids.flatMap(({ name, at }) => {
      const range = toRange(document, { from: at.from, to: at.from });
      const target = [{ kind: 'hybrid', file, name }];
      const open = { title: '$(symbol-color) Open wizard', command: commands.openMergeWizard, arguments: target };
      const write = { title: '$(save-as) Write…', command: commands.writeHybrid, arguments: target };
      const shown = vscode.workspace.isTrusted ? [open, write] : [open];
      return shown.map((command) => new vscode.CodeLens(range, command));
    });
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}
