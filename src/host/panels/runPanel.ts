import path from 'node:path';
import * as vscode from 'vscode';
import { stepOfRun } from '../../core/experiment/runId';
import { CancelledError, InputError, isCancelled } from '../../shared/errors';
import type { PageExport, RunPageSurface } from '../../shared/protocol/run';
import { RpcPeer, type Handlers, type Surface } from '../../shared/rpc';
import { experimentName, type Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { commands } from '../ids';
import { exportContent } from './exportContent';
import { loadPage, pageChannel, pageIcon, pagesFolder } from './panelPage';
import { Refresher } from './refresher';

/** Milliseconds between two updates of the page. */
const updateInterval = 250;

const exportFormats = { png: 'PNG image', svg: 'SVG image', csv: 'Comma-separated values' } as const;

export interface RunPanelPlace {
  /** The experiment file, absolute. */
  readonly file: string;
  /** The step's id, or that of a run set aside. */
  readonly step: string;
}

/** What a panel has at hand of the window. */
export interface RunPanelContext {
  readonly extensionUri: vscode.Uri;
  readonly experiments: Experiments;
  readonly runs: Runs;
}

/** What a panel shows at a moment. */
export interface RunPanelContent<State> {
  readonly state: State;
  readonly title: string;
  /** Runs whose folders are followed. */
  readonly shownRuns: readonly string[];
  /** Folders that the page may load images from. */
  readonly imageFolders: readonly string[];
}

/** Where the content comes from. */
export interface RunPanelSource<State> {
  /** Never fails: what cannot be read is said in the state. */
  read(): Promise<RunPanelContent<State>>;
  /** The experiment file, or which runs there are, may have changed. */
  invalidate(): void;
}

/** The panel of a run: follows its folder, tells the page, and does for it what every such page may ask. */
export class RunPanel<State, Host extends Surface<Host>> implements vscode.Disposable {
  private readonly peer: RpcPeer<Host, RunPageSurface<State>>;
  private readonly refresher = new Refresher(() => this.update(), updateInterval);
  private readonly subscriptions: vscode.Disposable[];
  private readonly watches = new Map<string, vscode.Disposable>();
  private closed = false;
  private visible = true;
  private shownRuns: readonly string[] = [];
  private imageFolders: readonly string[] = [];

  /**
   * @param page the name of the page's bundle and of its icon
   * @param handlers the answers to the page
   */
  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly place: RunPanelPlace,
    private readonly page: string,
    private readonly context: RunPanelContext,
    private readonly source: RunPanelSource<State>,
    handlers: (own: RunPanel<State, Host>) => Handlers<Host>,
  ) {
    this.peer = new RpcPeer<Host, RunPageSurface<State>>(
      pageChannel(panel, () => this.closed),
      handlers(this),
    );
    this.subscriptions = [
      panel.onDidDispose(() => this.close()),
      panel.onDidChangeViewState(() => this.showOrHide()),
      context.runs.onDidChange((run) => this.runChanged(run)),
      context.experiments.onDidChange(() => this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
    ];
    panel.iconPath = pageIcon(context.extensionUri, page);
  }

  /** Loads the page. Once the roots of its images are known: changing them afterwards loads the page again. */
  async load(): Promise<void> {
    const content = await this.source.read();
    if (this.closed) return;
    this.panel.webview.options = this.options(content.imageFolders);
    this.follow(content);
    const { file, step } = this.place;
    loadPage(this.panel, this.context.extensionUri, this.page, { file, step });
    this.showOrHide();
  }

  /** What the page is told. */
  async state(): Promise<State> {
    return (await this.source.read()).state;
  }

  /** Tells the page anew, soon. */
  requestUpdate(): void {
    this.refresher.request();
  }

  /** A resource as the page can load it. */
  address(file: string): string {
    return this.panel.webview.asWebviewUri(vscode.Uri.file(file)).toString();
  }

  dispose(): void {
    this.panel.dispose();
  }

  /** @throws InputError when the run cannot be started, or fails */
  async start(id: string): Promise<null> {
    const step = stepOfRun(id);
    if (step !== id) throw new InputError(`"${id}" was set aside and is not run again`, `Run "${step}".`);
    try {
      await this.context.runs.start(this.place.file, id);
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
    return null;
  }

  /** @param mine whether it runs here @throws InputError when it does not */
  cancel(id: string, mine: boolean): null {
    if (!mine) throw new InputError(`"${id}" runs elsewhere`, 'Cancel it where it was started.');
    this.context.runs.cancel(this.place.file, id);
    return null;
  }

  async save(params: PageExport): Promise<string | null> {
    const content = exportContent(params);
    const { file, step } = this.place;
    const { format } = params;
    const name = `${experimentName(file)}-${step}.${format}`;
    const uri = await vscode.window.showSaveDialog({
      defaultUri: vscode.Uri.file(path.join(path.dirname(file), name)),
      filters: { [exportFormats[format]]: [format] },
    });
    if (!uri) return null;
    await vscode.workspace.fs.writeFile(uri, content);
    return path.posix.basename(uri.path);
  }

  async openFile(): Promise<null> {
    const { file, step } = this.place;
    await showFile(file);
    await vscode.commands.executeCommand(commands.goToStep, { file, step });
    return null;
  }

  private close(): void {
    this.closed = true;
    this.refresher.pause();
    vscode.Disposable.from(...this.subscriptions, ...this.watches.values()).dispose();
    this.peer.close(new CancelledError());
  }

  private refresh(): void {
    this.source.invalidate();
    this.refresher.request();
  }

  private runChanged({ file, step }: { file: string; step: string }): void {
    if (file !== this.place.file) return;
    const runs = this.context.runs.running().some((run) => run.file === file && run.step === step);
    // While a shown run goes on, nothing around it changes; when it ends, one may have been set aside.
    if (!runs || !this.shownRuns.includes(step)) this.source.invalidate();
    this.refresher.request();
  }

  private showOrHide(): void {
    const { visible } = this.panel;
    if (visible === this.visible) return;
    this.visible = visible;
    if (visible) {
      this.refresher.resume();
      this.refresh();
      return;
    }
    // A hidden page is gone: nothing reaches it, and when it is seen again it asks for the newest state itself.
    this.refresher.pause();
    this.unwatch([...this.watches.keys()]);
  }

  private async update(): Promise<void> {
    const content = await this.source.read();
    if (this.closed || !this.visible) return;
    this.follow(content);
    this.peer.call('update', content.state).catch(() => undefined); // a page that is gone asks again when it is back
  }

  /** Title, image folders and watched runs follow what is shown. */
  private follow({ title, shownRuns, imageFolders }: RunPanelContent<State>): void {
    this.panel.title = title;
    // Set only when need be: it loads the page again.
    const isNew = imageFolders.some((folder) => !this.imageFolders.includes(folder));
    if (isNew) this.panel.webview.options = this.options(imageFolders);
    this.shownRuns = shownRuns;
    this.unwatch([...this.watches.keys()].filter((id) => !shownRuns.includes(id)));
    for (const id of shownRuns) {
      if (!this.watches.has(id)) this.watches.set(id, this.context.runs.watch(this.place.file, id));
    }
  }

  private unwatch(ids: readonly string[]): void {
    for (const id of ids) {
      this.watches.get(id)?.dispose();
      this.watches.delete(id);
    }
  }

  private options(imageFolders: readonly string[]): vscode.WebviewOptions {
    this.imageFolders = imageFolders;
    const folders = imageFolders.map((folder) => vscode.Uri.file(folder));
    return { enableScripts: true, localResourceRoots: [pagesFolder(this.context.extensionUri), ...folders] };
  }
}

/** Where it is open already, else in the first column: not over the panel. */
async function showFile(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  const shownIn = vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
  await vscode.window.showTextDocument(uri, { viewColumn: shownIn?.viewColumn ?? vscode.ViewColumn.One });
}
