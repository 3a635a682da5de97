/**
 * Launch scripts for verl with its FSDP engine (github.com/volcengine/verl). Keys and their meaning were held against
 * verl 0.7.0 (f9c855f) and 0.8.0.dev (b178a3c): `verl/trainer/config/ppo_trainer.yaml`, `sft_trainer_engine.yaml` and what
 * they include, `verl/workers/config/`, `verl/utils/config.py`.
 */
import type { TrainOptions } from '../../experiment/schema';
import { scriptHead, settings, settingsArray, type ScriptVariable, type SettingGroup } from './shellScript';
import { decimal, noGradientLimit, type TrainingNumbers } from './trainingNumbers';

const output: ScriptVariable = { name: 'OUTPUT', value: '$HERE/output', comment: 'Where checkpoints go.' };
const nodes: ScriptVariable = { name: 'NODES', value: '1', comment: 'Nodes.' };
const offload: ScriptVariable = {
  name: 'OFFLOAD',
  value: 'False',
  comment: 'True keeps weights and optimiser in CPU memory between uses: slower, for small GPUs.',
};
const logger: ScriptVariable = {
  name: 'LOGGER',
  value: '[console]',
  comment: 'Where metrics go, such as [console,wandb] or [console,tensorboard].',
};

function gpus(count: number, shared: string): ScriptVariable {
  return { name: 'GPUS', value: String(count), comment: `GPUs per node. All GPUs together must divide ${shared}.` };
}

function divides(count: number): string {
  return `if (( ${count} % (NODES * GPUS) != 0 )); then
  echo "NODES * GPUS is $((NODES * GPUS)), which does not divide the ${count} sequences of an update" >&2
  exit 2
fi
`;
}

/** `run.sh` of a `grpo` step. */
export function verlGrpoScript(title: string, step: TrainOptions, numbers: TrainingNumbers): string {
  const variables = [
    output,
    nodes,
    gpus(numbers.gpus, `the ${step.batch} × ${step.groupSize} = ${numbers.sequences} answers of an update`),
    { name: 'TENSOR_PARALLEL', value: '1', comment: 'GPUs per copy of the model in vLLM; 1 is right up to 7B.' },
    { name: 'GPU_MEMORY', value: '0.5', comment: 'Share of GPU memory for vLLM; the rest is for training.' },
    {
      name: 'MAX_PROMPT_LENGTH',
      value: '4096',
      comment: 'Tokens of a prompt, image included; longer ones are left out.',
    },
    offload,
    logger,
  ];
  return `${scriptHead(title, variables, divides(numbers.sequences))}
${settingsArray(grpoSettings(step, numbers))}

exec python3 -m verl.trainer.main_ppo "\${settings[@]}" "$@"
`;
}

function grpoSettings(step: TrainOptions, numbers: TrainingNumbers): SettingGroup[] {
  const actor = 'actor_rollout_ref.actor';
  const rollout = 'actor_rollout_ref.rollout';
  const usesKl = step.kl > 0;
  const { comment: lossComment, aggregation, mode, byDeviation, scale } = verlLoss(step);
  const limit = step.maxGradientNorm === undefined ? noGradientLimit : step.maxGradientNorm * scale;
  return [
    {
      comment: 'From the step.',
      settings: settings({
        'trainer.total_training_steps': step.steps,
        'data.seed': step.seed,
        [`${actor}.fsdp_config.seed`]: step.seed,
        [`${actor}.data_loader_seed`]: step.seed,
        [`${actor}.optim.lr`]: decimal(step.learningRate),
        [`${actor}.optim.lr_scheduler_type`]: 'constant',
        [`${actor}.optim.lr_warmup_steps`]: step.warmup,
        [`${actor}.optim.lr_warmup_steps_ratio`]: '0.0',
        [`${actor}.optim.weight_decay`]: decimal(step.weightDecay),
        [`${actor}.optim.betas`]: '[0.9,0.999]',
        [`${rollout}.n`]: step.groupSize,
        [`${rollout}.temperature`]: decimal(step.temperature),
        'data.max_response_length': step.maxNewTokens,
        [`${actor}.clip_ratio`]: decimal(step.clip),
        [`${actor}.clip_ratio_low`]: decimal(step.clip),
        [`${actor}.clip_ratio_high`]: decimal(step.clip),
        'trainer.save_freq': step.saveEvery,
      }),
    },
    {
      comment: step.maxGradientNorm === undefined ? 'The step sets no limit to gradients.' : 'Limit to gradients.',
      settings: settings({
        [`${actor}.grad_clip`]: decimal(limit),
        [`${actor}.optim.clip_grad`]: decimal(limit),
      }),
    },
    {
      comment: 'Whole batches per update: verl refuses a train_batch_size below ppo_mini_batch_size.',
      settings: settings({
        'data.train_batch_size': step.batch,
        [`${actor}.ppo_mini_batch_size`]: step.batch,
        [`${actor}.ppo_epochs`]: step.ppoEpochs ?? 1,
        [`${actor}.ppo_micro_batch_size_per_gpu`]: 1,
        [`${rollout}.log_prob_micro_batch_size_per_gpu`]: 1,
        'actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu': 1,
        'trainer.total_epochs': numbers.epochs,
      }),
    },
    {
      comment: lossComment,
      settings: settings({
        'algorithm.adv_estimator': 'grpo',
        'algorithm.norm_adv_by_std_in_grpo': byDeviation ? 'True' : 'False',
        'algorithm.use_kl_in_reward': 'False',
        [`${actor}.policy_loss.loss_mode`]: mode,
        [`${actor}.loss_agg_mode`]: aggregation,
        [`${actor}.entropy_coeff`]: 0,
        [`${actor}.use_kl_loss`]: usesKl ? 'True' : 'False',
        [`${actor}.kl_loss_coef`]: decimal(step.kl),
        [`${actor}.kl_loss_type`]: 'low_var_kl',
      }),
    },
    {
      comment: 'Freezing: freeze_verl installs freeze_hook in every worker; FSDP must keep single parameters.',
      settings: settings({
        'actor_rollout_ref.model.external_lib': 'freeze_verl',
        [`${actor}.strategy`]: 'fsdp',
        [`${actor}.fsdp_config.use_orig_params`]: 'True',
        [`${actor}.fsdp_config.model_dtype`]: 'fp32',
        '+ray_kwargs.ray_init.runtime_env.env_vars.PYTHONPATH': `"'$PYTHONPATH'"`,
      }),
    },
    {
      comment: 'Model, data, reward.',
      settings: settings({
        'actor_rollout_ref.model.path': `"'$MODEL'"`,
        'actor_rollout_ref.model.enable_gradient_checkpointing': 'True',
        'actor_rollout_ref.model.use_remove_padding': 'True',
        'data.train_files': `"'$HERE/train.parquet'"`,
        'data.val_files': `"'$HERE/train.parquet'"`,
        'data.image_key': 'images',
        'data.max_prompt_length': '"$MAX_PROMPT_LENGTH"',
        'data.filter_overlong_prompts': 'True',
        'data.truncation': 'error',
        'custom_reward_function.path': `"'$HERE/reward.py'"`,
        'custom_reward_function.name': 'compute_score',
      }),
    },
    {
      comment: 'The machine.',
      settings: settings({
        'trainer.nnodes': '"$NODES"',
        'trainer.n_gpus_per_node': '"$GPUS"',
        [`${rollout}.name`]: 'vllm',
        [`${rollout}.tensor_model_parallel_size`]: '"$TENSOR_PARALLEL"',
        [`${rollout}.gpu_memory_utilization`]: '"$GPU_MEMORY"',
        [`${rollout}.agent.num_workers`]: numbers.rolloutWorkers,
        [`${actor}.fsdp_config.param_offload`]: '"$OFFLOAD"',
        [`${actor}.fsdp_config.optimizer_offload`]: '"$OFFLOAD"',
      }),
    },
    {
      comment: 'Checkpoints in the layout of Hugging Face too; no validation.',
      settings: settings({
        [`${actor}.checkpoint.save_contents`]: '[model,optimizer,extra,hf_model]',
        'trainer.default_local_dir': `"'$OUTPUT'"`,
        'trainer.val_before_train': 'False',
        'trainer.test_freq': -1,
        'trainer.logger': '"$LOGGER"',
        'trainer.project_name': 'frankenstein',
        'trainer.experiment_name': step.id,
      }),
    },
  ];
}

/** What verl calls the loss of a variant, and by how much its loss is larger than the step's. */
function verlLoss({ variant = 'grpo', maxNewTokens }: TrainOptions) {
  const byAnswer = { aggregation: 'seq-mean-token-mean', byDeviation: true, scale: 1 };
  switch (variant) {
    case 'grpo':
      return { ...byAnswer, mode: 'vanilla', comment: 'GRPO: the mean over answers of the mean over their tokens.' };
    case 'gspo':
      return { ...byAnswer, mode: 'gspo', comment: 'GSPO: one ratio for the whole answer.' };
    case 'dr-grpo':
      // verl's seq-mean-token-sum-norm has the divisor, but sums over the answers.
      return {
        aggregation: 'seq-mean-token-sum',
        mode: 'vanilla',
        byDeviation: false,
        scale: maxNewTokens,
        comment: `Dr. GRPO: sums over tokens. The step divides them by ${maxNewTokens}: AdamW does not feel it, and the limit to gradients is larger by as much.`,
      };
  }
}

/** `run.sh` of an `sft` step. */
export function verlSftScript(title: string, step: TrainOptions, numbers: TrainingNumbers): string {
  const variables = [
    output,
    nodes,
    gpus(numbers.gpus, `the ${step.batch} items of an update`),
    { name: 'MAX_LENGTH', value: '8192', comment: 'Tokens of prompt, image and answer; what is longer is cut off.' },
    offload,
    logger,
    { name: 'NODE_RANK', value: '${SLURM_NODEID:-0}', comment: 'Of several nodes: which one this is,' },
    { name: 'MASTER_ADDR', value: '127.0.0.1', comment: 'and where the first one is found.' },
    { name: 'MASTER_PORT', value: '29500', comment: 'Its port.' },
  ];
  return `${scriptHead(title, variables, divides(numbers.sequences))}
${settingsArray(sftSettings(step, numbers))}

exec torchrun --nnodes "$NODES" --nproc-per-node "$GPUS" --node-rank "$NODE_RANK" \\
  --master-addr "$MASTER_ADDR" --master-port "$MASTER_PORT" \\
  -m verl.trainer.sft_trainer "\${settings[@]}" "$@"
`;
}

function sftSettings(step: TrainOptions, numbers: TrainingNumbers): SettingGroup[] {
  return [
    {
      comment: 'From the step.',
      settings: settings({
        'trainer.total_training_steps': step.steps,
        'trainer.total_epochs': numbers.epochs,
        'trainer.seed': step.seed,
        'engine.seed': step.seed,
        'data.train_batch_size': step.batch,
        'data.micro_batch_size_per_gpu': 1,
        'data.use_dynamic_bsz': 'False',
        'optim.lr': decimal(step.learningRate),
        'optim.lr_scheduler_type': 'constant',
        'optim.lr_warmup_steps': step.warmup,
        'optim.lr_warmup_steps_ratio': '0.0',
        'optim.weight_decay': decimal(step.weightDecay),
        'optim.betas': '[0.9,0.999]',
        'trainer.save_freq': step.saveEvery,
      }),
    },
    {
      comment: step.maxGradientNorm === undefined ? 'The step sets no limit to gradients.' : 'Limit to gradients.',
      settings: settings({ 'optim.clip_grad': decimal(step.maxGradientNorm ?? noGradientLimit) }),
    },
    {
      comment: 'Freezing: freeze_verl installs freeze_hook in every worker; FSDP must keep single parameters.',
      settings: settings({
        'model.external_lib': 'freeze_verl',
        'engine.strategy': 'fsdp',
        'engine.use_orig_params': 'True',
        'engine.model_dtype': 'fp32',
      }),
    },
    {
      comment: 'Model and data.',
      settings: settings({
        'model.path': `"'$MODEL'"`,
        'model.enable_gradient_checkpointing': 'True',
        'data.train_files': `"'$HERE/train.parquet'"`,
        'data.messages_key': 'messages',
        'data.max_length': '"$MAX_LENGTH"',
        'data.pad_mode': 'no_padding',
      }),
    },
    {
      comment: 'The machine, and checkpoints in the layout of Hugging Face too; no validation.',
      settings: settings({
        'trainer.nnodes': '"$NODES"',
        'trainer.n_gpus_per_node': '"$GPUS"',
        'engine.param_offload': '"$OFFLOAD"',
        'engine.optimizer_offload': '"$OFFLOAD"',
        'checkpoint.save_contents': '[model,optimizer,extra,hf_model]',
        'trainer.default_local_dir': `"'$OUTPUT'"`,
        'trainer.test_freq': -1,
        'trainer.logger': '"$LOGGER"',
        'trainer.project_name': 'frankenstein',
        'trainer.experiment_name': step.id,
      }),
    },
  ];
}
