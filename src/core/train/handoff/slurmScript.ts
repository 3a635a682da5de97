import type { TrainOptions } from '../../experiment/schema';
import { commentText } from './shellScript';
import type { TrainingNumbers } from './trainingNumbers';

/** `submit.sbatch`: a node's training by itself, several with Ray (grpo) or torchrun (sft). */
export function slurmScript(title: string, { id, method }: TrainOptions, { gpus }: TrainingNumbers): string {
  return `#!/usr/bin/env bash
# ${commentText(title)}
# Set what your cluster wants here: nodes, GPUs, time; partition and account with sbatch -p … -A …
#SBATCH --job-name=${id}
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=${gpus}
#SBATCH --cpus-per-task=16
#SBATCH --time=24:00:00
#SBATCH --output=%x-%j.log
set -euo pipefail

export NODES="$SLURM_JOB_NUM_NODES"
export GPUS="\${SLURM_GPUS_ON_NODE:-${gpus}}"
# Slurm runs a copy of this script: the folder is where sbatch was called.
HERE="\${HANDOFF:-$SLURM_SUBMIT_DIR}"
# Here belong: module load …, the activation of an environment, export MODEL=…

if [ "$NODES" -eq 1 ]; then
  exec srun bash "$HERE/run.sh"
fi
MASTER_ADDR="$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)"
export MASTER_ADDR
${method === 'sft' ? 'srun bash "$HERE/run.sh"\n' : raySeveralNodes}`;
}

const raySeveralNodes = `export RAY_ADDRESS="$MASTER_ADDR:6379"
export PYTHONPATH="$HERE\${PYTHONPATH:+:$PYTHONPATH}"
srun --nodes=1 --ntasks=1 -w "$MASTER_ADDR" --overlap \\
  env -u RAY_ADDRESS ray start --head --node-ip-address="$MASTER_ADDR" --port=6379 --num-gpus="$GPUS" --block &
sleep 20
srun --nodes="$((NODES - 1))" --ntasks="$((NODES - 1))" --exclude="$MASTER_ADDR" --overlap \\
  env -u RAY_ADDRESS ray start --address="$MASTER_ADDR:6379" --num-gpus="$GPUS" --block &
sleep 20
srun --nodes=1 --ntasks=1 -w "$MASTER_ADDR" --overlap bash "$HERE/run.sh"
`;
