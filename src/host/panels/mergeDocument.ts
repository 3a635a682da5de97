import * as vscode from 'vscode';
import { resolveExperiment, type Experiment } from '../../core/experiment/experiment';
import type { TextEdit } from '../../core/experiment/hybridEdits';
import { describeError, InputError } from '../../shared/errors';
import { parsedDocument, toRange } from '../language/experimentDocuments';

/** What an open experiment file says now, unsaved text included. */
export interface DocumentReading {
  readonly text: string;
  /** Null while it has an error. */
  readonly experiment: Experiment | null;
  /** The first error, with its line. */
  readonly problem: string | null;
}

/** The experiment file as the editor has it. Every change is an edit of the document, so undo is the editor's own. */
export class MergeDocument {
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly file: string) {}

  /** Never fails: a file that cannot be opened says nothing, and why. */
  async read(): Promise<DocumentReading> {
    try {
      return await this.readNow();
    } catch (error) {
      return { text: '', experiment: null, problem: describeError(error) };
    }
  }

  /**
   * Changes the text: one step of the editor's undo. Edits asked for together are made one after another.
   * @throws InputError while the file has an error, and what `make` throws
   */
  edit(make: (text: string, experiment: Experiment) => readonly TextEdit[]): Promise<void> {
    const editing = this.last.then(() => this.editNow(make));
    this.last = editing.catch(() => undefined);
    return editing;
  }

  /** Takes back, or does again, the last change of the file. The editor does it: it has to have the focus. */
  async undo(command: 'undo' | 'redo'): Promise<void> {
    await this.show();
    await vscode.commands.executeCommand(command);
  }

  /** Where it is open already, else in the first column: not over the panel. */
  async show(): Promise<vscode.TextEditor> {
    const document = await this.open();
    const shownIn = vscode.window.tabGroups.all.find(({ tabs }) =>
      tabs.some(
        ({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === document.uri.toString(),
      ),
    );
    return vscode.window.showTextDocument(document, { viewColumn: shownIn?.viewColumn ?? vscode.ViewColumn.One });
  }

  isOf({ uri }: vscode.TextDocument): boolean {
    return uri.scheme === 'file' && uri.fsPath === this.file;
  }

  private async open(): Promise<vscode.TextDocument> {
    return vscode.workspace.openTextDocument(vscode.Uri.file(this.file));
  }

  private async readNow(): Promise<DocumentReading> {
    const document = await this.open();
    const { content, problems, lines } = parsedDocument(document);
    const error = problems.find(({ severity }) => severity === 'error');
    const where = error && `line ${lines.linePos(error.from).line}: ${error.message}`;
    return {
      text: document.getText(),
      experiment: content && resolveExperiment(this.file, content),
      problem: where ?? null,
    };
  }

  private async editNow(make: (text: string, experiment: Experiment) => readonly TextEdit[]): Promise<void> {
    const document = await this.open();
    const { experiment, problem, text } = await this.read();
    if (!experiment) throw new InputError(`the file has an error, ${problem}`, 'Mend it first.');
    const edit = new vscode.WorkspaceEdit();
    for (const change of make(text, experiment)) edit.replace(document.uri, toRange(document, change), change.text);
    if (edit.size > 0 && !(await vscode.workspace.applyEdit(edit))) {
      throw new InputError(`${this.file} could not be changed`, 'Perhaps it is read-only.');
    }
  }
}
