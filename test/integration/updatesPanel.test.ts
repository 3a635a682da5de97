import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { smallestPreview } from '../../src/core/compare/spectrum/previewSpectrum';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';
import { commands, panels } from '../../src/host/ids';
import type { CompareRow, CompareSummary } from '../../src/shared/compareResults';
import { InputError } from '../../src/shared/errors';
import type { UpdatesHostSurface, UpdatesState, UpdatesTensor } from '../../src/shared/protocol/updates';
import { seededUniform } from '../../src/core/statistics/random';
import { normals, writeWeights } from '../harness/weights';
import { FakePage } from './fakePage';

const tensorsOf = ({ phases }: UpdatesState) => phases.flatMap(({ tensors }) => tensors);
const find = ({ phases }: UpdatesState, phase: number, name: string) =>
  phases[phase]!.tensors.find((tensor) => tensor.name === name)!;
const hasSpectrum = ({ rank }: UpdatesTensor) => rank !== undefined;

describe('the Updates panel', () => {
  let api: ExtensionApi;
  /** The sample lab's. */
  let file: string;
  let scratch: string;
  const closing: vscode.Disposable[] = [];
  const window = vscode.window as { showSaveDialog: unknown };
  const { showSaveDialog } = window;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    const workspace = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    file = path.join(workspace, 'lab.frankenstein.yaml');
    scratch = path.join(workspace, 'updates-test');
    mkdirSync(scratch);
  });
  afterEach(() => {
    closing.splice(0).forEach((disposable) => disposable.dispose());
    window.showSaveDialog = showSaveDialog;
  });
  after(async () => {
    rmSync(folderOf(file, 'updates'), { recursive: true });
    rmSync(scratch, { recursive: true });
    api.experiments.refresh();
    await api.trees.checkpoints.refresh();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** A panel whose page is this test: it is handed to the serializer, as VS Code does after a reload. */
  async function connect(experiment = file, step = 'updates') {
    const page = new FakePage<UpdatesState, UpdatesHostSurface>(panels.updates);
    closing.push(page);
    await api.updates.deserializeWebviewPanel(page.panel, { file: experiment, step, ui: {} });
    return page;
  }

  it('is fed while the step runs: energies of all tensors at once, spectra one after another', async function () {
    this.timeout(120_000);
    const page = await connect();
    const first = await page.host.call('ready', null);
    assert.deepEqual([first.run.state, first.spectrum, first.canRun], [null, true, true]);
    assert.deepEqual(
      first.phases.map(({ from, to, tensors }) => [from, to, tensors.length]),
      [
        ['base', 'in', 0],
        ['in', 'rl', 0],
      ],
    );
    await vscode.commands.executeCommand(commands.runStep, { file, step: 'updates' });
    const last = await page.update(({ run }) => run.state === 'finished');

    const running = page.updates.filter(({ run }) => run.state === 'running');
    const matrices = tensorsOf(last).filter(hasSpectrum).length;
    assert.ok(
      running.some((state) => {
        const spectra = tensorsOf(state).filter(hasSpectrum).length;
        return tensorsOf(state).length === last.run.total && spectra > 0 && spectra < matrices;
      }),
      'all energies and some spectra, in one state',
    );
    const done = running.map(({ run }) => run.done);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.deepEqual([...new Set(running.map(({ run }) => run.total))], [last.run.total]);
    assert.equal(last.run.done, last.run.total);
    for (const tensor of tensorsOf(running.at(-1)!)) {
      const exact = tensorsOf(last).find(({ name, energy }) => name === tensor.name && energy === tensor.energy);
      assert.ok(exact, `the energy of ${tensor.name} was exact before its turn`);
    }
  });

  it('shows what the run’s summary says, spectra cut to what can be seen', async () => {
    const panel = await api.updates.open(file, 'updates');
    closing.push(panel);
    assert.equal(await api.updates.open(file, 'updates'), panel);
    assert.equal(panel.panel.title, 'updates · base → in → rl');
    const state = await panel.state();
    const summary = JSON.parse(
      readFileSync(path.join(folderOf(file, 'updates'), 'summary.json'), 'utf8'),
    ) as CompareSummary;
    assert.deepEqual([state.numLayers, state.regions], [12, { early: [0, 4], mid: [4, 8], late: [8, 12] }]);
    state.phases.forEach(({ tensors, ...groups }, i) => {
      const { tensors: rows, ...own } = summary.phases[i]!;
      assert.deepEqual(groups, own);
      for (const [at, { rank, decay, ...tensor }] of tensors.entries()) {
        const { singularValues, ...row } = rows[at]!;
        assert.deepEqual(tensor, row);
        assert.equal(rank, singularValues?.length);
        if (decay && singularValues![0]! > 0) {
          const wanted = Math.log10(singularValues![1]! / singularValues![0]!);
          assert.ok(decay[0] === 0 && Math.abs(decay[1]! - wanted) <= 5e-5, tensor.name);
        }
      }
    });
    const still = tensorsOf(state).filter(({ energy }) => energy === 0);
    assert.ok(still.length > 0, 'some tensors of the lab did not move');
    for (const tensor of still) assert.deepEqual([tensor.relativeEnergy, tensor.changedFraction], [0, 0], tensor.name);
  });

  it('is cancelled, and goes on to the same rows', async function () {
    this.timeout(120_000);
    const folder = folderOf(file, 'updates');
    const rows = readFileSync(path.join(folder, 'rows.jsonl'), 'utf8');
    rmSync(folder, { recursive: true });
    const page = await connect();
    await page.host.call('ready', null);
    const running = page.host.call('run', null);
    await page.update(({ run }) => run.state === 'running' && run.done > 0);
    await assert.rejects(page.host.call('run', null), /is running already/);
    await page.host.call('cancel', null);
    assert.equal(await running, null);
    const { run } = await page.update((state) => state.run.state === 'cancelled');
    assert.ok(run.done > 0 && run.done < run.total, `${run.done} of ${run.total}`);
    assert.ok(rows.startsWith(readFileSync(path.join(folder, 'rows.jsonl'), 'utf8')));
    await page.host.call('run', null);
    await page.update((state) => state.run.state === 'finished');
    assert.equal(readFileSync(path.join(folder, 'rows.jsonl'), 'utf8'), rows);
  });

  it('is restored with its place, once, and not from a state that means nothing', async () => {
    const page = await connect();
    assert.equal(page.closed, false);
    assert.match(page.html, /data-restore="\{&quot;file&quot;:.*&quot;step&quot;:&quot;updates&quot;\}"/);
    assert.match(page.html, /updates\.js/);
    assert.equal((await page.host.call('ready', null)).run.state, 'finished');
    assert.equal((await connect()).closed, true);
    for (const state of [null, {}, { file }, { file, step: '../updates' }, { file: `${file}.gone`, step: 'updates' }]) {
      const other = new FakePage<UpdatesState, UpdatesHostSurface>(panels.updates);
      await api.updates.deserializeWebviewPanel(other.panel, state);
      assert.equal(other.closed, true, JSON.stringify(state));
    }
  });

  it('leads to a tensor in the tree, of the checkpoint that a phase ends with', async () => {
    const page = await connect();
    const name = 'model.layers.5.mlp.up_proj.weight';
    for (const [phase, checkpoint] of ['in', 'rl'].entries()) {
      await page.host.call('reveal', { phase, side: 'to', name });
      const [node] = api.trees.checkpoints.view.selection;
      assert.ok(node?.kind === 'tensor' && node.checkpoint.kind === 'checkpoint');
      assert.equal(node.entry.canonicalName, name);
      assert.equal(path.basename(node.checkpoint.directory), checkpoint);
    }
    const refused = (params: object) => assert.rejects(page.host.call('reveal', params as never), InputError);
    await refused({ phase: 2, side: 'to', name });
    await refused({ phase: 0, side: 'from', name }); // both have it: the page has no place that leads there
    await refused({ phase: 0, side: 'to', name: 'nothing' });
    await refused({ phase: -1, side: 'to', name });
    await refused({ phase: 0, side: 'to', name: 'x'.repeat(2000) });
  });

  it('saves what its page exports, where the user says', async () => {
    const page = await connect();
    const target = vscode.Uri.file(path.join(scratch, 'export.csv'));
    const asked: vscode.SaveDialogOptions[] = [];
    const answers = [target, undefined];
    window.showSaveDialog = (options: vscode.SaveDialogOptions) =>
      Promise.resolve((asked.push(options), answers.shift()));
    const save = (format: 'csv' | 'png', content: string) => page.host.call('save', { format, content });
    assert.equal(await save('csv', 'from,to\r\n'), 'export.csv');
    assert.equal(readFileSync(target.fsPath, 'utf8'), 'from,to\r\n');
    assert.equal(path.basename(asked[0]!.defaultUri!.fsPath), 'lab-updates.csv');
    assert.equal(await save('csv', 'nothing'), null);
    await assert.rejects(save('png', Buffer.from('no picture').toString('base64')), /the export is no PNG/);
    assert.equal(asked.length, 2);
  });

  it('opens the experiment file at its step', async () => {
    const page = await connect();
    await page.host.call('openFile', null);
    const { document, selection } = vscode.window.activeTextEditor!;
    assert.equal(document.uri.fsPath, file);
    assert.match(document.getText(selection.with(selection.start.with({ character: 0 }))), /id: updates/);
  });

  it('says of a step that is not there what is missing', async () => {
    const page = await connect(file, 'gone');
    const { run, phases } = await page.host.call('ready', null);
    assert.deepEqual([run.state, phases], [null, []]);
    assert.match(run.message!, /lab\.frankenstein\.yaml has no compare step "gone"/);
  });

  it('shows estimates of large matrices, until the exact values are there', async function () {
    this.timeout(300_000);
    const shape = [smallestPreview, smallestPreview + 64];
    const random = seededUniform(7);
    const names = [0, 1, 2].map((layer) => `model.layers.${layer}.mlp.up_proj.weight`);
    const before = names.map(() => normals(shape[0]! * shape[1]!, 1, random));
    const after = before.map((values) => {
      const moved = normals(values.length, 0.01, random);
      return values.map((value, i) => value + moved[i]!);
    });
    const weights = (all: readonly Float64Array[]) =>
      Object.fromEntries(names.map((name, i) => [name, { dtype: 'F32' as const, shape, values: all[i]! }]));
    writeWeights(path.join(scratch, 'before'), weights(before), { layers: 3 });
    writeWeights(path.join(scratch, 'after'), weights(after), { layers: 3 });
    const large = path.join(scratch, 'large.frankenstein.yaml');
    const lines = [
      'version: 1',
      'checkpoints: { before: ./before, after: ./after }',
      'steps:',
      '  - compare: { id: large, phases: [[before, after]], spectrum: true }',
    ];
    writeFileSync(large, lines.join('\n'));

    const page = await connect(large, 'large');
    await page.host.call('ready', null);
    const running = page.host.call('run', null);
    const estimated = await page.update((state) => names.every((name) => find(state, 0, name)?.estimate));
    await running;
    const last = await page.update(({ run }) => run.state === 'finished');
    assert.ok(
      page.updates.some(
        (state) => tensorsOf(state).some(hasSpectrum) && tensorsOf(state).some(({ estimate }) => estimate),
      ),
      'one is exact while another is still estimated',
    );
    const rows = readFileSync(path.join(folderOf(large, 'large'), 'rows.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    for (const row of rows.map((line) => JSON.parse(line) as CompareRow)) {
      const { estimate, energy, rank } = find(estimated, 0, row.name);
      assert.deepEqual([energy, rank], [row.energy, undefined]);
      const near = (value: number, exact: number, error: number) =>
        assert.ok(Math.abs(value / exact - 1) <= error, `${row.name}: ${value}, exactly ${exact}`);
      near(estimate!.spectral, row.spectral!, 1e-2);
      near(estimate!.stableRank, row.stableRank!, 2e-2);
      near(estimate!.nuclear, row.nuclear!, 5 * estimate!.nuclearError);
      near(estimate!.effectiveRank, row.effectiveRank!, 5 * estimate!.effectiveRankError);
      const exact = find(last, 0, row.name);
      assert.deepEqual([exact.estimate, exact.rank, exact.nuclear], [undefined, smallestPreview, row.nuclear]);
    }
  });
});
