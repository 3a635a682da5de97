import path from 'node:path';
import * as vscode from 'vscode';
import { parseExperiment, type ParsedExperiment } from '../../core/experiment/experimentFile';
import type { TextRange } from '../../core/experiment/language/outline';
import { isExperimentFile } from '../experiments/experiments';
import { experimentFiles } from '../ids';

/** Experiment files, also before they are saved. */
export const experimentSelector: vscode.DocumentSelector = [
  experimentFiles,
  { ...experimentFiles, scheme: 'untitled' },
];

export function isExperimentDocument({ uri }: vscode.TextDocument): boolean {
  return (uri.scheme === 'file' || uri.scheme === 'untitled') && isExperimentFile(uri.path);
}

/** The folder that relative paths start from; null for a document that is not saved. */
export function directoryOf({ uri }: vscode.TextDocument): string | null {
  return uri.scheme === 'file' ? path.dirname(uri.fsPath) : null;
}

const parsed = new WeakMap<vscode.TextDocument, { version: number; result: ParsedExperiment }>();

/** The document's text, read once per version. */
export function parsedDocument(document: vscode.TextDocument): ParsedExperiment {
  const known = parsed.get(document);
  if (known?.version === document.version) return known.result;
  const result = parseExperiment(document.getText());
  parsed.set(document, { version: document.version, result });
  return result;
}

export function toRange(document: vscode.TextDocument, { from, to }: TextRange): vscode.Range {
  return new vscode.Range(document.positionAt(from), document.positionAt(to));
}
