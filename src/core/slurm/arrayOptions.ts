/** What the user asks Slurm for. */
import { InputError } from '../../shared/errors';
import type { DeviceChoice } from '../../shared/vocabulary';

/** Null: whatever the cluster gives by itself. */
export interface ArrayOptions {
  readonly shards: number;
  readonly device: DeviceChoice;
  readonly partition: string | null;
  readonly account: string | null;
  /** As sbatch takes it: minutes, `h:mm:ss`, `days-hours`. */
  readonly time: string | null;
  /** Per shard, as sbatch takes it: `16G`. */
  readonly memory: string | null;
  /** Per shard; also the threads it computes with. */
  readonly cpus: number | null;
  /** Per shard. */
  readonly gpus: number;
}

/** Lines of Bash that come first on a node, such as `module load nodejs`. They are asked for anew with every sending,
 * and never read from a run folder, which may be a stranger's. */
export type Setup = string;

/** Slurm's own limit of an array's size is 1001 unless it is set otherwise. */
export const mostShards = 1000;
const mostCpus = 4096;
const mostGpus = 64;
const longestSetup = 4000;

const names = /^[A-Za-z0-9][\w.,-]{0,199}$/;

/** @throws InputError naming the first option that sbatch would not take */
export function checkArrayOptions(options: ArrayOptions): void {
  const { shards, partition, account, time, memory, cpus, gpus } = options;
  whole('shards', shards, 1, mostShards);
  if (partition !== null) matching('partition', partition, names, 'Give the name that sinfo shows.');
  if (account !== null) matching('account', account, names, 'Give the name of an account.');
  if (time !== null) {
    matching('time', time, /^\d{1,7}(-\d{1,2})?(:\d{1,2}){0,2}$/, 'Give minutes, h:mm:ss or days-hours.');
  }
  if (memory !== null) matching('memory', memory, /^\d{1,9}[KMGT]?$/i, 'Give a number and a unit, such as 16G.');
  if (cpus !== null) whole('cpus', cpus, 1, mostCpus);
  whole('gpus', gpus, 0, mostGpus);
}

/** @throws InputError */
export function checkSetup(setup: Setup): void {
  if (setup.length > longestSetup || setup.includes('\0')) {
    throw new InputError(
      `setup is no text of up to ${longestSetup} characters`,
      'Put its lines into a file and source it.',
    );
  }
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError(`${name} ${value} is not a whole number from ${least} to ${most}`);
}

function matching(name: string, value: string, pattern: RegExp, mend: string): void {
  if (!pattern.test(value)) throw new InputError(`${name} ${JSON.stringify(value)} is not what sbatch takes`, mend);
}

/** The options as lines for sbatch, without those of an array. */
export function directives({ partition, account, time, memory }: ArrayOptions): string[] {
  return [
    ...(partition === null ? [] : [`--partition=${partition}`]),
    ...(account === null ? [] : [`--account=${account}`]),
    ...(time === null ? [] : [`--time=${time}`]),
    ...(memory === null ? [] : [`--mem=${memory}`]),
  ];
}
