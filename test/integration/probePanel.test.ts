import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';
import { panels } from '../../src/host/ids';
import { InputError } from '../../src/shared/errors';
import type { ProbeHostSurface, ProbeState } from '../../src/shared/protocol/probe';
import { FakePage } from './fakePage';

const step = (id: string, checkpoint: string, rest = '', limit = 2) =>
  `  - swap: { id: ${id}, checkpoint: ${checkpoint}, pairs: ./pairs, functions: [ocr, counting], limit: ${limit}, maxNewTokens: 8${rest} }`;
const text = [
  'version: 1',
  'checkpoints: { base: ./base, in: ./in }',
  'steps:',
  step('own', 'base'),
  step('other', 'in'),
  step('single', 'in', ', mode: single, layers: "4-8"'),
  // Long enough to be stopped on the way.
  step('never', 'in', ', batch: 14', 12),
].join('\n');

describe('the Probe panel', () => {
  let api: ExtensionApi;
  let file: string;
  const closing: vscode.Disposable[] = [];

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    file = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'probe-test.frankenstein.yaml');
    await writeFile(file, text);
    for (const id of ['own', 'other', 'single']) await api.runs.start(file, id);
  });
  beforeEach(() => writeFile(file, text));
  afterEach(() => closing.splice(0).forEach((disposable) => disposable.dispose()));
  after(async () => {
    await rm(join(folderOf(file, 'own'), '..'), { recursive: true });
    await rm(file);
  });

  async function open(id: string) {
    const panel = await api.panels.open(file, id);
    closing.push(panel);
    return panel;
  }

  /** A panel whose page is this test: it is handed to the serializer, as VS Code does after a reload. */
  async function connect(id: string, overlays: readonly string[] = []) {
    const page = new FakePage<ProbeState, ProbeHostSurface>(panels.probe);
    closing.push(page);
    await api.panels.deserializeWebviewPanel(page.panel, { file, step: id, ui: { overlays } });
    return page;
  }

  it('shows a finished run', async () => {
    const panel = await open('own');
    const state = await panel.state();
    assert.equal(panel.panel.title, 'own · base');
    assert.equal(state.experiment, 'probe-test.frankenstein.yaml');
    assert.deepEqual([state.numLayers, state.regions], [12, { early: [0, 4], mid: [4, 8], late: [8, 12] }]);
    assert.equal(state.canRun, true);
    assert.equal(state.runs.length, 1);
    const { curves, ...run } = state.runs[0]!;
    assert.deepEqual(run, {
      id: 'own',
      checkpoint: 'base',
      role: 'base',
      mode: 'suffix',
      window: 3,
      state: 'finished',
      mine: true,
      done: 4,
      total: 4,
      secondsLeft: null,
      message: null,
      device: 'cpu',
    });
    const summary = JSON.parse(await readFile(join(folderOf(file, 'own'), 'summary.json'), 'utf8')) as {
      functions: Record<string, unknown>;
    };
    assert.deepEqual(Object.fromEntries(curves.map((curve) => [curve.function, curve.points])), summary.functions);
  });

  it('is opened once', async () => {
    const [first, second] = [await open('own'), await open('own')];
    assert.equal(first, second);
    first.dispose();
    assert.equal(api.panels.get(file, 'own'), undefined);
    assert.notEqual(await open('own'), first);
  });

  it('offers the other runs with the same layers and results', async () => {
    const { others } = await (await open('own')).state();
    assert.deepEqual(others, [{ id: 'other', checkpoint: 'in', mode: 'suffix' }]);
  });

  it('shows a step that was never run', async () => {
    const panel = await open('never');
    const { runs, others } = await panel.state();
    assert.deepEqual([runs[0]!.state, runs[0]!.curves, runs[0]!.checkpoint], [null, [], 'in']);
    assert.deepEqual(
      others.map(({ id }) => id),
      ['own', 'other'],
    );
    assert.equal(panel.panel.title, 'never · in');
  });

  it('is restored with the runs that were laid over it, those that are gone left out', async () => {
    const page = await connect('own', ['other', 'gone', '../../etc']);
    const state = await page.host.call('ready', null);
    assert.deepEqual(
      state.runs.map(({ id }) => id),
      ['own', 'other'],
    );
    assert.deepEqual(
      state.comparisons.map(({ a, b, differences }) => [a, b, differences.map((of) => of.function)]),
      [['own', 'other', ['ocr', 'counting']]],
    );
    assert.match(page.html, /data-restore="\{&quot;file&quot;:.*&quot;step&quot;:&quot;own&quot;\}"/);
    const roots = page.panel.webview.options.localResourceRoots!.map(({ path }) => path.split('/').slice(-2).join('/'));
    assert.deepEqual(roots, ['dist/webview', `${vscode.workspace.workspaceFolders![0]!.name}/pairs`]);
  });

  it('is not restored from a state that means nothing, or whose file is gone', async () => {
    const states = [
      undefined,
      null,
      'own',
      {},
      { file },
      { file, step: '../own' },
      { file: 'x.frankenstein.yaml', step: 'own' },
    ];
    for (const state of [
      ...states,
      { file: '/etc/passwd', step: 'own' },
      { file: `${file}.frankenstein.yaml`, step: 'own' },
    ]) {
      const page = new FakePage<ProbeState, ProbeHostSurface>(panels.probe);
      await api.panels.deserializeWebviewPanel(page.panel, state);
      assert.equal(page.closed, true, JSON.stringify(state));
    }
  });

  it('lays runs over each other when the page asks', async () => {
    const page = await connect('own');
    await page.host.call('ready', null);
    await page.host.call('show', { runs: ['other', 'own', 'nothing'] });
    const state = await page.update(({ runs }) => runs.length === 2);
    assert.deepEqual(
      state.runs.map(({ id }) => id),
      ['own', 'other'],
    );
    await page.host.call('show', { runs: [] });
    await page.update(({ runs }) => runs.length === 1);
  });

  it('gives the pairs of a point with images that can be loaded', async () => {
    const page = await connect('own');
    const query = { run: 'other', function: 'ocr', layer: 0, only: 'all', from: 0, to: 50 } as const;
    const { items, total } = await page.host.call('items', query);
    assert.equal(total, 2);
    assert.equal(items.length, 2);
    assert.match(items[0]!.prompt, /^Read the text/);
    for (const { targetImage, sourceImage } of items) {
      for (const address of [targetImage, sourceImage]) {
        assert.ok(existsSync(vscode.Uri.parse(address!).path), address!);
      }
    }
    await assert.rejects(page.host.call('items', { ...query, run: '../own' }), InputError);
    await assert.rejects(page.host.call('items', { ...query, run: 'gone' }), /no swap step or run "gone"/);
    await assert.rejects(page.host.call('items', { ...query, layer: 99 }), InputError);
    await assert.rejects(page.host.call('items', { ...query, run: 'never' }), InputError);
  });

  it('runs, tells while it runs, cancels, and says why it cannot', async () => {
    const page = await connect('never');
    await page.host.call('ready', null);
    const first = page.host.call('run', { run: 'never' });
    await page.update(({ runs }) => runs[0]!.state !== null && runs[0]!.state !== 'finished');
    await assert.rejects(page.host.call('run', { run: 'never' }), /is running already/);
    await page.host.call('cancel', { run: 'never' });
    assert.equal(await first, null);
    await page.update(({ runs }) => runs[0]!.state === 'cancelled' || runs[0]!.state === null);
    await page.host.call('run', { run: 'never' });
    const { runs } = await page.update((state) => state.runs[0]!.state === 'finished');
    assert.equal(runs[0]!.done, 24);
    await assert.rejects(page.host.call('run', { run: 'missing' }), InputError);
    await rm(folderOf(file, 'never'), { recursive: true });
    await page.update((state) => state.runs[0]!.state === null && state.runs[0]!.curves.length === 0);
  });

  it('offers a run that was set aside, shows it, and does not run it again', async () => {
    const page = await connect('single');
    await page.host.call('ready', null);
    await api.runs.start(file, 'single', true);
    await page.update(({ others }) => others.some(({ id }) => id === 'single~1'));
    await page.host.call('show', { runs: ['single', 'single~1'] });
    const { comparisons } = await page.update(({ runs }) => runs.length === 2);
    const [ocr] = comparisons[0]!.differences;
    assert.deepEqual(
      ocr!.points.map(({ layer, difference }) => [layer, difference]),
      [4, 5, 6, 7].map((layer) => [layer, 0]),
    );
    await assert.rejects(page.host.call('run', { run: 'single~1' }), /was set aside/);
    const aside = await (await open('single~1')).state();
    assert.deepEqual(
      [aside.runs[0]!.checkpoint, aside.runs[0]!.mode, aside.runs[0]!.state],
      ['in', 'single', 'finished'],
    );
  });

  it('is told nothing while it is hidden, and the newest when it is seen again', async () => {
    const page = await connect('own');
    await page.host.call('ready', null);
    page.setVisible(false);
    page.updates.length = 0;
    await rename(folderOf(file, 'own'), `${folderOf(file, 'own')}-away`);
    api.experiments.refresh();
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(page.updates.length, 0);
    page.setVisible(true);
    await page.update(({ runs }) => runs[0]!.state === null);
    await rename(`${folderOf(file, 'own')}-away`, folderOf(file, 'own'));
    await page.update(({ runs }) => runs[0]!.state === 'finished');
  });

  it('follows the experiment file, whatever becomes of it', async () => {
    const page = await connect('own', ['other']);
    await page.host.call('ready', null);
    const becomes = async (content: string | null, condition: (state: ProbeState) => boolean) => {
      await (content === null ? rm(file) : writeFile(file, content));
      api.experiments.refresh();
      return page.update(condition);
    };
    const renamed = await becomes(
      text.replaceAll('base:', 'first:').replaceAll('checkpoint: base', 'checkpoint: first'),
      ({ runs }) => runs[0]!.role === null,
    );
    assert.deepEqual([renamed.numLayers, renamed.regions, renamed.runs[0]!.curves.length], [12, null, 2]);
    await becomes(text, ({ runs }) => runs[0]!.role === 'base');
    const without = await becomes(text.replace(/^.*id: other.*\n/m, ''), ({ runs }) => runs.length === 1);
    assert.deepEqual(without.others, []);
    const broken = await becomes('version: [', () => true);
    assert.equal(broken.runs[0]!.role, 'base', 'while the file has an error, what it said before counts');
    await becomes(null, ({ runs }) => runs[0]!.role === null && runs[0]!.state === 'finished');
    await becomes(text, ({ runs }) => runs[0]!.role === 'base');
    const gone = await connect('removed');
    const { runs } = await gone.host.call('ready', null);
    assert.deepEqual([runs[0]!.state, runs[0]!.curves], [null, []]);
    assert.match(runs[0]!.message!, /no swap step "removed"/);
  });
});
