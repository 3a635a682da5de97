import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';
import { commands } from '../../src/host/ids';
import type { CheckpointsNode } from '../../src/host/trees/checkpointNodes';
import { HeatDecorations, heatUri } from '../../src/host/trees/heatDecorations';

/** What these tests answer in place of a person. */
interface Question {
  readonly placeHolder: string;
  readonly items: readonly vscode.QuickPickItem[];
}

const workspace = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

describe('comparing checkpoints', () => {
  let api: ExtensionApi;
  let scratch: string;
  const window = vscode.window as { showQuickPick: unknown; showErrorMessage: unknown };
  const { showQuickPick, showErrorMessage } = window;
  let asked: Question[];
  let failures: string[];

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    scratch = path.join(workspace(), 'compare-test');
    mkdirSync(scratch);
    await api.trees.checkpoints.refresh();
  });

  beforeEach(() => {
    asked = [];
    failures = [];
    window.showErrorMessage = (message: string) => Promise.resolve(void failures.push(message));
  });

  afterEach(async () => {
    Object.assign(window, { showQuickPick, showErrorMessage });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    rmSync(scratch, { recursive: true, force: true });
    api.trees.experiments.refresh();
    await api.trees.checkpoints.refresh();
  });

  /** Picks the items of these labels, one after another; undefined turns the question away. */
  function answer(...labels: readonly (string | undefined)[]): void {
    const left = [...labels];
    window.showQuickPick = (items: readonly vscode.QuickPickItem[], { placeHolder = '' }: vscode.QuickPickOptions) => {
      asked.push({ placeHolder, items });
      assert.ok(left.length > 0, `nobody expected to be asked: ${placeHolder}`);
      const label = left.shift();
      return Promise.resolve(label === undefined ? undefined : items.find((item) => item.label === label));
    };
  }

  async function checkpoint(name: string): Promise<CheckpointsNode> {
    const nodes = await api.trees.checkpoints.all();
    return nodes.find(({ directory }) => directory === path.join(workspace(), name))!;
  }

  async function item(name: string, ...way: readonly string[]): Promise<vscode.TreeItem> {
    let node = await checkpoint(name);
    let shown = await api.trees.checkpoints.getTreeItem(node);
    for (const label of way) {
      const children = await api.trees.checkpoints.getChildren(node);
      const items = await Promise.all(children.map((child) => api.trees.checkpoints.getTreeItem(child)));
      const at = items.findIndex((candidate) => candidate.label === label);
      assert.ok(at >= 0, `no "${label}" among ${items.map((candidate) => String(candidate.label)).join(', ')}`);
      [node, shown] = [children[at]!, items[at]!];
    }
    return shown;
  }

  const query = ['Language model', 'Late', 'Layer 11', 'Attention', 'q_proj.weight'] as const;

  it('runs the step of an experiment file that compares just these, the earlier one first', async function () {
    this.timeout(120_000);
    const file = path.join(scratch, 'own.frankenstein.yaml');
    const lines = [
      'version: 1',
      'checkpoints: { base: ../base, rl: ../rl }',
      'steps:',
      '  - compare: { id: other-way, phases: [[rl, base]] }',
      '  - compare: { id: wanted, phases: [[base, rl]] }',
    ];
    writeFileSync(file, lines.join('\n'));
    api.experiments.refresh();
    answer('base');
    await vscode.commands.executeCommand(commands.compareWith, await checkpoint('rl'));
    assert.deepEqual(failures, []);
    assert.match(asked[0]!.items.find(({ label }) => label === 'base')!.detail!, /^base → rl · /);
    assert.ok(!asked[0]!.items.some(({ label }) => label === 'rl'));
    assert.equal((await api.runs.view(file, 'wanted')).state, 'finished');
    assert.equal((await api.runs.view(file, 'other-way')).state, null);
    assert.ok(api.updates.get(file, 'wanted'), 'its panel is open');
    rmSync(file);
    rmSync(folderOf(file, 'wanted'), { recursive: true });
    api.experiments.refresh();
  });

  it('keeps a comparison that no file has in the extension’s own folder, and goes on there the next time', async function () {
    this.timeout(120_000);
    const find = () =>
      new Promise<{ file: string; step: string }>((resolve) => {
        const listener = api.runs.onDidChange((run) => {
          listener.dispose();
          resolve(run);
        });
      });
    const started = find();
    answer('rl', 'in', 'Energy');
    await vscode.commands.executeCommand(commands.compareWith);
    assert.deepEqual(failures, []);
    assert.deepEqual(
      asked.map(({ placeHolder }) => placeHolder),
      ['Compare from which checkpoint?', 'From rl to which checkpoint?', 'What shall be measured?'],
    );
    const { file, step } = await started;
    assert.equal(path.basename(file), 'comparison.frankenstein.yaml');
    assert.ok(!file.startsWith(workspace()));
    const { snapshot } = await api.runs.view(file, step);
    assert.equal(snapshot!.state, 'finished');
    assert.ok(api.updates.get(file, step));

    const rows = path.join(folderOf(file, step), 'rows.jsonl');
    const before = readFileSync(rows, 'utf8');
    const again = find();
    answer('in', 'Energy');
    await vscode.commands.executeCommand(commands.compareWith, await checkpoint('rl'));
    const other = await again;
    assert.notEqual(other.file, file, 'in → rl is another comparison than rl → in');
    answer('rl', 'in', 'Energy');
    await vscode.commands.executeCommand(commands.compareWith);
    assert.equal(readFileSync(rows, 'utf8'), before);
    assert.ok(!existsSync(`${folderOf(file, step)}~1`), 'it was not run afresh');
  });

  it('shows in the tree how much each node moved, until it is cleared', async function () {
    this.timeout(60_000);
    answer('in', 'Energy');
    await vscode.commands.executeCommand(commands.compareWith, await checkpoint('rl'));
    await api.lastComparison.load();
    const tensor = await item('rl', ...query);
    assert.match(String(tensor.description), /^moved \d\.\d+ % · BF16 · 128 × 128 · 32\.8 kB$/);
    assert.match((tensor.tooltip as vscode.MarkdownString).value, /moved .* of its norm in in → rl/);
    assert.match(tensor.accessibilityInformation!.label, /, moved \d\.\d+ %, BF16/);
    const frozen = await item('rl', 'Projector', 'merger.ln_q.weight').catch(() =>
      item('rl', 'Projector', 'ln_q.weight'),
    );
    assert.match(String(frozen.description), /^did not move · /);
    assert.equal((await item('in', ...query)).resourceUri, undefined, 'the phase does not end with it');

    const decorations = new HeatDecorations(api.lastComparison);
    try {
      const badge = ({ resourceUri }: vscode.TreeItem) => decorations.provideFileDecoration(resourceUri!);
      assert.match(badge(tensor)!.badge!, /^[1-9]$/);
      assert.match(badge(tensor)!.tooltip!, /^moved \d\.\d+ % of its norm in in → rl$/);
      assert.ok(badge(tensor)!.color);
      assert.deepEqual([badge(frozen)!.badge, badge(frozen)!.color], ['0', undefined]);
      for (let depth = 1; depth < query.length; depth++) {
        assert.match(badge(await item('rl', ...query.slice(0, depth)))!.badge!, /^[1-9]$/, query[depth - 1]);
      }
      assert.equal(decorations.provideFileDecoration(vscode.Uri.file(workspace())), undefined);
      assert.equal(decorations.provideFileDecoration(heatUri(path.join(workspace(), 'rl'), 'tensor/none')), undefined);

      let changes = 0;
      const listener = decorations.onDidChangeFileDecorations(() => changes++);
      await vscode.commands.executeCommand(commands.clearComparisonBadges);
      listener.dispose();
      assert.ok(changes > 0);
      assert.equal(badge(tensor), undefined);
      assert.deepEqual(
        [(await item('rl', ...query)).resourceUri, (await item('rl', ...query)).description],
        [undefined, 'BF16 · 128 × 128 · 32.8 kB'],
      );

      // Run again, it is the last comparison again.
      answer('in', 'Energy');
      await vscode.commands.executeCommand(commands.compareWith, await checkpoint('rl'));
      await until(async () => (await item('rl', ...query)).resourceUri !== undefined);
    } finally {
      decorations.dispose();
    }
  });

  it('shows a tensor also while badges are drawn anew, as they are when a comparison ends', async () => {
    const { checkpoints } = api.trees;
    const directory = path.join(workspace(), 'rl');
    for (let layer = 0; layer < 12; layer += 4) {
      const name = `model.layers.${layer}.self_attn.q_proj.weight`;
      const revealed = checkpoints.revealTensor(directory, name);
      for (let times = 0; times < 5; times++) await api.lastComparison.load();
      await revealed;
      const [node] = checkpoints.view.selection;
      assert.ok(node?.kind === 'tensor' && node.entry.canonicalName === name, name);
    }
  });

  it('compares Base → IN → RL by role, and says which role nobody has', async () => {
    const file = path.join(scratch, 'chain.frankenstein.yaml');
    const phases = '[[base, in], [in, rl]]';
    const names = 'base: ../base, in: ../in, rl: ../rl';
    writeFileSync(
      file,
      `version: 1\ncheckpoints: { ${names} }\nsteps:\n  - compare: { id: chain, phases: ${phases} }\n`,
    );
    api.experiments.refresh();
    answer();
    const ran: string[] = [];
    const listener = api.runs.onDidChange(({ step }) => ran.push(step));
    await vscode.commands.executeCommand(commands.compareChain);
    listener.dispose();
    assert.deepEqual([failures, ran.length > 0], [[], true]);

    answer('No role');
    await vscode.commands.executeCommand(commands.setRole, await checkpoint('in'));
    await vscode.commands.executeCommand(commands.compareChain);
    assert.match(failures[0]!, /^no checkpoint has the role IN\. Give it with "Set Role…"/);
    answer('IN: after the supervised cold start');
    await vscode.commands.executeCommand(commands.setRole, await checkpoint('in'));
    rmSync(file);
    rmSync(path.join(scratch, 'chain.runs'), { recursive: true, force: true });
    api.experiments.refresh();
  });

  it('does nothing when a question is turned away', async () => {
    let changes = 0;
    const listener = api.runs.onDidChange(() => changes++);
    answer(undefined);
    await vscode.commands.executeCommand(commands.compareWith, await checkpoint('base'));
    answer('rl', undefined);
    await vscode.commands.executeCommand(commands.compareWith, await checkpoint('in'));
    listener.dispose();
    assert.deepEqual([changes, failures], [0, []]);
  });
});

async function until(condition: () => Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it did not come to pass in time');
    await sleep(50);
  }
}
