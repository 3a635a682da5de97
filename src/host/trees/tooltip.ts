import * as vscode from 'vscode';
import { markdownText } from '../../core/experiment/language/names';

/**
 * A tooltip of a heading and lines of a name and a value. Nothing of it is trusted: names of files and tensors are
 * other people's text and are shown as they are, never as Markdown.
 */
export function tooltip(
  heading: string,
  facts: readonly (readonly [name: string, value: string | null | undefined])[],
  warnings: readonly string[] = [],
): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown(`**${shown(heading)}**`);
  for (const [name, value] of facts) {
    if (value === null || value === undefined || value === '') continue;
    text.appendMarkdown(`  \n${name}: ${shown(value)}`);
  }
  for (const warning of warnings) text.appendMarkdown(`\n\n$(warning) ${shown(warning)}`);
  return text;
}

/** Dollars too are escaped: `$(name)` would be an icon. */
function shown(text: string): string {
  return markdownText(text.trim());
}
