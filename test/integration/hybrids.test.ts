import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { writeHybrid } from '../../src/host/commands/hybridWriting';
import { commands } from '../../src/host/ids';
import type { CheckpointsNode } from '../../src/host/trees/checkpointNodes';

const start = [
  'version: 1',
  'checkpoints: { in: ./in, rl: ./rl } # the chain',
  'regions: thirds',
  '',
  'steps: []',
  '',
].join('\n');

describe('hybrids in the editor and in the tree', () => {
  let api: ExtensionApi;
  let folder: string;
  let file: string;
  let document: vscode.TextDocument;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    file = path.join(folder, 'hybrids-test.frankenstein.yaml');
    writeFileSync(file, start);
    api.experiments.refresh();
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    document = vscode.window.activeTextEditor!.document;
  });

  after(async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(file);
    rmSync(path.join(folder, 'hybrids-test.runs'), { recursive: true, force: true });
    api.experiments.refresh();
    await api.trees.checkpoints.refresh();
  });

  const itemOf = async (node: CheckpointsNode) => {
    const { label, description, contextValue, tooltip } = await api.trees.checkpoints.getTreeItem(node);
    const text = tooltip instanceof vscode.MarkdownString ? tooltip.value : String(tooltip);
    return { node, label: String(label), description: String(description), contextValue, tooltip: text };
  };
  const see = async (parent?: CheckpointsNode) =>
    Promise.all((await api.trees.checkpoints.getChildren(parent)).map(itemOf));
  const hybrid = async (name: string) => {
    let found: Awaited<ReturnType<typeof itemOf>> | undefined;
    await until(async () => {
      found = (await see()).find(({ label, node }) => node.kind === 'hybrid' && node.file === file && label === name);
      return found !== undefined;
    });
    return found!;
  };

  /** Answers the question that is shown by its first choice, or by the text that it proposes. */
  async function accept(): Promise<void> {
    await sleep(400);
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }

  it('New Hybrid asks for kind and name, and writes the YAML; undo takes it back', async () => {
    await vscode.window.showTextDocument(document);
    const making = vscode.commands.executeCommand(commands.newHybrid);
    await accept(); // the first preset of the paper
    await accept(); // the name that it proposes
    await making;
    const entry = 'hybrids:\n  "IN:RL:RL": [in, rl, rl]\n\n';
    assert.equal(document.getText(), start.replace('steps:', `${entry}steps:`));
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document, document);
    assert.equal(document.getText(editor.selection), '"IN:RL:RL"');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), start);
    await vscode.commands.executeCommand('redo');
    await document.save();
  });

  it('the tree shows it with its donors, down to each tensor', async () => {
    const made = await hybrid('IN:RL:RL');
    assert.match(made.description, /^virtual · in · rl · rl/);
    assert.equal(made.contextValue, 'hybrid');
    assert.match(made.tooltip, /Mid: layers 4–7 rl/);
    const parts = await see(made.node);
    const model = parts.find(({ label }) => label === 'Language model')!;
    assert.match(model.description, /^rl, in · /);
    const regions = await see(model.node);
    assert.match(regions.find(({ label }) => label === 'Early')!.description, /^in · layers 0 to 3/);
    const late = regions.find(({ label }) => label === 'Late')!;
    assert.match(late.description, /^rl · layers 8 to 11/);
    const [layer] = await see(late.node);
    const [component] = await see(layer!.node);
    const [tensor] = await see(component!.node);
    assert.match(tensor!.description, /^rl · BF16/);
    assert.match(tensor!.tooltip, /Donor: rl/);
    assert.ok(tensor!.node.kind === 'tensor');
    assert.equal(path.dirname(tensor!.node.entry.path), path.join(folder, 'rl'));
    // A file that is just being saved is read again.
    await until(() =>
      api.trees.checkpoints.revealHybrid(file, 'IN:RL:RL').then(
        () => true,
        () => false,
      ),
    );
    await until(async () => api.trees.checkpoints.view.selection[0] === (await hybrid('IN:RL:RL')).node);
  });

  it('one that cannot be made says why on its node', async () => {
    const text = document.getText().replace('  "IN', '  broken: { skeleton: in, layers: { "8-13": rl } }\n  "IN');
    await replace(text);
    const broken = await hybrid('broken');
    await until(async () => (await hybrid('broken')).contextValue === 'hybrid broken');
    assert.match((await hybrid('broken')).description, /goes past the last layer: the model has 12/);
    assert.deepEqual(await see(broken.node), []);
    await vscode.commands.executeCommand(commands.removeHybrid, broken.node);
    assert.ok(!document.getText().includes('broken'));
    await document.save();
  });

  it('has its actions above its entry', async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      100,
    );
    const own = lenses.map(({ command }) => command!).filter(({ command }) => command !== commands.runStep);
    assert.deepEqual(
      own.map(({ title, command }) => [title, command]),
      [
        ['$(symbol-color) Open wizard', commands.openMergeWizard],
        ['$(save-as) Write…', commands.writeHybrid],
      ],
    );
    assert.deepEqual(own[0]!.arguments, [{ kind: 'hybrid', file, name: 'IN:RL:RL' }]);
  });

  it('Write Hybrid asks for the folder, adds the step, and writes', async () => {
    const target = (await hybrid('IN:RL:RL')).node as CheckpointsNode & { kind: 'hybrid' };
    const writing = writeHybrid(target, { runs: api.runs, tree: api.trees.checkpoints });
    await accept();
    await writing;
    const step = 'merge: { id: write-in-rl-rl, hybrid: "IN:RL:RL", output: ./IN-RL-RL }';
    assert.ok(document.getText().includes(`steps:\n  - ${step}`), document.getText());
    const output = path.join(folder, 'IN-RL-RL');
    try {
      assert.equal((await api.runs.view(file, 'write-in-rl-rl')).state, 'finished');
      assert.ok(readFileSync(path.join(output, 'config.json')).length > 0);
      await api.trees.checkpoints.refresh();
      assert.ok((await see()).some(({ node }) => node.kind === 'checkpoint' && node.directory === output));
    } finally {
      rmSync(output, { recursive: true, force: true });
    }
  });

  async function replace(text: string): Promise<void> {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
    await document.save();
  }
});

async function until(condition: () => Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it did not come to pass in time');
    await sleep(50);
  }
}
