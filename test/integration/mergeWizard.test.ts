import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { parseExperiment } from '../../src/core/experiment/experimentFile';
import type { ExtensionApi } from '../../src/extension';
import { commands, panels } from '../../src/host/ids';
import { layersOf } from '../../src/shared/donorMap';
import { CancelledError, InputError } from '../../src/shared/errors';
import type { MergeHostSurface, MergeState, TransplantColumn, TriedAnswer } from '../../src/shared/protocol/merge';
import { FakePage } from './fakePage';

const workspace = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

const text = `version: 1
checkpoints:
  base: ../base
  in: ../in # the cold start
  rl: ../rl
regions: thirds
hybrids:
  IN:RL:RL: [in, rl, rl]
steps: []
`;

describe('the merge wizard', () => {
  let api: ExtensionApi;
  let folder: string;
  let file: string;
  let files = 0;
  let page: FakePage<MergeState, MergeHostSurface>;
  const document = () => vscode.workspace.openTextDocument(file);
  const column = ({ hybrids }: MergeState, name = 'IN:RL:RL') =>
    hybrids.find((one) => one.name === name) as TransplantColumn;
  const ask = <K extends keyof MergeHostSurface & string>(call: K, params: MergeHostSurface[K]['params']) =>
    page.host.call(call, params);
  const replace = async (old: string, by: string) => {
    const edit = new vscode.WorkspaceEdit();
    const typed = await document();
    const at = typed.positionAt(text.indexOf(old));
    edit.replace(typed.uri, new vscode.Range(at, at.translate(0, old.length)), by);
    await vscode.workspace.applyEdit(edit);
  };

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
  });

  beforeEach(async () => {
    // A document of its own for each test: what one leaves unsaved is nothing to the next.
    folder = path.join(workspace(), `wizard-test-${++files}`);
    mkdirSync(folder);
    file = path.join(folder, 'wizard.frankenstein.yaml');
    writeFileSync(file, text);
    page = new FakePage(panels.merge);
    await api.merges.deserializeWebviewPanel(page.panel, { file });
  });

  afterEach(async () => {
    page.dispose();
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
    api.trees.experiments.refresh();
    await api.trees.checkpoints.refresh();
  });

  it('opens beside the file, once', async () => {
    const window = vscode.window as { createWebviewPanel: unknown };
    const { createWebviewPanel } = window;
    page.dispose();
    const made: FakePage<MergeState, MergeHostSurface>[] = [];
    window.createWebviewPanel = (viewType: string) => (made.push(new FakePage(viewType)), made.at(-1)!.panel);
    try {
      await vscode.window.showTextDocument(await document());
      await vscode.commands.executeCommand(commands.openMergeWizard);
      await vscode.commands.executeCommand(commands.openMergeWizard, { file });
      assert.equal(made.length, 1);
      assert.match(made[0]!.html, /merge\.js/);
    } finally {
      Object.assign(window, { createWebviewPanel });
      for (const one of made) one.dispose();
    }
  });

  it('shows what the file says, and what is wrong with it', async () => {
    const state = await ask('ready', null);
    assert.deepEqual(
      state.donors.map(({ name, role, problem }) => [name, role, problem]),
      [
        ['base', 'base', null],
        ['in', 'in', null],
        ['rl', 'rl', null],
      ],
    );
    assert.equal(state.problem, null);
    assert.equal(column(state).form, 'list');
    assert.equal(column(state).suggestedOutput, './IN-RL-RL');
    assert.ok(column(state).cost!.bytes > 0 && column(state).cost!.diskFree! > 0);
    assert.deepEqual(
      column(state).problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(vscode.Uri.file(file), new vscode.Position(0, 0), 'nonsense: true\n');
    await vscode.workspace.applyEdit(edit);
    const broken = await page.update(({ problem }) => problem !== null);
    assert.match(broken.problem!, /^line 1: .*nonsense/);
    assert.equal(broken.hybrids.length, 1, 'what it said before');
    await assert.rejects(ask('paint', { hybrid: 'IN:RL:RL', donor: 'in', places: layersOf(5, 6) }), InputError);
  });

  it('paints the open document; undo is the editor’s', async () => {
    const state = await ask('paint', { hybrid: 'IN:RL:RL', donor: 'base', places: layersOf(5, 6) });
    assert.equal(column(state).form, 'named');
    assert.equal(column(state).donors!.layers[5]!.mlp, 'base');
    const changed = await document();
    assert.ok(changed.isDirty && changed.getText().includes('# the cold start'));
    await ask('undo', null);
    assert.equal(changed.getText(), text);
    await ask('redo', null);
    assert.notEqual(changed.getText(), text);
    const back = await ask('paint', {
      hybrid: 'IN:RL:RL',
      donor: column(state).donors!.layers[6]!.mlp,
      places: layersOf(5, 6),
    });
    assert.equal(column(back).form, 'list');
  });

  it('makes edits that are asked for together one after another', async () => {
    const layers = [0, 1, 2, 3].map((layer) =>
      ask('paint', { hybrid: 'IN:RL:RL', donor: 'base', places: layersOf(layer, layer + 1) }),
    );
    const last = (await Promise.all(layers)).at(-1)!;
    assert.deepEqual(
      column(last)
        .donors!.layers.slice(0, 4)
        .map(({ norm }) => norm),
      Array(4).fill('base'),
    );
  });

  it('follows what is typed', async () => {
    await ask('ready', null);
    await replace('[in, rl, rl]', '[rl, in, rl]');
    const state = await page.update(({ hybrids }) => (hybrids[0] as TransplantColumn).donors?.skeleton === 'rl');
    assert.equal(column(state).donors!.layers[5]!.norm, 'in');
  });

  it('tries what is painted: the hybrid and its donors, streamed; keeps and restores it', async () => {
    const painted = await ask('paint', { hybrid: 'IN:RL:RL', donor: 'base', places: layersOf(5, 6) });
    const told: (readonly TriedAnswer[])[] = [];
    const request = { hybrid: 'IN:RL:RL', prompt: 'How many?', image: null, maxNewTokens: 6 };
    const state = await page.host.call('try', request, { onProgress: (answers) => told.push(answers) });
    const [tried] = state.tried;
    assert.deepEqual(
      tried!.answers.map(({ checkpoint, failure }) => [checkpoint, failure]),
      [
        ['IN:RL:RL', null],
        ['in', null],
        ['rl', null],
        ['base', null],
      ],
    );
    assert.equal(tried!.hash, column(painted).hash);
    assert.ok(
      told.some((answers) => answers.some(({ tokens, text: said }) => tokens === null && said !== '')),
      'streamed',
    );
    await ask('preset', { hybrid: 'IN:RL:RL', preset: { kind: 'all', donor: 'in' } });
    const restored = await ask('restore', { tried: tried!.id });
    assert.equal(column(restored).hash, tried!.hash);
    assert.deepEqual((await ask('clearTried', null)).tried, []);
  });

  it('ends a trial that is cancelled', async () => {
    const { signal, abort } = (() => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: () => controller.abort() };
    })();
    const request = { hybrid: 'IN:RL:RL', prompt: 'How many?', image: null, maxNewTokens: 500 };
    const running = page.host.call('try', request, { signal, onProgress: abort });
    await assert.rejects(running, CancelledError);
    assert.deepEqual((await ask('ready', null)).tried, []);
  });

  it('writes through a step of the file, and shows the folder in the tree', async () => {
    const state = await ask('write', { hybrid: 'IN:RL:RL', output: './merged' });
    const merged = path.join(folder, 'merged');
    assert.ok(existsSync(path.join(merged, 'config.json')));
    const [writing] = column(state).writings;
    assert.equal(writing!.run.state, 'finished');
    assert.equal(writing!.result!.bytes, column(state).cost!.bytes);
    assert.match((await document()).getText(), /merge: .*write-in-rl-rl/s);
    assert.ok(column(state).cost!.writeSpeed! > 0, 'the next one can be estimated');
    const known = api.trees.checkpoints.known();
    assert.ok((await known).some(({ directory }) => directory === merged));
    const { length } = (await document()).getText();
    for (const output of ['../in', '../in/merged', '../base']) {
      await assert.rejects(ask('write', { hybrid: 'IN:RL:RL', output }), /inside in|is not empty/);
    }
    assert.equal((await document()).getText().length, length, 'no step for what cannot be written');
  });

  it('evaluates beside the donors: a step of the file, whose panel opens and fills', async () => {
    const lacking = await ask('ready', null);
    assert.match(lacking.evaluationProblem!, /no evaluate step/);
    await assert.rejects(ask('evaluate', { hybrid: 'IN:RL:RL' }), InputError);
    const asked = 'checkpoints: [base], vision: ../evaluation/vision.jsonl, limit: 2, maxNewTokens: 8';
    await replace('steps: []', `steps:\n  - evaluate: { id: one, ${asked} }`);
    await page.update(({ evaluationProblem }) => evaluationProblem === null);
    await ask('evaluate', { hybrid: 'IN:RL:RL' });
    const panel = api.abilities.get(file, 'evaluate-in-rl-rl');
    assert.ok(panel, 'its panel is open');
    const { steps } = parseExperiment((await document()).getText()).content!;
    assert.deepEqual(steps[1]!.evaluate!.checkpoints, ['in', 'rl', 'IN:RL:RL']);
    assert.deepEqual([steps[1]!.evaluate!.vision, steps[1]!.evaluate!.limit], ['../evaluation/vision.jsonl', 2]);
    await until(async () => (await panel.state()).run.state === 'finished');
    const scores = (await panel.state()).summary.abilities['vision']!;
    assert.deepEqual(Object.keys(scores), ['in', 'rl', 'IN:RL:RL']);
    await ask('evaluate', { hybrid: 'IN:RL:RL' });
    assert.equal((await document()).getText().match(/evaluate:/g)!.length, 2, 'no second step for the same');
    await until(() => Promise.resolve(api.runs.running().length === 0));
  });

  it('copies recipes', async () => {
    await ask('copy', { hybrid: 'IN:RL:RL', format: 'yaml' });
    assert.equal(await vscode.env.clipboard.readText(), 'hybrids:\n  "IN:RL:RL": [in, rl, rl]\n');
    const traps = await ask('copy', { hybrid: 'IN:RL:RL', format: 'mergekit' });
    assert.match(await vscode.env.clipboard.readText(), /^modules:$/m);
    assert.ok(traps.length > 0);
  });

  it('computes', async () => {
    const models = ['in', 'rl'].map((model) => ({ model, settings: { weight: 0.5 } }));
    const recipe = { method: 'linear', base: null, models, parameters: {}, seed: null };
    const state = await ask('compute', { hybrid: null, recipe });
    const added = state.hybrids.find(({ name }) => name === 'linear')!;
    assert.ok(added.kind === 'arithmetic' && added.hash !== null);
    assert.deepEqual(added.recipe, recipe);
    const request = { hybrid: 'linear', prompt: 'How many?', image: null, maxNewTokens: 4 };
    const { tried } = await ask('try', request);
    assert.deepEqual(
      tried[0]!.answers.map(({ failure }) => failure),
      [null, null, null],
    );
  });
});

async function until(condition: () => Promise<boolean>, milliseconds = 40_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it did not come to pass in time');
    await sleep(50);
  }
}
