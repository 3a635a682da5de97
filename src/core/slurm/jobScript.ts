/** The two scripts of an array: one runs a shard, the other comes when all have ended and makes one run of them. */
import path from 'node:path';
import { runPathsIn } from '../experiment/runFolder';
import { commentText } from '../train/handoff/shellScript';
import { directives, type ArrayOptions, type Setup } from './arrayOptions';
import { arrayPaths, type ArrayPlace } from './slurmFolder';

/** The command line as the nodes start it, and what comes before. */
export interface Launcher {
  /** A Node 20 or later; where a machine has none there, the one on its PATH. */
  readonly node: string;
  readonly cli: string;
  readonly setup: Setup;
}

/** A word of Bash that is `text`, whatever it holds. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** @param token in the notes that the shards leave, so that they are known from those of an earlier array */
export function shardScript(place: ArrayPlace, options: ArrayOptions, launcher: Launcher, token = byHand): string {
  const { shards, device, cpus, gpus } = options;
  const { folder } = arrayPaths(place);
  const whole = runPathsIn(place.runs, place.step).folder;
  const run = shards === 1 ? shellWord(whole) : `${shellWord(path.join(whole, 'shards'))}/"$shard-of-${shards}"`;
  const words = [
    ...runWords(place, 'run'),
    ...(shards === 1 ? [] : ['--shard', `"$shard/${shards}"`]),
    ...['--device', device, '--threads', '"${SLURM_CPUS_PER_TASK:-1}"', '--json'],
  ];
  const asked = [
    `--job-name=${place.step}`,
    `--array=0-${shards - 1}`,
    '--output=/dev/null',
    '--requeue',
    ...directives(options),
    ...(cpus === null ? [] : [`--cpus-per-task=${cpus}`]),
    ...(gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
  ];
  return `${head(place, `the step "${place.step}" of ${place.file} in ${shards} ${shards === 1 ? 'piece' : 'shards'}`, asked)}
shard="$SLURM_ARRAY_TASK_ID"
job="$SLURM_ARRAY_JOB_ID"
host="$(uname -n)"
slurm=${shellWord(folder)}
run=${run}
mkdir -p "$slurm" || exit 1
exec >> "$slurm/shard-$shard.log" 2>&1
echo "$(date '+%Y-%m-%d %H:%M:%S'): shard $shard of ${shards}, job $job on $host"

# What became of the shard, for whoever asks: Slurm itself forgets.
note() {
  printf '%s %s %s %s %s\\n' "$1" ${token} "$host" "$2" "$(date +%s)" > "$slurm/.shard-$shard.$$" &&
    mv -f "$slurm/.shard-$shard.$$" "$slurm/shard-$shard.state"
}
# A killed shard leaves its lock, and from here nobody can see whether its process lives on another machine. Slurm runs
# a shard once at a time, so the lock of the machine that had it before is free.
if [ -f "$slurm/shard-$shard.state" ] && read -r _ _ before _ < "$slurm/shard-$shard.state"; then
  if grep -qsF "\\"host\\":\\"$before\\"" "$run/lock.json"; then rm -f "$run/lock.json"; fi
fi
note running -
${setupLines(launcher)}${nodeLines(launcher, 'note ended 127; ')}
# A signal from Slurm reaches the command line too; this shell waits for how it ends.
trap : TERM INT
"$node" ${shellWord(launcher.cli)} ${words.join(' ')} > /dev/null
code=$?
note ended "$code"
exit "$code"
`;
}

/** Of a script that the user sends. */
const byHand = '000000000000';

/** The batch script that collects the shards. It computes nothing. */
export function collectScript(place: ArrayPlace, options: ArrayOptions, launcher: Launcher): string {
  const { collectLog, folder } = arrayPaths(place);
  const { setup } = launcher;
  const words = [...runWords(place, 'slurm'), '--collect', ...(setup === '' ? [] : [`--setup=${shellWord(setup)}`])];
  const asked = [`--job-name=${place.step}-collect`, '--output=/dev/null', ...directives(options)];
  return `${head(place, `when the shards of "${place.step}" have ended: sends those again that died, or makes one run of all`, asked)}
mkdir -p ${shellWord(folder)} || exit 1
exec >> ${shellWord(collectLog)} 2>&1
echo "$(date '+%Y-%m-%d %H:%M:%S'): job $SLURM_JOB_ID on $(uname -n)"
${setupLines(launcher)}${nodeLines(launcher, '')}
exec "$node" ${shellWord(launcher.cli)} ${words.join(' ')}
`;
}

function head({ step }: ArrayPlace, title: string, asked: readonly string[]): string {
  return `#!/bin/bash
# Frankenstein Lab, ${commentText(step)}: ${commentText(title)}
${asked.map((line) => `#SBATCH ${line}`).join('\n')}
`;
}

function runWords({ file, step, runs, ownRuns }: ArrayPlace, verb: string): string[] {
  return [verb, shellWord(file), '--step', step, ...(ownRuns ? ['--out', shellWord(runs)] : [])];
}

function setupLines({ setup }: Launcher): string {
  return setup.trim() === '' ? '' : `${setup.trim()}\n`;
}

function nodeLines({ node }: Launcher, before: string): string {
  return `node=${shellWord(node)}
if [ ! -x "$node" ]; then
  node="$(command -v node)" || { echo "there is no Node at "${shellWord(node)}" nor on the PATH of $(uname -n)"; ${before}exit 127; }
fi`;
}
