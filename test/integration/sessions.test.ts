import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { EngineClient } from '../../src/host/engineClient';
import { Runs } from '../../src/host/experiments/runs';
import { chooseMemory } from '../../src/host/experiments/chooseMemory';
import { InputError } from '../../src/shared/errors';
import type { MemoryChoice } from '../../src/shared/memoryChoices';
import type { RunParams } from '../../src/shared/protocol/engine';

const noCluster = { view: () => Promise.resolve(null) };
const workspace = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;

describe('the Sessions view', () => {
  let api: ExtensionApi;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
  });

  const roots = () => api.trees.sessions.getChildren();
  const labelOf = (node: typeof roots extends () => (infer N)[] ? N : never) =>
    api.trees.sessions.getTreeItem(node).accessibilityInformation!.label;

  it('shows the graphs that an answer is computed with, and then an idle engine', async () => {
    const seen = new Set<string>();
    const watch = api.engine.onDidChange(() => {
      for (const root of roots()) for (const node of api.trees.sessions.getChildren(root)) seen.add(labelOf(node));
    });
    const checkpoint = { directory: path.join(workspace(), 'base') };
    const compute = { device: 'cpu', threads: 1 } as const;
    const graphs = ['vision tower', 'embedding', 'decoder'];
    const isSeen = (graph: string) => {
      const pattern = new RegExp(`^session ${graph}, cpu, [\\d.]+ [kM]B of weights, (not run yet|\\d+ runs?, )`);
      return [...seen].some((label) => pattern.test(label));
    };
    // One answer may end before anybody hears of its graphs.
    for (let answers = 0; answers < 50 && !graphs.every(isSeen); answers++) {
      await api.engine.call('generate', { ...compute, checkpoint, prompt: 'Count.', images: [], maxNewTokens: 200 });
    }
    watch.dispose();
    assert.deepEqual(
      graphs.filter((graph) => !isSeen(graph)),
      [],
      [...seen].join('\n'),
    );

    await until(() => api.trees.sessions.getChildren(roots()[0]).length === 0);
    const [engine] = roots();
    assert.ok(engine?.kind === 'engine');
    assert.equal(engine.standing.pid, api.engine.pid);
    assert.match(labelOf(engine), /^engine, idle for \d+ s, [\d.]+ MB of memory, process \d+, 0 sessions$/);
    assert.equal(api.trees.sessions.getTreeItem(engine).contextValue, 'engine');
  });

  it('is empty once the engine is stopped, and asking how it stands starts none', async () => {
    await vscode.commands.executeCommand('frankenstein.stopEngine');
    await until(() => roots().length === 0);
    await vscode.commands.executeCommand('frankenstein.refreshSessions');
    assert.deepEqual([api.engine.pid, api.engine.standing], [undefined, null]);
  });

  it('the machine is asked for its devices once', async () => {
    const first = api.devices.all();
    assert.equal(api.devices.all(), first);
    const [cpu, , cuda] = await first;
    assert.ok(cpu!.available && cpu!.memory.free! > 0 && cpu!.memory.free! <= cpu!.memory.total!);
    assert.ok(cuda!.available || cuda!.mend !== null);
    assert.deepEqual(api.devices.known, await first);
    api.devices.forget();
    assert.equal(api.devices.known, null);
    assert.notEqual(api.devices.all(), first);
    await api.devices.all();
  });

  it('an engine in another environment takes the place of an idle one', async () => {
    const log = vscode.window.createOutputChannel('test', { log: true });
    let environment: Record<string, string> = {};
    const root = vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.extensionPath;
    const engine = new EngineClient(root, log, () => environment);
    try {
      await engine.call('standing', null);
      const { pid } = engine;
      await engine.call('standing', null);
      assert.equal(engine.pid, pid);
      environment = { LD_LIBRARY_PATH: '/nowhere' };
      await engine.call('standing', null);
      assert.notEqual(engine.pid, pid);
    } finally {
      engine.dispose();
      log.dispose();
    }
  });
});

describe('a step that does not fit in memory', () => {
  const window = vscode.window as unknown as { showWarningMessage: unknown };
  const { showWarningMessage } = window;
  let scratch: string;
  let file: string;

  before(() => {
    scratch = path.join(workspace(), 'memory-test');
    file = path.join(scratch, 'small.frankenstein.yaml');
    cpSync(path.join(workspace(), 'lab.frankenstein.yaml'), file);
  });
  afterEach(() => (window.showWarningMessage = showWarningMessage));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  /** An engine that refuses the first call with these choices. */
  function engineThatRefuses(choices: readonly MemoryChoice[], calls: RunParams[]): EngineClient {
    const call = (_: string, params: RunParams) => {
      calls.push(params);
      return calls.length === 1 ? Promise.reject(new InputError('too big', 'Mend.', { choices })) : Promise.resolve({});
    };
    return { call } as unknown as EngineClient;
  }

  /** What the user is offered, and the answer. */
  function answer(title: string | undefined): string[] {
    const offered: string[] = [];
    window.showWarningMessage = (_: string, __: object, ...titles: string[]) => {
      offered.push(...titles);
      return Promise.resolve(title);
    };
    return offered;
  }

  it('runs in the way that the user chooses', async () => {
    for (const [choice, title, changed] of [
      [{ kind: 'stream' }, 'Stream Layers from Disk', { asksBeforeStreaming: false }],
      [{ kind: 'cpu' }, 'Run on the CPU', { device: 'cpu' }],
    ] as const) {
      const calls: RunParams[] = [];
      const offered = answer(title);
      const runs = new Runs(engineThatRefuses([choice], calls), noCluster);
      await runs.start(file, 'vision');
      runs.dispose();
      assert.deepEqual(offered, [title]);
      assert.equal(calls[0]!.asksBeforeStreaming, true);
      assert.deepEqual(calls[1], { ...calls[0], ...changed });
    }
  });

  it('with a smaller batch, which then stands in the file', async () => {
    answer('Set "batch" to 4');
    const calls: RunParams[] = [];
    const runs = new Runs(engineThatRefuses([{ kind: 'batch', batch: 4 }], calls), noCluster, chooseMemory);
    await runs.start(file, 'vision');
    runs.dispose();
    assert.equal(calls.length, 2);
    assert.match(readFileSync(file, 'utf8'), /id: vision\n(?: {6}.*\n)* {6}batch: 4\n/);
  });

  it('fails with what is wrong where the user leaves it, or there is no choice', async () => {
    const offered = answer(undefined);
    for (const choices of [[{ kind: 'cpu' } as const], []]) {
      const calls: RunParams[] = [];
      const runs = new Runs(engineThatRefuses(choices, calls), noCluster);
      await assert.rejects(runs.start(file, 'vision'), /too big/);
      runs.dispose();
      assert.equal(calls.length, 1);
    }
    assert.deepEqual(offered, ['Run on the CPU']);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < end, 'it did not come to that within 10 s');
    await sleep(20);
  }
}
