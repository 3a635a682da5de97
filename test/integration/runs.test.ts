import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import { folderOf } from '../../src/host/experiments/runs';

const steps = ['undisturbed', 'cancelled', 'killed', 'busy'];
/** One pair to a batch, so that there is always something between. */
const text = [
  'version: 1',
  'checkpoints: { in: ./in }',
  'steps:',
  ...steps.map((id) => `  - swap: { id: ${id}, checkpoint: in, pairs: ./pairs, limit: 4, batch: 14, maxNewTokens: 8 }`),
].join('\n');

describe('runs in a window', () => {
  let api: ExtensionApi;
  let file: string;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    file = join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'runs-test.frankenstein.yaml');
    await writeFile(file, text);
    await api.runs.start(file, 'undisturbed');
  });

  after(() => rm(file));

  const rows = (step: string) => readFile(join(folderOf(file, step), 'rows.jsonl'), 'utf8');
  const state = async (step: string) => (await api.runs.view(file, step)).state;

  it('a step runs to its end', async () => {
    assert.equal(await state('undisturbed'), 'finished');
    const summary = JSON.parse(await readFile(join(folderOf(file, 'undisturbed'), 'summary.json'), 'utf8')) as {
      device: string;
      functions: Record<string, unknown[]>;
    };
    assert.equal(summary.device, 'cpu');
    assert.equal(summary.functions.ocr!.length, 12);
  });

  it('a cancelled run stops, keeps its rows and is resumed to the same rows', async () => {
    const running = api.runs.start(file, 'cancelled');
    await untilRunning('cancelled', 2);
    api.runs.cancel(file, 'cancelled');
    await assert.rejects(running, { name: 'CancelledError' });
    assert.equal(await state('cancelled'), 'cancelled');
    const kept = await rows('cancelled');
    assert.ok(kept.length > 0 && kept.length < (await rows('undisturbed')).length);
    await api.runs.start(file, 'cancelled');
    assert.equal(await state('cancelled'), 'finished');
    assert.equal(await rows('cancelled'), await rows('undisturbed'));
  });

  it('a killed engine is said, and the run is resumed to the same rows by a new one', async () => {
    const running = api.runs.start(file, 'killed');
    await untilRunning('killed', 2);
    const { pid } = api.engine;
    process.kill(pid!, 'SIGKILL');
    await assert.rejects(running, { name: 'EngineCrashError' });
    const view = await api.runs.view(file, 'killed');
    assert.equal(view.state, 'interrupted');
    assert.match(view.message!, /the engine was ended by SIGKILL/);
    await api.runs.start(file, 'killed');
    assert.notEqual(api.engine.pid, pid);
    assert.equal(await rows('killed'), await rows('undisturbed'));
  });

  it('a step that runs is not started twice, nor deleted', async () => {
    const running = api.runs.start(file, 'busy');
    await assert.rejects(api.runs.start(file, 'busy'), /is running already/);
    await assert.rejects(api.runs.delete(file, 'busy'), /is running/);
    await running;
    await api.runs.delete(file, 'busy');
    assert.equal(await state('busy'), null);
  });

  it('what cannot run says why, and the next run works', async () => {
    await assert.rejects(api.runs.start(file, 'missing'), /has no step "missing"/);
    assert.equal(await state('missing'), 'failed');
    assert.equal(await state('undisturbed'), 'finished');
  });

  it('Open Sample Lab copies a lab that runs, and never over another', async () => {
    const parent = vscode.Uri.file(await mkdtemp(join(tmpdir(), 'frankenstein-labs-')));
    const copies = [];
    for (let i = 0; i < 2; i++) {
      copies.push(await vscode.commands.executeCommand<vscode.Uri>('frankenstein.openSampleLab', parent));
    }
    assert.deepEqual(
      copies.map(({ path }) => path.slice(parent.path.length)),
      ['/sample-lab', '/sample-lab-2'],
    );
    const entry = await api.experiments.get(join(copies[1]!.fsPath, 'lab.frankenstein.yaml'));
    assert.equal(entry.problem, null);
    await vscode.workspace.fs.delete(parent, { recursive: true });
  });

  function untilRunning(step: string, done: number): Promise<void> {
    return new Promise((resolve) => {
      const subscription = api.runs.onDidChange(() => {
        const run = api.runs.running().find((candidate) => candidate.step === step);
        if ((run?.progress?.done ?? 0) < done) return;
        subscription.dispose();
        resolve();
      });
    });
  }
});
