import path from 'node:path';
import * as vscode from 'vscode';
import { resolveExperiment, type Experiment } from '../../core/experiment/experiment';
import { experimentSizeLimit, parseExperiment, type ParsedExperiment } from '../../core/experiment/experimentFile';
import { readTextFile } from '../../core/files/containedFile';
import { describeError } from '../../shared/errors';
import { experimentFiles } from '../ids';
import { onFolderChange } from '../folderChanges';

/** An experiment file of the workspace, as far as it can be read. */
export interface ExperimentEntry {
  /** Absolute. */
  readonly file: string;
  readonly name: string;
  /** Null when the file has an error. */
  readonly experiment: Experiment | null;
  readonly parsed: ParsedExperiment | null;
  /** The first error. */
  readonly problem: string | null;
}

const { pattern } = experimentFiles;
const excluded = '**/{node_modules,.git}/**';
const mostFiles = 500;

/** The experiment files of the workspace's folders. */
export class Experiments implements vscode.Disposable {
  private entries: Promise<ExperimentEntry[]> | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly watcher = vscode.workspace.createFileSystemWatcher(pattern);
  private readonly subscriptions = [
    this.watcher,
    this.watcher.onDidCreate(() => this.refresh()),
    this.watcher.onDidChange(() => this.refresh()),
    onFolderChange(
      {
        paths: async () => (await this.entries)?.map(({ file }) => file) ?? [],
        areIn: async (folder) => (await findExperiments(new vscode.RelativePattern(folder, pattern), 1)).length > 0,
      },
      () => this.refresh(),
    ),
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.refresh()),
  ];

  /** Sorted by path. */
  all(): Promise<readonly ExperimentEntry[]> {
    return (this.entries ??= this.find());
  }

  /** One file, whether or not it lies in the workspace; read anew. */
  async get(file: string): Promise<ExperimentEntry> {
    return read(file);
  }

  refresh(): void {
    this.entries = undefined;
    this.changed.fire();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  private async find(): Promise<ExperimentEntry[]> {
    return Promise.all((await findExperiments(pattern, mostFiles)).sort().map(read));
  }
}

async function findExperiments(where: vscode.GlobPattern, most: number): Promise<string[]> {
  const uris = await vscode.workspace.findFiles(where, excluded, most);
  return uris.filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath);
}

/** `lab` for `lab.frankenstein.yaml`. */
export function experimentName(file: string): string {
  return path.basename(file).replace(/\.frankenstein\.ya?ml$/, '');
}

export function isExperimentFile(file: string): boolean {
  return /\.frankenstein\.ya?ml$/.test(file);
}

async function read(file: string): Promise<ExperimentEntry> {
  const entry = { file, name: experimentName(file) };
  try {
    const parsed = parseExperiment(await readTextFile(file, { limit: experimentSizeLimit }));
    const error = parsed.problems.find(({ severity }) => severity === 'error');
    const experiment = parsed.content ? resolveExperiment(file, parsed.content) : null;
    return { ...entry, experiment, parsed, problem: error?.message ?? null };
  } catch (error) {
    return { ...entry, experiment: null, parsed: null, problem: describeError(error) };
  }
}
