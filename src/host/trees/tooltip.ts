import * as vscode from 'vscode';

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
  text.appendMarkdown('**').appendText(oneLine(heading)).appendMarkdown('**');
  for (const [name, value] of facts) {
    if (value === null || value === undefined || value === '') continue;
    text.appendMarkdown(`  \n${name}: `).appendText(oneLine(value));
  }
  for (const warning of warnings) text.appendMarkdown('\n\n$(warning) ').appendText(oneLine(warning));
  return text;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
