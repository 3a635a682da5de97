import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { findCachedCheckpoints, findCheckpoints, type CachedCheckpoint } from '../../core/checkpoint/discover';
import { isCancelled } from '../../shared/errors';
import { contextKeys } from '../ids';
import { onFolderChange } from '../folderChanges';
import { settings, settingsSection } from '../settings';

/** Training jobs write many files at once: the search waits until they have been quiet for so long. */
const quietMs = 1000;
const checkpointFiles = '**/{config.json,*.safetensors,model.safetensors.index.json}';

/** Looks for checkpoints in the workspace's folders, the added ones and the Hugging Face cache. */
export class CheckpointSearch implements vscode.Disposable {
  /** What the last search found so far. */
  found: readonly string[] = [];
  cached: readonly CachedCheckpoint[] = [];
  private current: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Fires when it found something, and when files of checkpoints changed. */
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly log: vscode.LogOutputChannel) {
    const watcher = vscode.workspace.createFileSystemWatcher(checkpointFiles);
    this.subscriptions = [
      watcher,
      onFolderChange(
        { paths: async () => this.found, areIn: async (folder) => (await findCheckpoints([folder])).length > 0 },
        () => this.soon(),
      ),
      ...[watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete].map((event) => event(() => this.soon())),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.again()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const keys = ['checkpointFolders', 'searchHuggingFaceCache'];
        if (keys.some((key) => change.affectsConfiguration(`${settingsSection}.${key}`))) this.again();
      }),
    ];
  }

  /** Resolves when a search has ended; begins one if there was none. Never rejects. */
  async ended(): Promise<void> {
    let awaited;
    do {
      awaited = this.current ?? this.start();
      await awaited.ended;
    } while (awaited !== this.current); // another search took its place
  }

  /** Searches anew. What was found before stays until then. */
  refresh(): Promise<void> {
    this.start();
    return this.ended();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.current?.controller.abort();
    vscode.Disposable.from(...this.subscriptions, this.changed).dispose();
  }

  /** A search that nobody has asked for yet is not begun by a change either. */
  private again(): void {
    if (this.current) this.start();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), quietMs);
  }

  private start(): { readonly ended: Promise<void> } {
    this.current?.controller.abort();
    const controller = new AbortController();
    this.current = { controller, ended: this.search(controller.signal) };
    return this.current;
  }

  private async search(signal: AbortSignal): Promise<void> {
    setSearching(true);
    try {
      const workspace = localFolders();
      const found = await findCheckpoints([...workspace, ...addedFolders(workspace)], { signal });
      this.found = found;
      this.changed.fire();
      const cached = settings.searchHuggingFaceCache() ? await findCachedCheckpoints(undefined, signal) : [];
      signal.throwIfAborted();
      this.cached = cached;
    } catch (error) {
      if (isCancelled(error)) return;
      this.log.error(`looking for checkpoints failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
    setSearching(false);
    this.changed.fire();
  }
}

/** The folders of the setting, made absolute: relative ones and `~` as in a terminal in the first workspace folder. */
export function addedFolders(workspace: readonly string[] = localFolders()): string[] {
  return settings
    .checkpointFolders()
    .map((folder) => path.resolve(workspace[0] ?? homedir(), folder.replace(/^~(?=$|[\\/])/, homedir())));
}

function localFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

function setSearching(searching: boolean): void {
  void vscode.commands.executeCommand('setContext', contextKeys.searching, searching);
}
