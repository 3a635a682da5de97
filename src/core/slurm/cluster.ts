import { runTool, type ToolResult } from '../process/runTool';
import { InputError } from '../../shared/errors';
import { parseQueue, parseSubmitted, printable, sacctWords, squeueWords, type Queue } from './queue';

/** What Slurm said, or why nobody knows. */
export type QueueReading = { readonly tasks: Queue } | { readonly problem: string };

/** Slurm, by its commands on the PATH; none is called through a shell. */
export class Cluster {
  /** @param signal ends a command that is under way */
  constructor(private readonly signal?: AbortSignal) {}

  /**
   * Sends a script.
   * @param words options before the script's own
   * @returns the job's id
   * @throws InputError when sbatch refuses it
   */
  async submit(script: string, folder: string, words: readonly string[]): Promise<string> {
    const result = await this.run('sbatch', ['--parsable', ...words, script], folder);
    const id = result.code === 0 ? parseSubmitted(result.stdout) : null;
    if (id !== null) return id;
    throw new InputError(
      `sbatch does not take ${script}: ${complaint(result)}`,
      'Ask for what the cluster has: sinfo.',
    );
  }

  /** How the jobs' tasks stand. A cluster without accounting forgets what ended some minutes ago. */
  async tasks(jobs: readonly string[]): Promise<QueueReading> {
    if (jobs.length === 0) return { tasks: new Map() };
    const list = `--jobs=${jobs.join(',')}`;
    const queued = await this.run('squeue', [...squeueWords, list]).catch((error: Error) => error);
    if (queued instanceof Error) return { problem: queued.message };
    const forgotten = /invalid job id/i.test(queued.stderr);
    if (queued.code !== 0 && !forgotten) return { problem: `squeue: ${complaint(queued)}` };
    const tasks = parseQueue(queued.stdout);
    // Without accounting, or without sacct, there is nothing to add.
    const accounted = await this.run('sacct', [...sacctWords, list]).catch(() => null);
    if (accounted?.code !== 0) return { tasks };
    return { tasks: new Map([...parseQueue(accounted.stdout), ...tasks]) };
  }

  /** @throws InputError when scancel refuses */
  async cancel(jobs: readonly string[]): Promise<void> {
    const result = await this.run('scancel', jobs);
    if (result.code === 0 || /invalid job id/i.test(result.stderr)) return;
    throw new InputError(`scancel: ${complaint(result)}`);
  }

  private run(program: string, words: readonly string[], cwd?: string): Promise<ToolResult> {
    const mend = 'Run this on a machine of the cluster where Slurm’s commands are on the PATH.';
    return runTool(program, words, { cwd, env: environment(), signal: this.signal, mend });
  }
}

/** Of the job that this process may itself be, nothing goes to the jobs it sends; where Slurm's settings lie does. */
function environment(): NodeJS.ProcessEnv {
  const kept = (name: string) => !name.startsWith('SLURM_') || name === 'SLURM_CONF' || name === 'SLURM_CLUSTERS';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => kept(name)));
}

function complaint({ code, stdout, stderr }: ToolResult): string {
  const [first] = [stderr, stdout].map((text) => printable(text)).filter(Boolean);
  return first ?? (code === null ? 'it was killed' : `it ended with exit code ${code}`);
}
