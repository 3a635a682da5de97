/** The verb `slurm` against stand-ins for Slurm's commands; a real Slurm is in slurmCluster.test.ts. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { command, type Ended } from '../harness/commandLine';
import { quickSwap, sampleLab, writeExperiment } from '../harness/experimentFile';
import { itInFull } from '../harness/full';
import { SlurmStandIn } from '../harness/slurmStandIn';
import { temporaryFolders } from '../harness/temporaryFolders';

const folder = temporaryFolders();
const swap = `swap: { id: vision, ${quickSwap}, functions: [ocr], limit: 5 }`;
const usualPath = process.env.PATH;

/** An experiment beside its own Slurm. */
function lab(step = swap) {
  const place = folder();
  const slurm = new SlurmStandIn(place);
  process.env.PATH = `${slurm.bin}${path.delimiter}${usualPath}`;
  const file = writeExperiment(place, `steps: [${step}]`);
  const run = path.join(place, 'x.runs/vision');
  return { file, slurm, run, state: path.join(run, 'slurm') };
}

interface SentRecord {
  readonly submissions: readonly { readonly job: string; readonly token: string; readonly collector: string }[];
  readonly collected: string | null;
}

const recordOf = (state: string) => JSON.parse(readFileSync(path.join(state, 'array.json'), 'utf8')) as SentRecord;

/** What the job script does last: it writes how the shard ended. */
function note(state: string, shard: number, code: number): void {
  const { token } = recordOf(state).submissions.at(-1)!;
  writeFileSync(path.join(state, `shard-${shard}.state`), `ended ${token} node1 ${code} 1700000000\n`);
  appendFileSync(path.join(state, `shard-${shard}.log`), `frankenstein run: shard ${shard} ends with ${code}\n`);
}

async function ok(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await command(...words);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Plays the node. */
async function runShard(file: string, state: string, shard: number, count: number): Promise<void> {
  await ok('run', file, '--step', 'vision', '--shard', `${shard}/${count}`, '--threads', '1');
  note(state, shard, 0);
}

function refused({ code, stdout, stderr }: Ended, message: RegExp): void {
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr.trimEnd().split('\n').at(-1)!, message);
}

describe('the verb slurm', () => {
  afterEach(() => (process.env.PATH = usualPath));

  it('gives the job script, and touches nothing', async () => {
    const { file, slurm, run } = lab();
    const script = await ok('slurm', file, '--shards', '3', '--partition', 'gpu', '--device', 'cuda');
    for (const line of ['--array=0-2', '--partition=gpu', '--gres=gpu:1'])
      assert.ok(script.includes(`#SBATCH ${line}\n`));
    const { arrays } = JSON.parse(await ok('slurm', file, '--json', '--threads', '2')) as { arrays: object[] };
    assert.deepEqual(
      arrays.map(({ script: text, ...rest }: { script?: string }) => ({
        ...rest,
        cpus: /cpus-per-task=2/.test(text!),
      })),
      [{ step: 'vision', shards: 8, cpus: true }],
    );
    assert.deepEqual(slurm.calls('sbatch'), []);
    assert.ok(!existsSync(run));
  });

  it('a step sent, run and collected has the bytes of a single run', async () => {
    const { file, slurm, run, state } = lab();
    const { arrays } = JSON.parse(await ok('slurm', file, '--shards', '2', '--submit', '--json')) as {
      arrays: { jobs: string[]; script: string }[];
    };
    assert.deepEqual(arrays[0]!.jobs, ['101', '102']);
    assert.deepEqual(slurm.calls('sbatch'), [
      ['--parsable', '--array=0,1', path.join(state, 'shards.sh')],
      ['--parsable', '--dependency=afterany:101', path.join(state, 'collect.sh')],
    ]);
    slurm.answer('squeue', { stdout: '101_0|RUNNING|None\n101_1|PENDING|Resources\n102|PENDING|Dependency\n' });
    const waiting = await ok('slurm', file, '--status');
    assert.match(
      waiting,
      /^vision: 0 of 2 shards finished, 1 running, 1 pending\n {2}0 running .*\n {2}1 pending: Resources /,
    );
    refused(await command('slurm', file, '--submit'), /"vision" is on Slurm already, as job 101, 102\. Wait for it/);

    await runShard(file, state, 0, 2);
    assert.match(await ok('slurm', file, '--step', 'vision', '--collect'), /^vision: 1 shards are not done yet$/m);
    await runShard(file, state, 1, 2);
    assert.match(await ok('slurm', file, '--step', 'vision', '--collect'), /^vision: all shards are finished/m);
    assert.match(await ok('slurm', file, '--status'), /^vision: 2 of 2 shards finished; collected$/m);

    const alone = folder();
    await ok('run', file, '--out', alone, '--threads', '1');
    for (const name of ['rows.jsonl', 'summary.json']) {
      assert.equal(readFileSync(path.join(run, name), 'utf8'), readFileSync(path.join(alone, 'vision', name), 'utf8'));
    }
    const manifest = (place: string) => {
      const content = JSON.parse(readFileSync(path.join(place, 'manifest.json'), 'utf8')) as object;
      return { ...content, started: '' };
    };
    assert.deepEqual(manifest(run), manifest(path.join(alone, 'vision')));
  });

  it('a shard that dies is sent again once; one that dies twice is told, and the others are kept', async () => {
    const { file, slurm, run, state } = lab();
    await ok('slurm', file, '--shards', '2', '--submit');
    slurm.answer('sacct', { code: 1, stderr: 'Slurm accounting storage is disabled\n' });
    slurm.answer('squeue', { code: 1, stderr: 'slurm_load_jobs error: Invalid job id specified\n' });
    await runShard(file, state, 0, 2);
    const kept = readFileSync(path.join(run, 'shards/0-of-2/rows.jsonl'));
    // Shard 1 leaves no note: its machine went away, and without accounting Slurm has forgotten it.
    mkdirSync(path.join(run, 'shards/1-of-2'), { recursive: true });
    const again = await ok('slurm', file, '--step', 'vision', '--collect');
    assert.match(again, /^vision: shards 1 died and were sent again as job 103$/m);
    assert.deepEqual(slurm.calls('sbatch').slice(2), [
      ['--parsable', '--array=1', path.join(state, 'shards.sh')],
      ['--parsable', '--dependency=afterany:103', path.join(state, 'collect.sh')],
    ]);

    note(state, 1, 1);
    const { code, stderr } = await command('slurm', file, '--step', 'vision', '--collect');
    assert.equal(code, 1);
    const log = path.join(state, 'shard-1.log');
    const why = `1 (exit code 1 on node1: frankenstein run: shard 1 ends with 1; ${log})`;
    const all = `1 of 2 shards of "vision" failed: ${why}. What the others have finished is kept`;
    assert.equal(stderr, `frankenstein slurm: ${all}\n`);
    assert.equal(slurm.calls('sbatch').length, 4);
    assert.ok(!existsSync(path.join(run, 'rows.jsonl')));
    assert.deepEqual(readFileSync(path.join(run, 'shards/0-of-2/rows.jsonl')), kept);

    assert.match(
      await ok('slurm', file, '--step', 'vision', '--resubmit'),
      /^vision: shards 1 as job 105, collected by job 106$/m,
    );
    await runShard(file, state, 1, 2);
    await ok('slurm', file, '--step', 'vision', '--collect');
    assert.notEqual(recordOf(state).collected, null);
    assert.match(await ok('slurm', file, '--resubmit'), /^vision: no shard has failed$/m);
  });

  it('wrong input is not tried again', async () => {
    const { file, slurm, state } = lab();
    await ok('slurm', file, '--shards', '2', '--submit');
    for (const shard of [0, 1]) note(state, shard, 2);
    const { code, stderr } = await command('slurm', file, '--step', 'vision', '--collect');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^frankenstein slurm: 2 of 2 shards of "vision" failed: 0 \(exit code 2 on node1: .*, 1 \(exit code 2/,
    );
    assert.equal(slurm.calls('sbatch').length, 2);
  });

  it('a cancelled array is no failure, and can be sent again', async () => {
    const { file, slurm, state } = lab();
    await ok('slurm', file, '--shards', '2', '--submit');
    await ok('slurm', file, '--cancel');
    assert.deepEqual(slurm.calls('scancel'), [['101', '102']]);
    note(state, 0, 130);
    const status = JSON.parse(await ok('slurm', file, '--status', '--json')) as {
      arrays: { jobs: string[]; shards: { phase: string; log: string }[] }[];
    };
    assert.deepEqual(
      status.arrays[0]!.shards.map(({ phase }) => phase),
      ['cancelled', 'cancelled'],
    );
    assert.equal(status.arrays[0]!.shards[1]!.log, path.join(state, 'shard-1.log'));
    assert.match(await ok('slurm', file, '--resubmit'), /^vision: shards 0, 1 as job 103/m);
  });

  it('when Slurm does not answer, nothing is lost and nothing is sent', async () => {
    const { file, slurm, state } = lab();
    await ok('slurm', file, '--shards', '2', '--submit');
    note(state, 0, 0);
    slurm.answer('squeue', {
      code: 1,
      stderr: 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n',
    });
    const text = await ok('slurm', file, '--status');
    assert.match(
      text,
      /^vision: 1 of 2 shards finished, 1 pending\n {2}Slurm does not answer: squeue: .*connect failure\)$/m,
    );
    refused(await command('slurm', file, '--resubmit'), /connect failure\)\. Try again when Slurm answers\.$/);
    assert.equal(slurm.calls('sbatch').length, 2);
  });

  it('says where a call or an input is wrong', async () => {
    const { file, slurm, state } = lab();
    refused(
      await command('slurm', file, '--status', '--step', 'vision'),
      /^frankenstein slurm: "vision" was never sent to Slurm \(/,
    );
    refused(await command('slurm', file, '--shards', '2000'), /shards 2000 is not a whole number from 1 to 1000$/);
    refused(await command('slurm', file, '--time', 'soon'), /time "soon" is not what sbatch takes\. Give minutes/);
    refused(await command('slurm', file, '--submit', '--cancel'), /--submit and --cancel are several wishes/);
    refused(await command('slurm', file, '--step', 'sight'), /has no step "sight"/);
    refused(await command('run', file, '--gather', '2'), /--gather goes with one --step/);
    refused(await command('run', file, '--step', 'vision', '--gather', '2'), /shard 0 of 2 of "vision" is not there/);
    slurm.answer('sbatch', { code: 1, stderr: 'sbatch: error: invalid partition specified: gpu\n' });
    refused(
      await command('slurm', file, '--submit', '--partition', 'gpu'),
      /^frankenstein slurm: sbatch does not take .*shards\.sh: sbatch: error: invalid partition specified: gpu\. Ask for/,
    );
    assert.ok(!existsSync(path.join(state, 'array.json')), 'nothing was sent');
    rmSync(slurm.bin, { recursive: true });
    process.env.PATH = '/nonexistent';
    refused(
      await command('slurm', file, '--submit'),
      /there is no sbatch on the PATH\. Run this on a machine of the cluster/,
    );
  });

  it('a train or a merge step is one piece', async () => {
    const merge = 'merge: { id: vision, hybrid: "IN:RL:RL", output: ./merged }';
    const place = folder();
    const file = writeExperiment(place, 'hybrids: { "IN:RL:RL": [in, rl, rl] }', `steps: [${merge}]`);
    const { arrays } = JSON.parse(await ok('slurm', file, '--json')) as { arrays: { shards: number }[] };
    assert.equal(arrays[0]!.shards, 1);
    const several = /the merge step "vision" cannot be cut into shards\. It writes one folder/;
    refused(await command('slurm', file, '--step', 'vision', '--shards', '2'), several);
    refused(await command('run', file, '--shard', '0/2'), several);
  });
});

describe('shards of every kind of step', () => {
  const lines: Readonly<Record<string, string>> = {
    ablate: `ablate: { id: vision, checkpoint: base, dataset: ${sampleLab}/evaluation/reasoning.jsonl, limit: 6, batch: 2, maxNewTokens: 4 }`,
    attention: `attention: { id: vision, checkpoints: [in, rl], dataset: ${sampleLab}/evaluation/vision_to_reasoning.jsonl, limit: 6, batch: 2, maxNewTokens: 8 }`,
    compare: 'compare: { id: vision, phases: [[base, in], [in, rl]] }',
    evaluate: `evaluate: { id: vision, checkpoints: [base, rl], reasoning: ${sampleLab}/evaluation/reasoning.jsonl, limit: 6, batch: 2, maxNewTokens: 8 }`,
  };
  for (const [kind, line] of Object.entries(lines)) {
    itInFull(`${kind}: gathered, they are a single run`, async () => {
      const file = writeExperiment(folder(), `steps: [${line}]`);
      const [alone, cut] = [folder(), folder()];
      await ok('run', file, '--out', alone, '--threads', '1');
      for (const shard of [0, 1, 2]) await ok('run', file, '--out', cut, '--shard', `${shard}/3`, '--threads', '1');
      await ok('run', file, '--step', 'vision', '--out', cut, '--gather', '3');
      for (const name of ['rows.jsonl', 'summary.json']) {
        const [single, gathered] = [alone, cut].map((runs) => readFileSync(path.join(runs, 'vision', name), 'utf8'));
        assert.equal(gathered, single, name);
        assert.ok(single!.length > 100);
      }
    });
  }
});
