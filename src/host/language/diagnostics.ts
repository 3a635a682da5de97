import * as vscode from 'vscode';
import type { Problem } from '../../core/experiment/experimentFile';
import type { CheckpointFactsReader } from '../../core/experiment/language/checkpointFacts';
import { fileProblems } from '../../core/experiment/language/fileProblems';
import { directoryOf, isExperimentDocument, parsedDocument, toRange } from './experimentDocuments';

/** Between the last key and the check. */
const debounceMs = 250;
/** A disk that takes longer must not hold back what the text alone tells. */
const patienceMs = 500;

/** The problems of open experiment files, in the Problems view. */
export class ExperimentDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('frankenstein');
  private readonly timers = new Map<vscode.TextDocument, NodeJS.Timeout>();
  private readonly problems = new WeakMap<vscode.TextDocument, { version: number; list: readonly Problem[] }>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/*');
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly checkpoints: CheckpointFactsReader) {
    const onDisk = ({ path }: vscode.Uri) => {
      if (!/\.runs(\/|$)|\/(node_modules|\.git)\//.test(path)) this.scheduleAll();
    };
    this.subscriptions = [
      this.collection,
      this.watcher,
      this.watcher.onDidCreate(onDisk),
      this.watcher.onDidChange(onDisk),
      this.watcher.onDidDelete(onDisk),
      vscode.workspace.onDidOpenTextDocument((document) => this.schedule(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.schedule(document)),
      vscode.workspace.onDidSaveTextDocument((document) => this.schedule(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      // Checkpoints outside of the workspace are watched by nobody.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.scheduleAll()),
    ];
    this.scheduleAll();
  }

  /** The problems of the text as it is now; none while they are being looked for. */
  of(document: vscode.TextDocument): readonly Problem[] {
    const known = this.problems.get(document);
    return known?.version === document.version ? known.list : [];
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private scheduleAll(): void {
    for (const document of vscode.workspace.textDocuments) this.schedule(document);
  }

  private schedule(document: vscode.TextDocument, delay = debounceMs): void {
    if (!isExperimentDocument(document)) return;
    clearTimeout(this.timers.get(document));
    this.timers.set(
      document,
      setTimeout(() => void this.check(document), delay),
    );
  }

  private async check(document: vscode.TextDocument): Promise<void> {
    const timer = this.timers.get(document);
    const { version } = document;
    const parsed = parsedDocument(document);
    const directory = directoryOf(document);
    const publish = (list: readonly Problem[]) => {
      // Another check was begun, or the file was closed.
      if (this.timers.get(document) !== timer || document.version !== version) return;
      this.problems.set(document, { version, list });
      this.collection.set(
        document.uri,
        list.map((problem) => toDiagnostic(document, problem)),
      );
    };
    const early = setTimeout(() => publish(parsed.problems), patienceMs);
    const onDisk = directory === null ? [] : await fileProblems(parsed, directory, this.checkpoints);
    clearTimeout(early);
    publish([...parsed.problems, ...onDisk]);
  }

  private forget(document: vscode.TextDocument): void {
    clearTimeout(this.timers.get(document));
    this.timers.delete(document);
    this.collection.delete(document.uri);
  }
}

function toDiagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const { Error: error, Warning: warning, Information: information } = vscode.DiagnosticSeverity;
  const severity = { error, warning, information }[problem.severity];
  const diagnostic = new vscode.Diagnostic(toRange(document, problem), problem.message, severity);
  diagnostic.source = 'Frankenstein';
  return diagnostic;
}
