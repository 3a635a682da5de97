import * as vscode from 'vscode';
import { outlineOf, type TextRange } from '../../core/experiment/language/outline';
import { parsedDocument, toRange } from './experimentDocuments';

interface Part {
  readonly name: string;
  readonly detail: string;
  readonly at: TextRange;
  readonly range: TextRange;
}

/** The outline: checkpoints, hybrids, and steps by id. */
export class Symbols implements vscode.DocumentSymbolProvider {
  provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
    const { checkpoints, hybrids, steps } = outlineOf(parsedDocument(document).document);
    const { Variable: variable, Operator: hybrid, Event: event } = vscode.SymbolKind;
    const folders = checkpoints.map((entry) => ({ ...entry, detail: entry.folder?.text ?? '' }));
    const made = hybrids.map((entry) => ({ ...entry, detail: '' }));
    const named = steps.map((step) => ({ ...step, name: step.id ?? step.kind, detail: step.kind }));
    return [
      ...group(document, 'checkpoints', folders, variable),
      ...group(document, 'hybrids', made, hybrid),
      ...group(document, 'steps', named, event),
    ];
  }
}

function group(
  document: vscode.TextDocument,
  name: string,
  parts: readonly Part[],
  kind: vscode.SymbolKind,
): vscode.DocumentSymbol[] {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return [];
  const whole = toRange(document, { from: first.range.from, to: last.range.to });
  const symbol = new vscode.DocumentSymbol(name, '', vscode.SymbolKind.Namespace, whole, whole);
  symbol.children = parts.map((part) => {
    const [range, at] = [toRange(document, part.range), toRange(document, part.at)];
    return new vscode.DocumentSymbol(part.name || '?', part.detail, kind, range, at);
  });
  return [symbol];
}
