import assert from 'node:assert/strict';
import { collectScript, shardScript, shellWord } from '../../../src/core/slurm/jobScript';
import type { ArrayPlace } from '../../../src/core/slurm/slurmFolder';
import { plainOptions as plain } from '../../harness/slurmStandIn';

const place: ArrayPlace = { file: '/lab/x.frankenstein.yaml', step: 'vision', runs: '/lab/x.runs', ownRuns: false };
const launcher = { node: '/usr/bin/node', cli: '/ext/dist/cli.js', setup: '' };
const asked = (script: string) => script.split('\n').filter((line) => line.startsWith('#SBATCH'));

describe('the job script', () => {
  it('asks for an array, and for what was given', () => {
    assert.deepEqual(asked(shardScript(place, plain, launcher)), [
      '#SBATCH --job-name=vision',
      '#SBATCH --array=0-7',
      '#SBATCH --output=/dev/null',
      '#SBATCH --requeue',
    ]);
    const all = { partition: 'gpu', account: 'lab', time: '2:00:00', memory: '16G', cpus: 4, gpus: 1 };
    assert.deepEqual(asked(shardScript(place, { ...plain, ...all }, launcher)).slice(4), [
      '#SBATCH --partition=gpu',
      '#SBATCH --account=lab',
      '#SBATCH --time=2:00:00',
      '#SBATCH --mem=16G',
      '#SBATCH --cpus-per-task=4',
      '#SBATCH --gres=gpu:1',
    ]);
  });

  it('is this text', () => {
    const script = shardScript(
      place,
      { ...plain, device: 'cuda' },
      { ...launcher, setup: 'module load nodejs\n' },
      'abcdef012345',
    );
    assert.equal(
      script,
      `#!/bin/bash
# Frankenstein Lab, vision: the step "vision" of /lab/x.frankenstein.yaml in 8 shards
#SBATCH --job-name=vision
#SBATCH --array=0-7
#SBATCH --output=/dev/null
#SBATCH --requeue

shard="$SLURM_ARRAY_TASK_ID"
job="$SLURM_ARRAY_JOB_ID"
host="$(uname -n)"
slurm=/lab/x.runs/vision/slurm
run=/lab/x.runs/vision/shards/"$shard-of-8"
mkdir -p "$slurm" || exit 1
exec >> "$slurm/shard-$shard.log" 2>&1
echo "$(date '+%Y-%m-%d %H:%M:%S'): shard $shard of 8, job $job on $host"

# What became of the shard, for whoever asks: Slurm itself forgets.
note() {
  printf '%s %s %s %s %s\\n' "$1" abcdef012345 "$host" "$2" "$(date +%s)" > "$slurm/.shard-$shard.$$" &&
    mv -f "$slurm/.shard-$shard.$$" "$slurm/shard-$shard.state"
}
# A killed shard leaves its lock, and from here nobody can see whether its process lives on another machine. Slurm runs
# a shard once at a time, so the lock of the machine that had it before is free.
if [ -f "$slurm/shard-$shard.state" ] && read -r _ _ before _ < "$slurm/shard-$shard.state"; then
  if grep -qsF "\\"host\\":\\"$before\\"" "$run/lock.json"; then rm -f "$run/lock.json"; fi
fi
note running -
module load nodejs
node=/usr/bin/node
if [ ! -x "$node" ]; then
  node="$(command -v node)" || { echo "there is no Node at "/usr/bin/node" nor on the PATH of $(uname -n)"; note ended 127; exit 127; }
fi
# A signal from Slurm reaches the command line too; this shell waits for how it ends.
trap : TERM INT
"$node" /ext/dist/cli.js run /lab/x.frankenstein.yaml --step vision --shard "$shard/8" --device cuda --threads "\${SLURM_CPUS_PER_TASK:-1}" --json > /dev/null
code=$?
note ended "$code"
exit "$code"
`,
    );
  });

  it('one piece is no shard: it runs into the run folder itself', () => {
    const script = shardScript(place, { ...plain, shards: 1 }, launcher);
    assert.ok(asked(script).includes('#SBATCH --array=0-0'));
    assert.match(script, /^run=\/lab\/x\.runs\/vision$/m);
    assert.ok(!script.includes('--shard'));
  });

  it('names a folder of runs that the user named, in both scripts', () => {
    const own = { ...place, runs: '/scratch/my runs', ownRuns: true };
    for (const script of [shardScript(own, plain, launcher), collectScript(own, plain, launcher)]) {
      assert.ok(script.includes(" --step vision --out '/scratch/my runs'"), script);
    }
  });

  it('quotes whatever a path holds, and no path ends a comment', () => {
    const odd = `/a b/it's $(touch x) "q" \`y\`\n#SBATCH --exclusive/x.frankenstein.yaml`;
    const script = shardScript({ ...place, file: odd }, plain, launcher);
    assert.ok(
      script.includes(`run '/a b/it'\\''s $(touch x) "q" \`y\`\n#SBATCH --exclusive/x.frankenstein.yaml' --step`),
    );
    const head = script.slice(0, script.indexOf('\nshard='));
    assert.ok(!/^#SBATCH --exclusive/m.test(head), 'sbatch reads options up to the first command');
    assert.equal(shellWord("it's"), `'it'\\''s'`);
    assert.equal(shellWord('a/b-c_d.e:1'), 'a/b-c_d.e:1');
    assert.equal(shellWord(''), "''");
  });

  it('the collecting job asks for no GPU and no array', () => {
    const script = collectScript(place, { ...plain, partition: 'gpu', gpus: 2, cpus: 8 }, launcher);
    assert.deepEqual(asked(script), [
      '#SBATCH --job-name=vision-collect',
      '#SBATCH --output=/dev/null',
      '#SBATCH --partition=gpu',
    ]);
    assert.match(
      script,
      /exec "\$node" \/ext\/dist\/cli\.js slurm \/lab\/x\.frankenstein\.yaml --step vision --collect\n$/,
    );
    const more = collectScript(place, plain, { ...launcher, setup: "module load 'a'\nx" });
    assert.ok(more.endsWith(" --collect --setup='module load '\\''a'\\''\nx'\n"), 'for those that it sends again');
    assert.match(more, /^module load 'a'\nx$/m);
  });
});
