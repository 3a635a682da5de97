import path from 'node:path';
import * as vscode from 'vscode';
import { stepOfRun } from '../../core/experiment/runId';
import { CancelledError, InputError, isCancelled } from '../../shared/errors';
import type { ProbeHostSurface, ProbePageSurface, ProbeState } from '../../shared/protocol/probe';
import { RpcPeer, type Channel, type Handlers } from '../../shared/rpc';
import { experimentName, type Experiments } from '../experiments/experiments';
import type { Runs } from '../experiments/runs';
import { commands } from '../ids';
import { exportContent, type Export } from './exportContent';
import { readProbeItems } from './probePairs';
import { checked } from './probeRequests';
import { ProbeSource, type ReadRun } from './probeSource';
import { Refresher } from './refresher';
import { webviewPage } from './webviewPage';

/** Milliseconds between two updates of the page. */
const updateInterval = 250;

const exportFormats = { png: 'PNG image', svg: 'SVG image', csv: 'Comma-separated values' } as const;

export interface ProbePanelPlace {
  /** The experiment file, absolute. */
  readonly file: string;
  /** The step's id, or that of a run set aside. */
  readonly step: string;
  /** Runs laid over it. */
  readonly overlays: readonly string[];
}

/** The Probe panel of one run: reads its folder, tells the page, and does what the page asks. */
export class ProbePanel implements vscode.Disposable {
  private readonly source: ProbeSource;
  private readonly peer: RpcPeer<ProbeHostSurface, ProbePageSurface>;
  private readonly refresher = new Refresher(() => this.update(), updateInterval);
  private readonly subscriptions: vscode.Disposable[];
  private readonly watches = new Map<string, vscode.Disposable>();
  private closed = false;
  private visible = true;
  /** Folders that the page may load images from. */
  private pairsFolders: readonly string[] = [];

  constructor(
    readonly panel: vscode.WebviewPanel,
    private readonly place: ProbePanelPlace,
    private readonly extensionUri: vscode.Uri,
    experiments: Experiments,
    private readonly runs: Runs,
  ) {
    this.source = new ProbeSource(place.file, place.step, place.overlays, experiments, runs);
    this.peer = new RpcPeer<ProbeHostSurface, ProbePageSurface>(this.channel(), this.handlers());
    this.subscriptions = [
      panel.onDidDispose(() => this.close()),
      panel.onDidChangeViewState(() => this.showOrHide()),
      runs.onDidChange((run) => this.runChanged(run)),
      experiments.onDidChange(() => this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
    ];
    panel.iconPath = { light: this.media('probe-light.svg'), dark: this.media('probe-dark.svg') };
  }

  /** Loads the page. Once the roots of its images are known: changing them afterwards loads the page again. */
  async load(): Promise<void> {
    const { webview } = this.panel;
    const { state, pairsFolders } = await this.source.read();
    if (this.closed) return;
    webview.options = this.options(pairsFolders);
    this.follow(state, pairsFolders);
    const address = (name: string) =>
      webview.asWebviewUri(vscode.Uri.joinPath(this.pages(), `probe.${name}`)).toString();
    const { file, step } = this.place;
    webview.html = webviewPage({
      language: vscode.env.language,
      title: this.panel.title,
      cspSource: webview.cspSource,
      stylesheet: address('css'),
      script: address('js'),
      restore: { file, step },
    });
    this.showOrHide();
  }

  /** What the page is told. */
  async state(): Promise<ProbeState> {
    return (await this.source.read()).state;
  }

  dispose(): void {
    this.panel.dispose();
  }

  private close(): void {
    this.closed = true;
    this.refresher.pause();
    vscode.Disposable.from(...this.subscriptions, ...this.watches.values()).dispose();
    this.peer.close(new CancelledError());
  }

  private channel(): Channel {
    const { webview } = this.panel;
    return {
      send: (message) => {
        if (!this.closed) void webview.postMessage(message);
      },
      // The subscription ends with the webview.
      onMessage: (listener) => void webview.onDidReceiveMessage(listener),
    };
  }

  private handlers(): Handlers<ProbeHostSurface> {
    const { file, step } = this.place;
    return {
      ready: () => this.state(),
      show: (params) => {
        this.source.show(checked('show', params).runs);
        this.refresher.request();
        return null;
      },
      items: async (params) => {
        const query = checked('items', params);
        const { webview } = this.panel;
        return readProbeItems(await this.run(query.run), query, (image) =>
          webview.asWebviewUri(vscode.Uri.file(image)).toString(),
        );
      },
      run: async (params) => {
        const { id } = await this.run(checked('run', params).run);
        await this.start(id);
        return null;
      },
      cancel: async (params) => {
        const { id, mine } = await this.run(checked('cancel', params).run);
        if (!mine) throw new InputError(`"${id}" runs elsewhere`, 'Cancel it where it was started.');
        this.runs.cancel(file, id);
        return null;
      },
      save: (params) => this.save(checked('save', params)),
      openFile: async () => {
        await showFile(file);
        await vscode.commands.executeCommand(commands.goToStep, { file, step });
        return null;
      },
    };
  }

  /** A run that the page names. @throws InputError when there is none in the experiment */
  private async run(id: string): Promise<ReadRun> {
    if (!(await this.source.has(id))) {
      throw new InputError(`${path.basename(this.place.file)} has no swap step or run "${id}"`);
    }
    return this.source.readRun(id);
  }

  private async start(id: string): Promise<void> {
    const step = stepOfRun(id);
    if (step !== id) throw new InputError(`"${id}" was set aside and is not run again`, `Run "${step}".`);
    try {
      await this.runs.start(this.place.file, id);
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  private async save(params: Export): Promise<string | null> {
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

  private refresh(): void {
    this.source.invalidate();
    this.refresher.request();
  }

  private runChanged({ file, step }: { file: string; step: string }): void {
    if (file !== this.place.file) return;
    const runs = this.runs.running().some((run) => run.file === file && run.step === step);
    // While a shown run goes on, nothing around it changes; when it ends, one may have been set aside.
    if (!runs || !this.source.shownRuns().includes(step)) this.source.invalidate();
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
    const { state, pairsFolders } = await this.source.read();
    if (this.closed || !this.visible) return;
    this.follow(state, pairsFolders);
    this.peer.call('update', state).catch(() => undefined); // a page that is gone asks again when it is back
  }

  /** Title, image folders and watched runs follow what is shown. */
  private follow({ runs }: ProbeState, pairsFolders: readonly string[]): void {
    const [own] = runs;
    this.panel.title = own?.checkpoint ? `${own.id} · ${own.checkpoint}` : this.place.step;
    // Set only when need be: it loads the page again.
    const isNew = pairsFolders.some((folder) => !this.pairsFolders.includes(folder));
    if (isNew) this.panel.webview.options = this.options(pairsFolders);
    const shown = runs.map(({ id }) => id);
    this.unwatch([...this.watches.keys()].filter((id) => !shown.includes(id)));
    for (const id of shown) {
      if (!this.watches.has(id)) this.watches.set(id, this.runs.watch(this.place.file, id));
    }
  }

  private unwatch(ids: readonly string[]): void {
    for (const id of ids) {
      this.watches.get(id)?.dispose();
      this.watches.delete(id);
    }
  }

  private options(pairsFolders: readonly string[]): vscode.WebviewOptions {
    this.pairsFolders = pairsFolders;
    const folders = pairsFolders.map((folder) => vscode.Uri.file(folder));
    return { enableScripts: true, localResourceRoots: [this.pages(), ...folders] };
  }

  private pages(): vscode.Uri {
    return vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview');
  }

  private media(name: string): vscode.Uri {
    return vscode.Uri.joinPath(this.extensionUri, 'media', 'icons', name);
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
