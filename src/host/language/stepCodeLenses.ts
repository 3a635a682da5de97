import * as vscode from 'vscode';
import { outlineOf } from '../../core/experiment/language/outline';
import { stepLenses } from '../../core/experiment/language/stepLens';
import { isRunnable } from '../../core/experiment/runnableKinds';
import type { Runs } from '../experiments/runs';
import { commands } from '../ids';
import { parsedDocument, toRange } from './experimentDocuments';
import { stepRun } from './stepRun';

/** Progress comes faster than lenses need to be drawn. */
const throttleMs = 300;

/** Run, Resume, Cancel and Open panel above the steps of an experiment file. */
export class StepCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private timer: NodeJS.Timeout | undefined;
  /** Runs of other windows and of terminals. */
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/*.runs/*/{manifest,lock}.json');
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly runs: Runs) {
    const refresh = () => this.refresh();
    this.subscriptions = [
      this.changed,
      this.watcher,
      this.watcher.onDidCreate(refresh),
      this.watcher.onDidChange(refresh),
      this.watcher.onDidDelete(refresh),
      runs.onDidChange(refresh),
      vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (document.uri.scheme !== 'file') return [];
    const file = document.uri.fsPath;
    const { steps } = outlineOf(parsedDocument(document).document);
    const lenses = steps.map(async ({ kind, id, range }) => {
      if (id === null || !isRunnable(kind)) return [];
      const run = stepRun(await this.runs.view(file, id));
      const at = toRange(document, { from: range.from, to: range.from });
      return stepLenses(run, vscode.workspace.isTrusted).map(({ title, action, tooltip }) => {
        const target = { kind: 'step', file, step: id };
        const command = action === null ? { command: '' } : { command: commands[action], arguments: [target] };
        return new vscode.CodeLens(at, { title, ...command, ...(tooltip === undefined ? {} : { tooltip }) });
      });
    });
    return (await Promise.all(lenses)).flat();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private refresh(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.changed.fire();
    }, throttleMs);
  }
}
