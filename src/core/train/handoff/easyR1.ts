/**
 * Configuration and launch script for EasyR1 (github.com/hiyouga/EasyR1). Keys were held against 0.3.3.dev0 (b44b311):
 * `verl/trainer/config.py`, `config.py` of the workers, `examples/config.yaml`.
 */
import { stringify } from 'yaml';
import { InputError } from '../../../shared/errors';
import type { TrainOptions } from '../../experiment/schema';
import type { PreprocessorSettings } from '../../model/imageProcessor';
import { scriptHead } from './shellScript';
import { noGradientLimit, type TrainingNumbers } from './trainingNumbers';

/** @throws InputError for a step that EasyR1 has no trainer for */
export function assertEasyR1Trains({ id, method, variant }: TrainOptions): void {
  const what = method === 'sft' ? 'supervised fine-tuning' : variant === 'dr-grpo' ? 'Dr. GRPO' : null;
  if (what !== null)
    throw new InputError(`the step "${id}" is ${what}, which EasyR1 does not do`, 'Use --target verl.');
}

/** `config.yaml`. Paths and the machine are left to `run.sh`. */
export function easyR1Config(
  step: TrainOptions,
  numbers: TrainingNumbers,
  pixels: Pick<PreprocessorSettings, 'minPixels' | 'maxPixels'>,
): string {
  const usesKl = step.kl > 0;
  const content = {
    data: {
      prompt_key: 'prompt',
      answer_key: 'answer',
      image_key: 'images',
      max_prompt_length: 4096,
      max_response_length: step.maxNewTokens,
      rollout_batch_size: step.batch,
      shuffle: true,
      seed: step.seed,
      min_pixels: pixels.minPixels,
      max_pixels: pixels.maxPixels,
      filter_overlong_prompts: true,
    },
    algorithm: {
      adv_estimator: 'grpo',
      disable_kl: !usesKl,
      use_kl_loss: usesKl,
      kl_penalty: 'low_var_kl',
      kl_coef: step.kl,
    },
    worker: {
      actor: {
        global_batch_size: step.batch,
        micro_batch_size_per_device_for_update: 1,
        micro_batch_size_per_device_for_experience: 1,
        max_grad_norm: step.maxGradientNorm ?? noGradientLimit,
        clip_ratio_low: step.clip,
        clip_ratio_high: step.clip,
        loss_type: step.variant === 'gspo' ? 'gspo' : 'default',
        loss_avg_mode: 'seq',
        ppo_epochs: step.ppoEpochs ?? 1,
        model: { enable_gradient_checkpointing: true, freeze_vision_tower: false, trust_remote_code: false },
        optim: {
          lr: step.learningRate,
          weight_decay: step.weightDecay,
          betas: [0.9, 0.999],
          strategy: 'adamw',
          lr_scheduler_type: 'constant',
          lr_warmup_steps: step.warmup,
        },
        fsdp: { use_orig_params: true },
      },
      rollout: { n: step.groupSize, temperature: step.temperature, seed: step.seed, gpu_memory_utilization: 0.5 },
    },
    trainer: {
      max_steps: step.steps,
      total_epochs: numbers.epochs,
      project_name: 'frankenstein',
      experiment_name: step.id,
      logger: ['console'],
      val_before_train: false,
      val_freq: -1,
      save_freq: step.saveEvery,
      save_limit: -1,
    },
  };
  return `# From the step's own numbers; use_orig_params lets FSDP keep frozen parameters beside trained ones.\n${stringify(content)}`;
}

/** `run.sh`. */
export function easyR1Script(title: string, step: TrainOptions, numbers: TrainingNumbers): string {
  const answers = `the ${step.batch} × ${step.groupSize} = ${numbers.sequences} answers of an update`;
  const variables = [
    { name: 'OUTPUT', value: '$HERE/output', comment: 'Where checkpoints go.' },
    { name: 'NODES', value: '1', comment: 'Nodes.' },
    {
      name: 'GPUS',
      value: String(numbers.gpus),
      comment: `GPUs per node. All GPUs together must divide ${answers}.`,
    },
    { name: 'TENSOR_PARALLEL', value: '1', comment: 'GPUs per copy of the model in vLLM; 1 is right up to 7B.' },
    { name: 'OFFLOAD', value: 'false', comment: 'true keeps weights and optimiser in CPU memory between uses.' },
  ];
  const checks = `if (( ${numbers.sequences} % (NODES * GPUS) != 0 )); then
  echo "NODES * GPUS is $((NODES * GPUS)), which does not divide the ${numbers.sequences} answers of an update" >&2
  exit 2
fi
`;
  return `${scriptHead(title, variables, checks)}
exec python3 "$HERE/launch_easyr1.py" config="$HERE/config.yaml" \\
  data.train_files="$HERE/train.parquet" \\
  data.val_files="$HERE/train.parquet" \\
  worker.actor.model.model_path="$MODEL" \\
  worker.actor.offload.offload_params="$OFFLOAD" \\
  worker.actor.offload.offload_optimizer="$OFFLOAD" \\
  worker.rollout.tensor_parallel_size="$TENSOR_PARALLEL" \\
  worker.reward.reward_function="$HERE/reward.py:compute_scores" \\
  trainer.nnodes="$NODES" \\
  trainer.n_gpus_per_node="$GPUS" \\
  trainer.save_checkpoint_path="$OUTPUT" \\
  "$@"
`;
}
