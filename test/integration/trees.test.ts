import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { CheckpointsNode } from '../../src/host/trees/checkpointNodes';
import { CheckpointRoles } from '../../src/host/trees/checkpointRoles';
import type { ExperimentsNode } from '../../src/host/trees/experimentNodes';
import { writeCheckpoint } from '../harness/writeCheckpoint';

/** A node as a person sees it. */
interface Seen<T> {
  readonly node: T;
  readonly item: vscode.TreeItem;
  readonly label: string;
  readonly description: string;
}

const workspace = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

describe('the trees in the sidebar', () => {
  let api: ExtensionApi;
  /** What these tests write into the workspace. */
  let scratch: string;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    scratch = path.join(workspace(), 'trees-test');
    mkdirSync(scratch);
  });

  after(async () => {
    rmSync(scratch, { recursive: true, force: true });
    api.trees.experiments.refresh();
    await api.trees.checkpoints.refresh();
  });

  describe('Checkpoints', () => {
    const see = (parent?: CheckpointsNode) => seen(api.trees.checkpoints, parent);

    it('lists the chain first, with role, family and size', async () => {
      await api.trees.checkpoints.refresh();
      await until(async () => !(await see()).some(({ description }) => description.includes('reading')));
      const chain = (await see()).slice(0, 3);
      assert.deepEqual(
        chain.map(({ label }) => label),
        ['base', 'in', 'rl'],
      );
      const roles = ['Base', 'IN', 'RL'];
      chain.forEach(({ description, item }, i) => {
        assert.match(description, new RegExp(`^${roles[i]} · qwen2_5_vl · \\d\\.\\d M · \\d\\.\\d MB$`));
        assert.equal(item.contextValue, 'checkpoint');
        const { label } = item.accessibilityInformation!;
        assert.match(label, new RegExp(`role ${roles[i]}, qwen2_5_vl`));
      });
    });

    it('opens down to the tensors', async () => {
      const base = byLabel(await see(), 'base');
      const partsOfBase = await see(base.node);
      assert.deepEqual(
        partsOfBase.map(({ label }) => label),
        ['Vision tower', 'Projector', 'Embeddings', 'Language model', 'Head'],
      );
      assert.equal(byLabel(partsOfBase, 'Head').description, 'tied to the embeddings');
      const regions = await see(byLabel(partsOfBase, 'Language model').node);
      assert.deepEqual(
        regions.map(({ label }) => label),
        ['Early', 'Mid', 'Late', 'norm.weight'],
      );
      const mid = byLabel(regions, 'Mid');
      assert.match(mid.description, /^layers 4 to 7 · [\d.]+ [kM] · [\d.]+ [kM]B$/);
      const layer = byLabel(await see(mid.node), 'Layer 5');
      const attention = byLabel(await see(layer.node), 'Attention');
      const query = byLabel(await see(attention.node), 'q_proj.weight');
      assert.equal(query.description, 'BF16 · 128 × 128 · 32.8 kB');
      assert.equal(query.item.contextValue, 'tensor');
      const { node } = query;
      assert.ok(node.kind === 'tensor');
      assert.match(node.name, /layers\.5\.self_attn\.q_proj\.weight$/);
      assert.equal(node.entry.layer, 5);
      assert.match((query.item.tooltip as vscode.MarkdownString).value, /model\\\.safetensors/, 'escaped for Markdown');

      const way: string[] = [];
      for (let at: CheckpointsNode | undefined = node; at; at = await api.trees.checkpoints.getParent(at)) {
        way.unshift(String((await api.trees.checkpoints.getTreeItem(at)).label));
      }
      assert.deepEqual(way, ['base', 'Language model', 'Mid', 'Layer 5', 'Attention', 'q_proj.weight']);
    });

    it('has ids that are unique and stay the same', async () => {
      const idsOf = async () => {
        const all = await everything(api.trees.checkpoints);
        return all.map(({ item }) => item.id);
      };
      const before = await idsOf();
      assert.ok(before.length > 600, String(before.length));
      assert.equal(new Set(before).size, before.length);
      await api.trees.checkpoints.refresh();
      assert.deepEqual(await idsOf(), before);
    });

    it('shows a tensor that somebody asks for', async () => {
      const directory = path.join(workspace(), 'rl');
      const { view } = api.trees.checkpoints;
      // A file that changes meanwhile has the tree drawn anew, and what was on its way to be revealed is not.
      await until(async () => {
        await api.trees.checkpoints.revealTensor(directory, 'model.layers.11.mlp.up_proj.weight');
        return view.selection.length === 1;
      });
      const [selected] = view.selection;
      assert.ok(selected?.kind === 'tensor');
      assert.equal(selected.entry.canonicalName, 'model.layers.11.mlp.up_proj.weight');
      assert.equal(selected.checkpoint.name, 'rl');
      await assert.rejects(api.trees.checkpoints.revealTensor(directory, 'nothing'), /has no tensor nothing/);
      await assert.rejects(api.trees.checkpoints.revealCheckpoint(scratch), /is not among the checkpoints/);
    });

    it('lists a checkpoint that is broken with its cause, and reads it once it is mended', async () => {
      const directory = path.join(scratch, 'broken');
      writeCheckpoint(directory, { model_type: 'llama' }, ['model.layers.0.mlp.up_proj.weight']);
      const weights = path.join(directory, 'model.safetensors');
      const whole = readFileSync(weights);
      writeFileSync(weights, whole.subarray(0, whole.length - 1));
      await api.trees.checkpoints.refresh();
      const broken = byLabel(await see(), 'broken');
      assert.match(broken.description, /^model\.safetensors: cut off/);
      assert.equal((broken.item.iconPath as vscode.ThemeIcon).id, 'error');
      assert.equal(broken.item.collapsibleState, vscode.TreeItemCollapsibleState.None);
      assert.match(broken.item.accessibilityInformation!.label, /cannot be opened/);
      assert.match(byLabel(await see(), 'base').description, /qwen2_5_vl/);

      writeFileSync(weights, whole);
      await api.trees.checkpoints.refresh();
      assert.equal(byLabel(await see(), 'broken').description, 'llama · 1 · 1 B');
      rmSync(directory, { recursive: true });
      await api.trees.checkpoints.refresh();
      assert.equal(
        (await see()).find(({ label }) => label === 'broken'),
        undefined,
      );
    });

    it('does not take names of files and tensors for Markdown', async () => {
      const directory = path.join(scratch, 'odd');
      writeCheckpoint(directory, { model_type: 'llama' }, ['**bold** [x](command:frankenstein.showLog)']);
      await api.trees.checkpoints.refresh();
      const [other] = await see(byLabel(await see(), 'odd').node);
      const [tensor] = await see(other!.node);
      const { value, isTrusted } = tensor!.item.tooltip as vscode.MarkdownString;
      assert.ok(!isTrusted);
      assert.ok(!value.includes('[x](command:') && !value.includes('**bold**'), value);
      assert.ok(value.includes(String.raw`\*\*bold\*\* \[x\]`), value);
      rmSync(directory, { recursive: true });
    });

    it('opens a large checkpoint in many shards', async () => {
      const directory = path.join(scratch, 'large');
      const names = Array.from({ length: 28 }, (_, l) => `model.layers.${l}`).flatMap((layer) =>
        Array.from({ length: 26 }, (_, i) => `${layer}.mlp.experts.${i}.weight`),
      );
      writeCheckpoint(directory, { model_type: 'llama' }, [...names, 'lm_head.weight'], 48);
      await api.trees.checkpoints.refresh();
      const large = byLabel(await see(), 'large');
      const tensors = (await everything(api.trees.checkpoints, large.node)).filter(
        ({ node }) => node.kind === 'tensor',
      );
      assert.equal(tensors.length, 729);
      rmSync(directory, { recursive: true });
    });

    it("remembers the user's roles", async () => {
      const stored = new Map<string, unknown>();
      const state: vscode.Memento = {
        keys: () => [...stored.keys()],
        get: <T>(key: string, standard?: T) => (stored.get(key) ?? standard) as T,
        update: async (key, value) => void stored.set(key, value),
      };
      const roles = new CheckpointRoles(state);
      let changes = 0;
      roles.onDidChange(() => changes++);
      await roles.set('/a', 'rl');
      await roles.set('/b', null);
      const again = new CheckpointRoles(state);
      assert.deepEqual([again.get('/a'), again.get('/b'), again.get('/c')], ['rl', null, undefined]);
      await roles.set('/a', undefined);
      assert.deepEqual([roles.get('/a'), roles.get('/b'), changes], [undefined, null, 3]);
      roles.dispose();
      again.dispose();
    });
  });

  describe('Experiments', () => {
    const see = (parent?: ExperimentsNode) => seen(api.trees.experiments, parent);

    /** Writes an experiment file and answers its node once the tree has it. */
    async function experiment(name: string, ...lines: readonly string[]): Promise<Seen<ExperimentsNode>> {
      const checkpoints = ['base', 'in', 'rl'].map((checkpoint) => `  ${checkpoint}: ../${checkpoint}`);
      const text = ['version: 1', 'checkpoints:', ...checkpoints, ...lines, ''].join('\n');
      writeFileSync(path.join(scratch, `${name}.frankenstein.yaml`), text);
      let found: Seen<ExperimentsNode> | undefined;
      await until(async () => {
        api.trees.experiments.refresh();
        found = (await see()).find(({ label }) => label === name);
        return found !== undefined;
      });
      return found!;
    }

    async function step(name: string, id: string): Promise<Seen<ExperimentsNode>> {
      return byLabel(await see(byLabel(await see(), name).node), id);
    }

    it('lists the files and their steps', async () => {
      const lab = byLabel(await see(), 'lab');
      assert.equal(lab.description, '');
      assert.equal(lab.item.command!.command, 'vscode.open');
      const steps = await see(lab.node);
      const probes = ['vision', 'vision-in', 'vision-rl', 'reasoning', 'shift', 'abilities', 'updates', 'write'];
      assert.deepEqual(
        steps.map(({ label }) => label),
        [...probes, 'unfrozen', 'frozen-early', 'frozen-mid', 'frozen-late', 'freezing'],
      );
      const { node } = byLabel(steps, 'vision-in');
      assert.ok(node.kind === 'step');
      assert.deepEqual([node.stepKind, node.index, path.basename(node.file)], ['swap', 1, 'lab.frankenstein.yaml']);
      assert.equal(api.trees.experiments.getParent(node), lab.node);
    });

    it('says what a step is and that it was not run', async () => {
      await experiment(
        'kinds',
        'hybrids: { grafted: [in, rl, rl] }',
        'steps:',
        '  - swap: { id: s, checkpoint: rl, pairs: ../pairs }',
        '  - merge: { id: m, hybrid: grafted, output: ./merged }',
        '  - ablate: { id: a, checkpoint: grafted, dataset: ../evaluation/reasoning.jsonl }',
      );
      assert.equal(byLabel(await see(), 'kinds').description, 'trees-test');
      const swap = await step('kinds', 's');
      assert.equal(swap.description, 'swap · not run yet · rl');
      assert.deepEqual(
        [swap.item.contextValue, swap.item.command!.command],
        ['step runnable', 'frankenstein.goToStep'],
      );
      const merge = await step('kinds', 'm');
      assert.equal(merge.description, 'merge · not run yet · grafted');
      assert.equal(merge.item.contextValue, 'step runnable');
      const ablate = await step('kinds', 'a');
      assert.equal(ablate.description, 'ablate · not run yet · grafted');
      assert.equal(ablate.item.contextValue, 'step runnable');
    });

    it('lists a file with an error with its message, beside the others', async () => {
      const broken = await experiment('broken', 'stops: []');
      assert.match(broken.description, /^trees-test · .*stops/);
      assert.equal((broken.item.iconPath as vscode.ThemeIcon).id, 'error');
      assert.deepEqual(await see(broken.node), []);
      assert.equal((await see(byLabel(await see(), 'lab').node)).length, 13);
    });

    it('shows a run live, its end, what was set aside, and one that was interrupted', async function () {
      this.timeout(180_000);
      await vscode.commands.executeCommand('frankenstein.experiments.focus');
      const options = 'checkpoint: in, pairs: ../pairs, functions: [ocr], limit: 12, batch: 14, maxNewTokens: 2';
      await experiment('run', 'steps:', `  - swap: { id: few, ${options} }`);
      const few = await step('run', 'few');
      const { node } = few;
      assert.ok(node.kind === 'step');
      const told: string[] = [];
      const listener = api.trees.experiments.onDidChangeTreeData(async (changed) => {
        if (![changed].flat().some((one) => one?.kind === 'step' && one.step === 'few')) return;
        const { description, contextValue } = await api.trees.experiments.getTreeItem(node);
        told.push(`${String(description)} (${contextValue})`);
      });
      const running = api.runs.start(node.file, 'few');
      assert.match((await step('run', 'few')).item.contextValue!, /^step active/);
      assert.equal(api.trees.experiments.view.badge?.value, 1);
      await running;
      await until(() => told.some((text) => text.includes('finished')));
      assert.ok(
        told.some((text) => text.startsWith('swap · ') && text.includes('(step active')),
        told.join('\n'),
      );
      assert.equal(api.trees.experiments.view.badge, undefined);

      const finished = await step('run', 'few');
      assert.equal(finished.description, 'swap · finished · in');
      assert.equal(finished.item.contextValue, 'step runnable hasRun');
      assert.equal(finished.item.command!.command, 'frankenstein.openResults');
      assert.deepEqual(await see(node), []);

      await api.runs.start(node.file, 'few', true);
      assert.equal((await step('run', 'few')).item.collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
      const [earlier] = await see(node);
      assert.equal(earlier!.label, 'few~1');
      assert.match(earlier!.description, /^finished/);
      assert.equal(earlier!.item.contextValue, 'run hasRun');

      const folder = path.join(scratch, 'run.runs', 'few');
      const manifest = path.join(folder, 'manifest.json');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"state": "finished"', '"state": "running"'));
      const rows = readFileSync(path.join(folder, 'rows.jsonl'), 'utf8').split('\n');
      writeFileSync(path.join(folder, 'rows.jsonl'), rows.slice(0, 20).join('\n') + '\n');
      const interrupted = await step('run', 'few');
      assert.equal(interrupted.description, 'swap · interrupted 2/12 · in');
      assert.equal(interrupted.item.contextValue, 'step runnable hasRun');

      // Nobody told this window: it saw by itself what another process wrote.
      await until(() => told.some((text) => text.includes('interrupted 2/12')));
      listener.dispose();

      cpSync(folder, `${folder}~2`, { recursive: true });
      assert.deepEqual(
        (await see(node)).map(({ label }) => label),
        ['few~1', 'few~2'],
      );
    });
  });
});

async function seen<T>(tree: vscode.TreeDataProvider<T>, parent?: T): Promise<Seen<T>[]> {
  const nodes = (await tree.getChildren(parent)) ?? [];
  return Promise.all(
    nodes.map(async (node) => {
      const item = await tree.getTreeItem(node);
      return { node, item, label: String(item.label), description: String(item.description ?? '') };
    }),
  );
}

async function everything<T>(tree: vscode.TreeDataProvider<T>, parent?: T): Promise<Seen<T>[]> {
  const own = await seen(tree, parent);
  const below = await Promise.all(own.map(({ node }) => everything(tree, node)));
  return [...own, ...below.flat()];
}

function byLabel<T>(all: readonly Seen<T>[], label: string): Seen<T> {
  const found = all.find((candidate) => candidate.label === label);
  assert.ok(found, `no "${label}" among ${all.map((candidate) => candidate.label).join(', ')}`);
  return found;
}

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it did not come to pass in time');
    await sleep(50);
  }
}
