import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { meaningfulTexts } from '../../core/experiment/language/meaningfulTexts';
import { isPath } from '../../core/experiment/language/pathCompletions';
import { directoryOf, parsedDocument, toRange } from './experimentDocuments';

/** Checkpoints, pairs, data sets and outputs that are there. */
export class DocumentLinks implements vscode.DocumentLinkProvider {
  async provideDocumentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    const directory = directoryOf(document);
    if (directory === null) return [];
    const texts = meaningfulTexts(parsedDocument(document).document).filter(({ meaning }) => isPath(meaning));
    const links = texts.map(async ({ text, at }) => {
      const target = await linkTarget(path.resolve(directory, text));
      if (!target) return [];
      const link = new vscode.DocumentLink(toRange(document, at), target.uri);
      link.tooltip = target.tooltip;
      return [link];
    });
    return (await Promise.all(links)).flat();
  }
}

/** A file opens; a folder is shown in the Explorer, or is not linked where the Explorer does not have it. */
async function linkTarget(place: string): Promise<{ uri: vscode.Uri; tooltip: string } | null> {
  const stats = await stat(place).catch(() => null);
  const uri = vscode.Uri.file(place);
  if (stats?.isFile()) return { uri, tooltip: 'Open' };
  if (!stats?.isDirectory() || !vscode.workspace.getWorkspaceFolder(uri)) return null;
  const argument = encodeURIComponent(JSON.stringify([uri]));
  return { uri: vscode.Uri.parse(`command:revealInExplorer?${argument}`), tooltip: 'Show in the Explorer' };
}
