import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension';
import type { Sent } from '../../src/core/slurm/sendArray';
import type { ExperimentsNode } from '../../src/host/trees/experimentNodes';
import { SlurmStandIn } from '../harness/slurmStandIn';

/** A node as a person sees it. */
interface Seen {
  readonly node: ExperimentsNode;
  readonly item: vscode.TreeItem;
  readonly text: string;
}

const answers = { partition: 'gpu', time: null, memory: '16G', cpus: 2, gpus: 0 };

describe('Run on Slurm', () => {
  let api: ExtensionApi;
  let scratch: string;
  let file: string;
  let slurm: SlurmStandIn;
  let state: string;
  const usualPath = process.env.PATH;

  before(async () => {
    api = (await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate()) as ExtensionApi;
    scratch = path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'slurm-test');
    mkdirSync(scratch);
    file = path.join(scratch, 'cluster.frankenstein.yaml');
    const swap = '{ id: vision, checkpoint: in, pairs: ../pairs, functions: [ocr], limit: 4, batch: 14 }';
    writeFileSync(file, `version: 1\ncheckpoints: { in: ../in }\nsteps: [swap: ${swap}]\n`);
    state = path.join(scratch, 'cluster.runs/vision/slurm');
    slurm = new SlurmStandIn(scratch);
    process.env.PATH = `${slurm.bin}${path.delimiter}${usualPath}`;
    api.trees.experiments.refresh();
  });

  after(() => {
    process.env.PATH = usualPath;
    rmSync(scratch, { recursive: true, force: true });
    api.trees.experiments.refresh();
  });

  const send = (more: object = {}) =>
    vscode.commands.executeCommand<Sent | undefined>('frankenstein.runOnSlurm', {
      kind: 'step',
      file,
      step: 'vision',
      ...answers,
      ...more,
    });

  async function see(parent?: ExperimentsNode): Promise<Seen[]> {
    const nodes = await api.trees.experiments.getChildren(parent);
    return Promise.all(
      nodes.map(async (node) => {
        const item = await api.trees.experiments.getTreeItem(node);
        return { node, item, text: `${String(item.label)}: ${String(item.description)}` };
      }),
    );
  }

  /** The step, its array and its shards. */
  async function shown(): Promise<{ step: Seen; array?: Seen; shards: Seen[] }> {
    const experiment = (await see()).find(({ item }) => item.label === 'cluster');
    const [found] = await see(experiment!.node);
    const array = (await see(found!.node)).find(({ node }) => node.kind === 'array');
    return array ? { step: found!, array, shards: await see(array.node) } : { step: found!, shards: [] };
  }

  it('shows the script before it is sent, and sends nothing without consent', async () => {
    await until(async () => (await see()).some(({ item }) => item.label === 'cluster'));
    void send({ shards: 3 });
    await until(() => vscode.window.activeTextEditor?.document.uri.scheme === 'frankenstein-slurm');
    const text = vscode.window.activeTextEditor!.document.getText();
    for (const line of ['--array=0-2', '--partition=gpu', '--mem=16G', '--cpus-per-task=2']) {
      assert.ok(text.includes(`#SBATCH ${line}\n`), text);
    }
    await vscode.commands.executeCommand('notifications.clearAll');
    await sleep(300);
    assert.deepEqual(slurm.calls('sbatch'), []);
    assert.ok(!existsSync(state));
  });

  it('sends an array, and the tree shows its shards, progress and logs', async () => {
    const sent = await send({ shards: 3, agreed: true });
    assert.deepEqual(sent, { array: '101', collector: '102', shards: [0, 1, 2] });
    slurm.answer('squeue', {
      stdout: '101_0|RUNNING|None\n101_1|RUNNING|None\n101_2|PENDING|Resources\n102|PENDING|Dependency\n',
    });
    note(0, 'running', '-');
    shardRun(0, 2);
    await until(async () => (await shown()).shards[2]?.text === 'Shard 2: pending: Resources');
    const { step: own, array, shards } = await shown();
    assert.equal(own.text, 'vision: swap · on Slurm: 0 of 3 shards finished, 2 running, 1 pending, 1 pairs done · in');
    assert.equal(array!.text, 'Slurm job 101: 0 of 3 shards finished, 2 running, 1 pending, 1 pairs done');
    assert.equal(array!.item.contextValue, 'array live');
    assert.deepEqual(
      shards.map(({ text }) => text),
      ['Shard 0: running on node1, 1/2 pairs', 'Shard 1: running', 'Shard 2: pending: Resources'],
    );
    writeFileSync(path.join(state, 'shard-0.log'), 'the log of shard 0\n');
    await vscode.commands.executeCommand('frankenstein.openShardLog', shards[0]!.node);
    assert.equal(vscode.window.activeTextEditor!.document.getText(), 'the log of shard 0\n');
  });

  it('while it is there the step is neither run here nor deleted', async () => {
    await assert.rejects(api.runs.start(file, 'vision'), /"vision" is on Slurm/);
    await assert.rejects(api.runs.delete(file, 'vision'), /"vision" is on Slurm/);
    assert.ok(existsSync(path.join(state, 'array.json')));
  });

  it('a shard that failed is shown with its reason, and sent again', async () => {
    slurm.answer('squeue', { code: 1, stderr: 'slurm_load_jobs error: Invalid job id specified\n' });
    for (const shard of [0, 1]) note(shard, 'ended', '0');
    note(2, 'ended', '1');
    await until(async () => (await shown()).array?.item.contextValue === 'array failed');
    const { array, shards } = await shown();
    assert.equal(shards[2]!.text, 'Shard 2: failed on node1: exit code 1');
    assert.match((array!.item.tooltip as vscode.MarkdownString).value, /1 of 3 shards of "?.*failed/);
    const sent = await vscode.commands.executeCommand<Sent>('frankenstein.resubmitShards', array!.node);
    assert.deepEqual(sent, { array: '103', collector: '104', shards: [2] });
    assert.deepEqual(slurm.calls('sbatch').at(-2)!.slice(0, 2), ['--parsable', '--array=2']);
  });

  it('cancels all jobs', async () => {
    slurm.answer('squeue', { stdout: '103_2|PENDING|Priority\n' });
    await until(async () => (await shown()).array?.item.contextValue === 'array live');
    await vscode.commands.executeCommand('frankenstein.cancelSlurm', (await shown()).array!.node);
    assert.deepEqual(slurm.calls('scancel'), [['101', '102', '103', '104']]);
    slurm.answer('squeue', { stdout: '103_2|CANCELLED|None\n' });
    await until(async () => (await shown()).shards[2]?.text === 'Shard 2: cancelled, sent 2 times');
  });

  it('a new array takes the place of one that has ended, and is asked for as the last one was', async () => {
    slurm.answer('squeue', {});
    const sending = vscode.commands.executeCommand<Sent>('frankenstein.runOnSlurm', {
      ...{ kind: 'step', file, step: 'vision', agreed: true },
      ...{ shards: 2, cpus: 3 },
    });
    // Partition, time, memory and GPUs: each question proposes the last answer.
    let sent: Sent | undefined;
    void sending.then((done) => (sent = done));
    await until(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return sent !== undefined;
    });
    assert.deepEqual(sent!.shards, [0, 1]);
    const script = readFileSync(path.join(state, 'shards.sh'), 'utf8');
    for (const line of ['--array=0-1', '--partition=gpu', '--mem=16G', '--cpus-per-task=3']) {
      assert.ok(script.includes(`#SBATCH ${line}\n`), script);
    }
    assert.doesNotMatch(script, /--time|--gpus|--gres/);
  });

  function note(shard: number, word: string, code: string): void {
    const record = JSON.parse(readFileSync(path.join(state, 'array.json'), 'utf8')) as {
      submissions: { token: string }[];
    };
    const { token } = record.submissions.at(-1)!;
    writeFileSync(path.join(state, `shard-${shard}.state`), `${word} ${token} node1 ${code} 1700000000\n`);
  }

  /** A shard's run folder with one of its pairs answered. */
  function shardRun(shard: number, units: number): void {
    const folder = path.join(scratch, `cluster.runs/vision/shards/${shard}-of-3`);
    mkdirSync(folder, { recursive: true });
    const facts = {
      checkpoint: 'in',
      mode: 'suffix',
      window: 3,
      layers: [0],
      functions: { ocr: { pairs: ['a', 'b', 'c'], tokens: [] } },
    };
    const manifest = {
      version: 1,
      step: 'vision',
      kind: 'swap',
      facts,
      shard: { index: shard, count: 3, units },
      state: 'running',
    };
    writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
    const row = { function: 'ocr', id: 'a', text: '', changed: false, adopted: false };
    const rows = [null, 'source', 0].map((layer) => JSON.stringify({ key: `ocr/a/${layer}`, layer, ...row }));
    writeFileSync(path.join(folder, 'rows.jsonl'), rows.join('\n') + '\n');
  }
});

async function until(condition: () => boolean | Promise<boolean>, milliseconds = 40_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it did not come to pass in time');
    await sleep(200);
  }
}
