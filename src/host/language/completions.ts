import * as vscode from 'vscode';
import { complete, type Completion } from '../../core/experiment/language/complete';
import { directoryOf, toRange } from './experimentDocuments';

const kinds: Record<Completion['kind'], vscode.CompletionItemKind> = {
  key: vscode.CompletionItemKind.Property,
  step: vscode.CompletionItemKind.Event,
  value: vscode.CompletionItemKind.EnumMember,
  checkpoint: vscode.CompletionItemKind.Variable,
  hybrid: vscode.CompletionItemKind.Variable,
  function: vscode.CompletionItemKind.Function,
  folder: vscode.CompletionItemKind.Folder,
  file: vscode.CompletionItemKind.File,
  snippet: vscode.CompletionItemKind.Snippet,
};

export class Completions implements vscode.CompletionItemProvider {
  /** YAML's values count as strings, in which VS Code opens no suggestions by itself. */
  static readonly triggers = [' ', '[', '{', ',', '/', '"', "'", '\n'];

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    const found = await complete(document.getText(), document.offsetAt(position), directoryOf(document));
    if (token.isCancellationRequested) return [];
    return found.map((completion, i) => toItem(document, completion, i));
  }
}

function toItem(document: vscode.TextDocument, completion: Completion, place: number): vscode.CompletionItem {
  const item = new vscode.CompletionItem(completion.label, kinds[completion.kind]);
  item.insertText = new vscode.SnippetString(completion.insert);
  item.range = toRange(document, completion.at);
  item.sortText = String(place).padStart(4, '0');
  if (completion.detail !== undefined) item.detail = completion.detail;
  if (completion.documentation !== undefined) item.documentation = completion.documentation;
  if (completion.goesOn) item.command = { command: 'editor.action.triggerSuggest', title: 'Suggest' };
  return item;
}
