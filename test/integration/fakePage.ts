import * as vscode from 'vscode';
import type { RunPageSurface } from '../../src/shared/protocol/run';
import { RpcPeer, type Surface } from '../../src/shared/rpc';

/** What VS Code hands to a serializer, with the test in the place of the page. */
export class FakePage<State, Host extends Surface<Host>> implements vscode.Disposable {
  closed = false;
  readonly updates: State[] = [];
  private visible = true;
  private readonly fromPage = new vscode.EventEmitter<unknown>();
  private readonly toPage = new vscode.EventEmitter<unknown>();
  private readonly disposed = new vscode.EventEmitter<void>();
  private readonly viewState = new vscode.EventEmitter<vscode.WebviewPanelOnDidChangeViewStateEvent>();
  private readonly arrived = new vscode.EventEmitter<State>();
  readonly host = new RpcPeer<RunPageSurface<State>, Host>(
    { send: (message) => this.fromPage.fire(message), onMessage: (listener) => void this.toPage.event(listener) },
    { update: (state) => (this.updates.push(state), this.arrived.fire(state), null) },
  );
  readonly panel: vscode.WebviewPanel;

  /** @param viewType the kind of panel, of `ids.panels` */
  constructor(viewType: string) {
    this.panel = this.makePanel(viewType);
  }

  get html(): string {
    return this.panel.webview.html;
  }

  /** The first update from now on that meets a condition, or the newest there is. */
  update(condition: (state: State) => boolean): Promise<State> {
    const newest = this.updates.at(-1);
    if (newest && condition(newest)) return Promise.resolve(newest);
    return new Promise((resolve) => {
      const subscription = this.arrived.event((state) => {
        if (!condition(state)) return;
        subscription.dispose();
        resolve(state);
      });
    });
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    this.viewState.fire({ webviewPanel: this.panel });
  }

  dispose(): void {
    this.panel.dispose();
  }

  private makePanel(viewType: string): vscode.WebviewPanel {
    const isVisible = () => this.visible;
    const webview: vscode.Webview = {
      options: {},
      html: '',
      cspSource: 'https://files.example',
      onDidReceiveMessage: this.fromPage.event,
      postMessage: (message: unknown) => (this.toPage.fire(structuredClone(message)), Promise.resolve(true)),
      asWebviewUri: (uri) => uri.with({ scheme: 'https', authority: 'files.example' }),
    };
    return {
      viewType,
      title: '',
      webview,
      options: {},
      viewColumn: vscode.ViewColumn.Active,
      active: true,
      get visible() {
        return isVisible();
      },
      onDidChangeViewState: this.viewState.event,
      onDidDispose: this.disposed.event,
      reveal: () => undefined,
      dispose: () => {
        if (this.closed) return;
        this.closed = true;
        this.disposed.fire();
      },
    };
  }
}
