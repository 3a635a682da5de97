import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { experimentFromText } from '../../src/core/experiment/experiment';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';
import { commands, panels } from '../../src/host/ids';
import { InputError } from '../../src/shared/errors';
import type { TrainingHostSurface, TrainingState } from '../../src/shared/protocol/training';
import { FakePage } from './fakePage';

const text = [
  'version: 1',
  'checkpoints: { base: ./base, in: ./in } # two of the chain',
  'steps:',
  '  - ablate: { id: reasoning, checkpoint: in, dataset: ./evaluation/reasoning.jsonl }',
  '',
].join('\n');

/** What stands in for the user: answers one question after the other, and keeps what was asked. */
class Answers {
  readonly asked: string[] = [];
  private readonly window = vscode.window as unknown as Record<string, unknown>;
  private readonly own = ['createQuickPick', 'createInputBox', 'showQuickPick'].map(
    (name) => [name, this.window[name]] as const,
  );

  /** @param answers labels of items, or texts; null takes what is suggested */
  constructor(private readonly answers: (string | readonly string[] | null)[]) {
    this.window['createQuickPick'] = () => this.input();
    this.window['createInputBox'] = () => this.input();
    this.window['showQuickPick'] = (items: { label: string }[], { placeHolder }: { placeHolder: string }) => {
      this.asked.push(placeHolder);
      const chosen = this.answers.shift() as readonly string[];
      return Promise.resolve(items.filter(({ label }) => chosen.includes(label)));
    };
  }

  restore(): void {
    for (const [name, value] of this.own) this.window[name] = value;
  }

  private input(): object {
    const accepted = new vscode.EventEmitter<void>();
    const none = () => new vscode.Disposable(() => undefined);
    const input = {
      placeholder: '',
      prompt: undefined as string | undefined,
      value: '',
      items: [] as { label: string }[],
      selectedItems: [] as { label: string }[],
      onDidAccept: accepted.event,
      ...{ onDidTriggerButton: none, onDidHide: none, onDidChangeValue: none, dispose: () => undefined },
      show: () => {
        this.asked.push(input.prompt ?? input.placeholder);
        const answer = this.answers.shift();
        if (typeof answer === 'string') input.value = answer;
        input.selectedItems = input.items.filter(({ label }) => label === answer);
        accepted.fire();
      },
    };
    return input;
  }
}

describe('Freeze and Train, and the Training panel', () => {
  let api: ExtensionApi;
  let folder: string;
  let file: string;
  const closing: vscode.Disposable[] = [];

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    file = path.join(folder, 'training-test.frankenstein.yaml');
    writeFileSync(file, text);
    api.experiments.refresh();
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  });
  afterEach(() => closing.splice(0).forEach((disposable) => disposable.dispose()));
  after(async () => {
    api.training.dispose();
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    rmSync(file);
    rmSync(path.join(folderOf(file, 'unfrozen'), '..'), { recursive: true, force: true });
    for (const name of ['in-frozen-late', 'in-unfrozen']) {
      rmSync(path.join(folder, name), { recursive: true, force: true });
    }
    api.experiments.refresh();
  });

  async function connect(overlays: readonly string[] = []) {
    const page = new FakePage<TrainingState, TrainingHostSurface>(panels.training);
    closing.push(page);
    await api.training.deserializeWebviewPanel(page.panel, { file, step: 'frozen-late', ui: { overlays } });
    return page;
  }

  it('asks, writes a step for each arm, runs the first and shows it', async () => {
    const answers = new Answers([
      ...['in', 'sft', ['Late'], './evaluation/reasoning.jsonl', '4', '1e-4', null],
      'Also an arm with nothing frozen',
    ]);
    let added: string[];
    try {
      added = await vscode.commands.executeCommand(commands.freezeAndTrain, { file });
    } finally {
      answers.restore();
    }
    assert.deepEqual(added, ['frozen-late', 'unfrozen']);
    assert.equal(answers.asked.length, 8);
    const written = readFileSync(file, 'utf8');
    assert.ok(written.startsWith(text), written);
    const steps = experimentFromText(file, written).content.steps.flatMap(({ train }) => train ?? []);
    assert.deepEqual(
      steps.map(({ id, from, method, freeze, steps: count, learningRate, seed, output }) => {
        return [id, from, method, freeze, count, learningRate, seed, output];
      }),
      [
        ['frozen-late', 'in', 'sft', ['late'], 4, 1e-4, 1, './in-frozen-late'],
        ['unfrozen', 'in', 'sft', [], 4, 1e-4, 1, './in-unfrozen'],
      ],
    );
    assert.ok(existsSync(path.join(folder, 'in-frozen-late', 'config.json')));
    const panel = api.training.get(file, 'frozen-late')!;
    assert.equal(panel.panel.title, 'frozen-late · in');
    panel.dispose();
  });

  it('shows a finished run with what it froze, and offers the other arm', async () => {
    const page = await connect();
    const { arms, others, experiment } = await page.host.call('ready', null);
    assert.equal(experiment, 'training-test.frankenstein.yaml');
    assert.equal(arms.length, 1);
    const [{ run, facts, points }] = arms;
    assert.deepEqual([run.state, run.done, run.total, facts.method], ['finished', 4, 4, 'sft']);
    assert.deepEqual(
      points.map(({ step }) => step),
      [1, 2, 3, 4],
    );
    assert.ok(points.every(({ loss, gradientNorm }) => loss! > 0 && gradientNorm! > 0));
    const [late] = facts.selectors;
    assert.ok(late!.tensors > 0 && facts.frozen.tensors >= late!.tensors && facts.trained.parameters > 0);
    assert.deepEqual(others, [{ id: 'unfrozen', freeze: [] }]);
    assert.deepEqual(await page.host.call('samples', { run: 'frozen-late', step: 1 }), []);
  });

  it('lays an arm over it, runs that, and tells while it runs', async () => {
    const page = await connect(['unfrozen', 'gone', '../../etc']);
    const { arms } = await page.host.call('ready', null);
    assert.deepEqual(
      arms.map(({ run }) => [run.id, run.state]),
      [
        ['frozen-late', 'finished'],
        ['unfrozen', null],
      ],
    );
    assert.deepEqual([arms[1]!.facts.steps, arms[1]!.facts.from], [4, 'in']);
    await page.host.call('run', { run: 'unfrozen' });
    const state = await page.update((told) => told.arms[1]?.run.state === 'finished');
    assert.equal(state.arms[1]!.points.length, 4);
    assert.equal(state.arms[1]!.facts.trained.tensors > state.arms[0].facts.trained.tensors, true);
    await page.host.call('show', { runs: ['nothing'] });
    await page.update((told) => told.arms.length === 1);
  });

  it('refuses what is no run of the file', async () => {
    const page = await connect();
    await page.host.call('ready', null);
    await assert.rejects(page.host.call('run', { run: 'reasoning' }), /no train step or run "reasoning"/);
    await assert.rejects(page.host.call('samples', { run: '../own', step: 1 }), InputError);
    await assert.rejects(page.host.call('cancel', { run: 'gone' }), /no train step or run "gone"/);
  });
});
