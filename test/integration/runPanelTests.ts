import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';
import { commands } from '../../src/host/ids';
import type { PageExport, RunStanding } from '../../src/shared/protocol/run';
import type { Call, Surface } from '../../src/shared/rpc';
import { FakePage } from './fakePage';

/** What every panel of one run shows. */
interface RunState {
  readonly run: RunStanding;
  readonly summary: unknown;
}

/** What every page of one run may ask. */
interface RunHostSurface<State> {
  ready: Call<null, State>;
  run: Call<null, null>;
  cancel: Call<null, null>;
  save: Call<PageExport, string | null>;
  openFile: Call<null, null>;
}

export interface RunPanelCase {
  /** The panels' id, of `ids.panels`. */
  readonly viewType: string;
  readonly panelsOf: (api: ExtensionApi) => ExtensionApi['abilities' | 'reasoning' | 'attention'];
  readonly kind: 'evaluate' | 'ablate' | 'attention';
  /** Options of its step, long enough to be cancelled on the way. */
  readonly options: string;
  readonly title: string;
  readonly unit: string;
}

/** The id of the step that all of it is about. */
export const step = 'own';

const head = ['version: 1', 'checkpoints: { base: ./base, in: ./in, rl: ./rl }', 'regions: thirds', 'steps:'];

/**
 * Declares what a panel of one run must do; a run that is finished is there for the tests that follow.
 * @returns `connect` makes a panel whose page is the test: it is handed to the serializer, as VS Code does after a reload
 */
export function testRunPanel({ viewType, panelsOf, kind, options, title, unit }: RunPanelCase) {
  const text = [...head, `  - ${kind}: { id: ${step}, ${options} }`, ''].join('\n');
  const closing: vscode.Disposable[] = [];
  const window = vscode.window as { showSaveDialog: unknown };
  const { showSaveDialog } = window;
  let api: ExtensionApi;
  let workspace: string;
  let scratch: string;
  let file: string;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    scratch = path.join(workspace, `${kind}-panel-test`);
    mkdirSync(scratch);
    file = path.join(workspace, `${kind}-panel.frankenstein.yaml`);
    writeFileSync(file, text);
    api.experiments.refresh();
  });
  afterEach(() => {
    closing.splice(0).forEach((disposable) => disposable.dispose());
    window.showSaveDialog = showSaveDialog;
  });
  after(async () => {
    rmSync(path.dirname(folderOf(file, step)), { recursive: true });
    rmSync(file);
    rmSync(scratch, { recursive: true });
    api.experiments.refresh();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function restore<State, Host extends Surface<Host>>(state: unknown): Promise<FakePage<State, Host>> {
    const page = new FakePage<State, Host>(viewType);
    closing.push(page);
    await panelsOf(api).deserializeWebviewPanel(page.panel, state);
    return page;
  }
  const connect = <State, Host extends Surface<Host>>(of: object = {}) =>
    restore<State, Host>({ file, step, ui: {}, ...of });
  const connectRun = (of: object = {}) => connect<RunState, RunHostSurface<RunState>>(of);
  const rows = () => readFileSync(path.join(folderOf(file, step), 'rows.jsonl'), 'utf8');

  it('is opened by the command of the lens and the tree, once, before there is a run', async () => {
    for (const times of [1, 2]) {
      await vscode.commands.executeCommand(commands.openResults, { kind: 'step', file, step });
      const panel = panelsOf(api).get(file, step);
      assert.ok(panel, `opened ${times} times`);
      if (times === 1) closing.push(panel);
      else assert.equal(closing[0], panel);
      assert.equal(panel.panel.title, title);
      assert.equal((await panel.state()).run.state, null);
    }
  });

  it('is fed while the step runs, as is the tree; is cancelled, and goes on where it stopped', async function () {
    this.timeout(180_000);
    const page = await connectRun();
    await page.host.call('ready', null);
    const running = page.host.call('run', null);
    const { run: under } = await page.update(({ run }) => run.state === 'running' && run.done > 0);
    assert.match(await described(), new RegExp(`running ${'\\d+'}/${under.total} ${unit}`));
    await assert.rejects(page.host.call('run', null), /is running already/);
    await page.host.call('cancel', null);
    assert.equal(await running, null);
    const { run } = await page.update((state) => state.run.state === 'cancelled');
    assert.ok(run.done > 0 && run.done < run.total, `${run.done} of ${run.total}`);
    assert.match(await described(), new RegExp(`cancelled ${run.done}/${run.total} `));
    const before = rows();
    await page.host.call('run', null);
    const last = await page.update((state) => state.run.state === 'finished');
    assert.deepEqual([last.run.done, last.run.total], [run.total, run.total]);
    assert.ok(rows().length > before.length && rows().startsWith(before));
    assert.match(await described(), /^\w+ · finished · /);
    const kept = JSON.parse(readFileSync(path.join(folderOf(file, step), 'summary.json'), 'utf8')) as object;
    const own = Object.entries(kept).filter(([key]) => !['step', 'kind', 'device'].includes(key));
    assert.deepEqual(last.summary, Object.fromEntries(own));
  });

  it('is restored with its place, once, and not from a state that means nothing', async () => {
    const page = await connectRun();
    assert.match(page.html, /data-restore="\{&quot;file&quot;:.*&quot;step&quot;:&quot;own&quot;\}"/);
    assert.equal(page.panel.title, title);
    assert.equal((await page.host.call('ready', null)).run.state, 'finished');
    assert.equal((await connectRun()).closed, true);
    for (const state of [null, {}, { file }, { file, step: '../own' }, { file: `${file}.gone`, step }]) {
      assert.equal((await restore(state)).closed, true, JSON.stringify(state));
    }
  });

  it('saves what its page exports, where the user says', async () => {
    const page = await connectRun();
    const asked: vscode.SaveDialogOptions[] = [];
    window.showSaveDialog = (options: vscode.SaveDialogOptions) => {
      asked.push(options);
      return Promise.resolve(vscode.Uri.file(path.join(scratch, path.basename(options.defaultUri!.fsPath))));
    };
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
    const exports = {
      csv: 'layer,n\r\n',
      svg: '<svg xmlns="http://www.w3.org/2000/svg"/>',
      png: png.toString('base64'),
    };
    for (const format of ['csv', 'svg', 'png'] as const) {
      const name = `${kind}-panel-own.${format}`;
      assert.equal(await page.host.call('save', { format, content: exports[format] }), name);
      const wanted = format === 'png' ? png : Buffer.from(exports[format]);
      assert.deepEqual(readFileSync(path.join(scratch, name)), wanted);
    }
    await assert.rejects(page.host.call('save', { format: 'png', content: 'bm8=' }), /the export is no PNG/);
    assert.equal(asked.length, 3);
  });

  it('opens the experiment file at its step', async () => {
    const page = await connectRun();
    await page.host.call('openFile', null);
    const { document, selection } = vscode.window.activeTextEditor!;
    assert.equal(document.uri.fsPath, file);
    assert.match(document.lineAt(selection.start).text, /id: own/);
  });

  it('says what is wrong: a step that is not there, a file with an error', async () => {
    const page = await connectRun({ step: 'gone' });
    const { run } = await page.host.call('ready', null);
    assert.equal(run.state, null);
    assert.match(run.message!, new RegExp(`${kind}-panel\\.frankenstein\\.yaml has no ${kind} step "gone"`));
    const broken = path.join(scratch, 'broken.frankenstein.yaml');
    writeFileSync(broken, text.replace('version: 1', 'version: 1\nnonsense: true'));
    const other = await connectRun({ file: broken });
    assert.match((await other.host.call('ready', null)).run.message!, /nonsense/);
    await assert.rejects(other.host.call('run', null), /nonsense/);
  });

  /** What the tree says of the step. */
  async function described(): Promise<string> {
    const tree = api.trees.experiments;
    const node = (await tree.getChildren()).find((one) => one.file === file)!;
    const own = (await tree.getChildren(node)).find((one) => 'step' in one && one.step === step)!;
    return (await tree.getTreeItem(own)).description as string;
  }

  return { connect };
}

/** Folders that a page may load images from, beside its own. */
export function imageRoots({ webview }: vscode.WebviewPanel): string[] {
  return webview.options.localResourceRoots!.slice(1).map(({ fsPath }) => path.basename(fsPath));
}
