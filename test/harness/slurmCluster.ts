/** A real Slurm of one node on this machine, in a folder of its own: munged, slurmctld, slurmd. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const install = 'apt-get install --no-install-recommends slurmctld slurmd slurm-client munge';

/** How long a daemon may take to answer, in milliseconds. */
const patience = 60_000;

export class SlurmCluster {
  private readonly daemons: ChildProcess[] = [];
  /** By program: what it said. */
  private readonly said = new Map<string, string>();

  private constructor(
    private readonly folder: string,
    private readonly node: string,
  ) {}

  /**
   * Starts the daemons and waits until the node is idle. Slurm's commands find it by the environment variable SLURM_CONF.
   * @param cpus that the node says it has: how many shards run at a time
   * @throws Error that says what to install, or what a daemon said
   */
  static async start(folder: string, cpus: number): Promise<SlurmCluster> {
    const missing = ['munged', 'slurmctld', 'slurmd', 'sbatch'].filter((program) => programAt(program) === null);
    if (missing.length > 0) {
      throw new Error(`this test needs a Slurm; there is no ${missing.join(', ')}. On Debian: ${install}`);
    }
    const node = hostname().split('.')[0]!;
    const cluster = new SlurmCluster(folder, node);
    const [control, daemon] = [await freePort(), await freePort()];
    for (const name of ['state', 'spool']) mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, 'munge.key'), randomBytes(128), { mode: 0o400 });
    writeFileSync(path.join(folder, 'slurm.conf'), configuration(folder, node, cpus, control, daemon));
    process.env.SLURM_CONF = path.join(folder, 'slurm.conf');
    try {
      await cluster.run();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The batch shells of a job's tasks that run now: process id by shard. */
  tasks(): Map<number, number> {
    const { stdout } = spawnSync('pgrep', ['-f', `${path.join(this.folder, 'spool')}/.*/slurm_script`], {
      encoding: 'utf8',
    });
    const found = new Map<number, number>();
    for (const pid of stdout.split('\n').filter(Boolean)) {
      const shard = /(?:^|\0)SLURM_ARRAY_TASK_ID=(\d+)\0/.exec(textOf(`/proc/${pid}/environ`))?.[1];
      if (shard !== undefined) found.set(Number(shard), Number(pid));
    }
    return found;
  }

  /** Ends all jobs and the daemons: jobs outlive a daemon that is ended before them. */
  async stop(): Promise<void> {
    spawnSync('scancel', ['--user', userInfo().username]);
    const left = () => spawnSync('squeue', ['--noheader'], { encoding: 'utf8' }).stdout.trim() !== '';
    for (let tried = 0; tried < 60 && left(); tried++) await sleep(500);
    for (const daemon of this.daemons.reverse()) {
      const ended = new Promise((resolve) => daemon.once('exit', resolve));
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      daemon.kill('SIGTERM');
      const killing = setTimeout(() => daemon.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killing);
    }
    delete process.env.SLURM_CONF;
  }

  private async run(): Promise<void> {
    const { folder, node } = this;
    const inside = (name: string) => path.join(folder, name);
    this.start('munged', [
      ...['--foreground', '--force', `--key-file=${inside('munge.key')}`, `--socket=${inside('munge.socket')}`],
      ...[`--pid-file=${inside('munged.pid')}`, `--seed-file=${inside('munged.seed')}`],
    ]);
    await until(
      () => existsSync(inside('munge.socket')),
      () => this.problemOf('munged'),
    );
    this.start('slurmctld', ['-D', '-i']);
    await until(
      () => answers(['ping'], /UP/),
      () => this.problemOf('slurmctld'),
    );
    this.start('slurmd', ['-D', '-N', node]);
    await until(
      () => answers(['show', 'node', node], /State=IDLE/),
      () => this.problemOf('slurmd'),
    );
  }

  private start(program: string, words: readonly string[]): void {
    const daemon = spawn(programAt(program)!, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    process.once('exit', () => daemon.kill('SIGKILL'));
    for (const stream of [daemon.stdout, daemon.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said.set(program, ((this.said.get(program) ?? '') + text).slice(-2000));
      });
    }
    this.daemons.push(daemon);
  }

  private problemOf(program: string): string {
    return `${program} does not come up: ${this.said.get(program) ?? 'it says nothing'}`;
  }
}

/** Daemons lie where only root's PATH leads. */
function programAt(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? null;
}

function configuration(folder: string, node: string, cpus: number, control: number, daemon: number): string {
  const inside = (name: string) => path.join(folder, name);
  return `ClusterName=test
SlurmctldHost=${node}(127.0.0.1)
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
SlurmctldPort=${control}
SlurmdPort=${daemon}
AuthType=auth/munge
AuthInfo=socket=${inside('munge.socket')}
CredType=cred/munge
StateSaveLocation=${inside('state')}
SlurmdSpoolDir=${inside('spool')}
SlurmctldPidFile=${inside('slurmctld.pid')}
SlurmdPidFile=${inside('slurmd.pid')}
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
MailProg=/bin/true
KillWait=5
NodeName=${node} NodeAddr=127.0.0.1 CPUs=${cpus} State=UNKNOWN
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

function answers(words: readonly string[], pattern: RegExp): boolean {
  return pattern.test(spawnSync('scontrol', words, { encoding: 'utf8' }).stdout);
}

async function until(condition: () => boolean, problem: () => string): Promise<void> {
  const from = performance.now();
  while (!condition()) {
    if (performance.now() - from > patience) throw new Error(problem());
    await sleep(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // ended meanwhile
  }
}
