import * as vscode from 'vscode';
import type { CheckpointFactsReader } from '../../core/experiment/language/checkpointFacts';
import { hoverAt } from '../../core/experiment/language/hover';
import { markdownText } from '../../core/experiment/language/names';
import { stateWords } from '../../core/experiment/language/stepLens';
import type { Runs } from '../experiments/runs';
import { directoryOf, parsedDocument, toRange } from './experimentDocuments';
import { stepRun } from './stepRun';

export class Hovers implements vscode.HoverProvider {
  constructor(
    private readonly runs: Runs,
    private readonly checkpoints: CheckpointFactsReader,
  ) {}

  async provideHover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    const directory = directoryOf(document);
    const hover = await hoverAt(parsedDocument(document).document, document.offsetAt(position), {
      directory,
      checkpoints: this.checkpoints,
      stepState: async (id) => {
        if (directory === null) return null;
        const words = stateWords(stepRun(await this.runs.view(document.uri.fsPath, id)));
        return words === null ? null : `Last run: ${words}.`;
      },
    });
    if (!hover) return null;
    // Names come from files that nobody vouches for: they are shown as text and never as Markdown.
    const lines = [`**${markdownText(hover.title)}**`, ...hover.lines.map(markdownText)];
    const content = new vscode.MarkdownString(lines.join('\n\n'));
    return new vscode.Hover(content, toRange(document, hover.at));
  }
}
