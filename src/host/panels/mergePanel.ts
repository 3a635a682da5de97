import path from 'node:path';
import * as vscode from 'vscode';
import { CancelledError } from '../../shared/errors';
import type { MergeHostSurface, MergePageSurface } from '../../shared/protocol/merge';
import { RpcPeer } from '../../shared/rpc';
import type { Experiments } from '../experiments/experiments';
import { MergeDocument } from './mergeDocument';
import { MergeWizard, type MergeContext } from './mergeWizard';
import { loadPage, pageChannel, pageIcon, pagesFolder } from './panelPage';
import { Refresher } from './refresher';

/** Milliseconds between two updates of the page. */
const updateInterval = 250;

/** The merge wizard of one experiment file: follows the document, its runs and its checkpoints, and tells the page. */
export class MergePanel implements vscode.Disposable {
  private readonly wizard: MergeWizard;
  private readonly peer: RpcPeer<MergeHostSurface, MergePageSurface>;
  private readonly refresher = new Refresher(() => this.update(), updateInterval);
  private readonly subscriptions: vscode.Disposable[];
  private closed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly file: string,
    private readonly context: MergeContext & { readonly experiments: Experiments },
  ) {
    const document = new MergeDocument(file);
    this.wizard = new MergeWizard(document, context);
    this.peer = new RpcPeer<MergeHostSurface, MergePageSurface>(
      pageChannel(panel, () => this.closed),
      this.wizard.handlers(() => panel.reveal()),
    );
    const refresh = () => this.refresher.request();
    this.subscriptions = [
      panel.onDidDispose(() => this.close()),
      panel.onDidChangeViewState(() => this.showOrHide()),
      vscode.workspace.onDidChangeTextDocument(({ document: changed }) => document.isOf(changed) && refresh()),
      context.runs.onDidChange((run) => run.file === file && refresh()),
      context.experiments.onDidChange(refresh),
      vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    ];
    panel.title = `Merge: ${path.basename(file)}`;
    panel.iconPath = pageIcon(context.extensionUri, 'merge');
    this.load();
  }

  /** Shows a hybrid among the others. */
  show(hybrid: string): void {
    this.wizard.ask(hybrid);
    this.refresher.request();
  }

  dispose(): void {
    this.panel.dispose();
  }

  private load(): void {
    const { extensionUri } = this.context;
    this.panel.webview.options = { enableScripts: true, localResourceRoots: [pagesFolder(extensionUri)] };
    loadPage(this.panel, extensionUri, 'merge', { file: this.file });
  }

  private close(): void {
    this.closed = true;
    this.refresher.pause();
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.peer.close(new CancelledError());
  }

  private showOrHide(): void {
    // A hidden page is gone: nothing reaches it, and when it is seen again it asks for the newest state itself.
    if (!this.panel.visible) return this.refresher.pause();
    this.refresher.resume();
    this.refresher.request();
  }

  private async update(): Promise<void> {
    const state = await this.wizard.state();
    if (this.closed || !this.panel.visible) return;
    this.peer.call('update', state).catch(() => undefined); // a page that is gone asks again when it is back
  }
}
