import * as vscode from 'vscode';
import { yamlText } from '../../core/experiment/editing/yamlText';
import type { ExperimentDiagnostics } from './diagnostics';
import { toRange } from './experimentDocuments';

/** Puts what was meant in place of what is not known. */
export class QuickFixes implements vscode.CodeActionProvider {
  static readonly metadata = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };

  constructor(private readonly diagnostics: ExperimentDiagnostics) {}

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return this.diagnostics.of(document).flatMap((problem) => {
      const at = toRange(document, problem);
      if (problem.suggestion === undefined || !at.intersection(range)) return [];
      const fix = new vscode.CodeAction(`Change to "${problem.suggestion}"`, vscode.CodeActionKind.QuickFix);
      fix.edit = new vscode.WorkspaceEdit();
      fix.edit.replace(document.uri, at, yamlText(problem.suggestion));
      fix.diagnostics = diagnostics.filter(
        ({ range: marked, message }) => marked.isEqual(at) && message === problem.message,
      );
      fix.isPreferred = true;
      return [fix];
    });
  }
}
