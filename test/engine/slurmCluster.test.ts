/** Arrays on a real Slurm that these tests start: one node, no accounting, a folder whose name needs quoting. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../harness/commandLine';
import { quickSwap, writeExperiment } from '../harness/experimentFile';
import { full, itInFull } from '../harness/full';
import { SlurmCluster } from '../harness/slurmCluster';
import { temporaryFolders } from '../harness/temporaryFolders';

interface Shard {
  readonly shard: number;
  readonly phase: string;
  readonly attempts: number;
  readonly reason: string | null;
}
interface Status {
  readonly jobs: readonly string[];
  readonly collected: string | null;
  readonly shards: readonly Shard[];
}

describe('a real Slurm', function () {
  this.timeout(600_000);
  let cluster: SlurmCluster | undefined;
  after(() => cluster?.stop()); // before its folder is removed
  const folder = temporaryFolders();

  before(async () => {
    if (full) cluster = await SlurmCluster.start(folder(), 4);
  });

  function lab(limit: number): { file: string; run: string } {
    const place = path.join(folder(), `it's a "lab" $HOME %a`);
    mkdirSync(place);
    const file = writeExperiment(place, `steps: [swap: { id: vision, ${quickSwap}, limit: ${limit} }]`);
    return { file, run: path.join(place, 'x.runs/vision') };
  }

  async function ok(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await command(...words);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function status(file: string): Promise<Status> {
    const { arrays } = JSON.parse(await ok('slurm', file, '--status', '--json')) as { arrays: [Status] };
    return arrays[0];
  }

  async function until(file: string, condition: (status: Status) => boolean): Promise<Status> {
    for (let tried = 0; tried < 300; tried++) {
      const now = await status(file);
      if (condition(now)) return now;
      await sleep(1000);
    }
    throw new Error(`still ${JSON.stringify(await status(file))}`);
  }

  function assertSameRun(run: string, alone: string): void {
    for (const name of ['rows.jsonl', 'summary.json']) {
      assert.equal(readFileSync(path.join(run, name), 'utf8'), readFileSync(path.join(alone, name), 'utf8'), name);
    }
  }

  async function runAlone(file: string): Promise<{ place: string; seconds: number }> {
    const place = folder();
    const from = performance.now();
    await ok('run', file, '--out', place, '--threads', '1');
    return { place: path.join(place, 'vision'), seconds: (performance.now() - from) / 1000 };
  }

  itInFull('8 shards are merged to the bytes of a single run', async () => {
    const { file, run } = lab(20);
    await ok('slurm', file, '--shards', '8', '--cpus', '1', '--submit');
    const { shards, jobs } = await until(file, ({ collected }) => collected !== null);
    assert.deepEqual(new Set(shards.map(({ phase, attempts }) => `${phase} ${attempts}`)), new Set(['finished 1']));
    assert.equal(jobs.length, 2);
    const { place, seconds } = await runAlone(file);
    assertSameRun(run, place);
    assert.deepEqual(readdirSync(run).sort(), [
      ...['log.txt', 'manifest.json', 'rows.jsonl', 'shards', 'slurm', 'summary.json'],
    ]);
    // A shard with nothing to do is what every shard costs beside its work.
    const from = performance.now();
    await ok('run', file, '--out', folder(), '--shard', '0/1000', '--threads', '1');
    const overhead = (performance.now() - from) / 1000;
    console.log(`      ${overhead.toFixed(2)} s of overhead per shard; the whole run takes ${seconds.toFixed(1)} s`);
  });

  itInFull('a shard that is killed twice is sent again once, then told; sent again by hand, all is whole', async () => {
    const { file, run } = lab(80);
    await ok('slurm', file, '--shards', '2', '--cpus', '1', '--submit');
    const kill = async (job: number) => {
      const rows = path.join(run, 'shards/1-of-2/rows.jsonl');
      const before = existsSync(rows) ? readFileSync(rows, 'utf8').length : 0;
      // Once it computes: then it leaves a lock behind, and rows that the next attempt goes on from.
      await until(file, ({ jobs }) => jobs.length === 2 * job && textOf(rows).length > before);
      const shell = cluster!.tasks().get(1)!;
      process.kill(-shell, 'SIGKILL');
    };
    await kill(1);
    const again = await until(file, ({ shards }) => shards[1]!.attempts === 2);
    assert.ok(again.jobs.length >= 3);
    await kill(2);
    const collectLog = path.join(run, 'slurm/collect.log');
    await until(file, () => /shards of "vision" failed/.test(textOf(collectLog)));
    const dead = await status(file);
    assert.equal(dead.shards[1]!.phase, 'failed');
    assert.equal(dead.collected, null);
    assert.ok(textOf(collectLog).includes(path.join(run, 'slurm/shard-1.log')), textOf(collectLog));
    const kept = textOf(path.join(run, 'shards/1-of-2/rows.jsonl'));
    assert.ok(kept.length > 0);

    await ok('slurm', file, '--resubmit');
    await until(file, ({ collected }) => collected !== null);
    assert.ok(textOf(path.join(run, 'rows.jsonl')).includes(kept.slice(0, kept.lastIndexOf('\n') + 1)));
    assertSameRun(run, (await runAlone(file)).place);
  });

  itInFull('a cancelled array stops at once, keeps its rows, and is sent again', async () => {
    const { file, run } = lab(80);
    await ok('slurm', file, '--shards', '2', '--cpus', '1', '--submit');
    const rows = path.join(run, 'shards/0-of-2/rows.jsonl');
    await until(file, () => textOf(rows).length > 0);
    await ok('slurm', file, '--cancel');
    const { shards } = await until(file, (now) => now.shards.every(({ phase }) => phase !== 'running'));
    assert.deepEqual(
      shards.map(({ phase }) => phase),
      ['cancelled', 'cancelled'],
    );
    const kept = textOf(rows);
    await ok('slurm', file, '--resubmit');
    await until(file, ({ collected }) => collected !== null);
    assert.ok(textOf(rows).startsWith(kept));
    assertSameRun(run, (await runAlone(file)).place);
  });

  itInFull('a shard that runs out of its time is told so', async () => {
    const { file } = lab(2);
    // A minute is the least that Slurm takes; the setup takes longer than that.
    await ok('slurm', file, '--shards', '2', '--cpus', '1', '--time', '1', '--setup', 'sleep 300', '--submit');
    const { shards } = await until(file, (now) => now.shards.some(({ phase }) => phase === 'failed'));
    assert.match(shards.find(({ phase }) => phase === 'failed')!.reason!, /TIMEOUT/);
    await ok('slurm', file, '--cancel');
  });

  itInFull('what Slurm refuses is said', async () => {
    const { file } = lab(2);
    const { code, stderr } = await command('slurm', file, '--partition', 'none', '--submit');
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^frankenstein slurm: sbatch does not take .*invalid partition.*\. Ask for what the cluster has: sinfo\.$/im,
    );
  });
});

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
