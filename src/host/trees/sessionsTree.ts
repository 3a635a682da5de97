import * as vscode from 'vscode';
import type { EngineClient } from '../engineClient';
import { contextKeys, views } from '../ids';
import { settings, settingsSection } from '../settings';
import { engineItem, sessionItem, type EngineNode, type SessionsNode } from './sessionItems';

/** While somebody looks, memory and idle times are told anew so often, in milliseconds. */
const refreshMs = 3000;

/** The Sessions view: the engine of this window and the graphs it has loaded. */
export class SessionsTree implements vscode.TreeDataProvider<SessionsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly view: vscode.TreeView<SessionsNode>;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly engine: EngineClient) {
    this.view = vscode.window.createTreeView(views.sessions, { treeDataProvider: this });
    this.subscriptions = [
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(({ visible }) => this.watch(visible)),
      engine.onDidChange(() => this.show()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settingsSection)) this.show();
      }),
    ];
    this.show();
  }

  getTreeItem(node: SessionsNode): vscode.TreeItem {
    const now = Date.now();
    return node.kind === 'engine' ? engineItem(node, this.engine.work, now) : sessionItem(node, now);
  }

  getChildren(node?: SessionsNode): SessionsNode[] {
    if (node?.kind === 'session') return [];
    if (node) return node.standing.sessions.map((state) => ({ kind: 'session', state, parent: node }));
    const { standing } = this.engine;
    return standing ? [{ kind: 'engine', standing } satisfies EngineNode] : [];
  }

  getParent(node: SessionsNode): SessionsNode | undefined {
    return node.kind === 'session' ? node.parent : undefined;
  }

  dispose(): void {
    this.watch(false);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private show(): void {
    this.view.description = settings.compute().device;
    void vscode.commands.executeCommand('setContext', contextKeys.engineRuns, this.engine.standing !== null);
    this.changed.fire();
  }

  private watch(visible: boolean): void {
    clearInterval(this.timer);
    if (!visible) return;
    this.timer = setInterval(() => void this.engine.refresh(), refreshMs);
    void this.engine.refresh();
  }
}
