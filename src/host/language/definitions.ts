import * as vscode from 'vscode';
import { namedAt } from '../../core/experiment/language/references';
import { parsedDocument, toRange } from './experimentDocuments';

/** From the name of a checkpoint or hybrid to its entry, and from there to where it is used. */
export class Definitions implements vscode.DefinitionProvider, vscode.ReferenceProvider {
  provideDefinition(document: vscode.TextDocument, position: vscode.Position): vscode.Location | null {
    const named = namedAt(parsedDocument(document).document, document.offsetAt(position));
    return named && new vscode.Location(document.uri, toRange(document, named.entry.at));
  }

  provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
  ): vscode.Location[] {
    const named = namedAt(parsedDocument(document).document, document.offsetAt(position));
    if (!named) return [];
    const places = [...(includeDeclaration ? [named.entry.at] : []), ...named.uses];
    return places.map((at) => new vscode.Location(document.uri, toRange(document, at)));
  }
}
