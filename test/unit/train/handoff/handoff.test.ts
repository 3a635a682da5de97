import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { experimentFromText } from '../../../../src/core/experiment/experiment';
import { writeHandoff, type HandoffTools } from '../../../../src/core/train/handoff/handoff';
import type { HandoffTarget } from '../../../../src/core/train/handoff/trainingData';
import { decimal, trainingNumbers } from '../../../../src/core/train/handoff/trainingNumbers';
import { InputError } from '../../../../src/shared/errors';
import { shape3B, writeSparseCheckpoint } from '../../../bench/sparseCheckpoint';
import { temporaryFolders } from '../../../harness/temporaryFolders';

const folder = temporaryFolders();
const unused = () => Promise.reject(new Error('not asked for'));
const tools: HandoffTools = {
  images: { sizes: (paths) => Promise.resolve(paths.map(() => ({ width: 8, height: 8 }))) },
  grader: { problems: (golds) => Promise.resolve(golds.map(() => null)) },
  parquet: { rows: unused, extractImages: unused },
};

let start: string;
before(async () => {
  start = folder();
  await writeSparseCheckpoint(start, shape3B);
});

const grpo = 'method: grpo, freeze: [late], batch: 2, groupSize: 4, steps: 2000, seed: 7, output: ./out';

/** @param step options beside id, from and dataset */
async function handOff(
  step: string,
  target: HandoffTarget = 'verl',
  questions = ['1+1?', '1+2?', '1+3?', '1+4?', '1+5?'],
) {
  const place = folder();
  const lines = questions.map((question, i) => JSON.stringify({ id: `q${i}`, question, answer: String(i + 2) }));
  writeFileSync(path.join(place, 'items.jsonl'), lines.join('\n'));
  const text = `version: 1
checkpoints: { in: ${start}, rl: ${start} }
hybrids: { both: [in, rl, rl] }
steps:
  - train: { id: frozen-late, from: in, dataset: ./items.jsonl, ${step} }
  - merge: { id: written, hybrid: both, output: ./merged }
  - train: { id: of-hybrid, from: both, dataset: ./items.jsonl, ${step} }
`;
  const experiment = experimentFromText(path.join(place, 'x.frankenstein.yaml'), text);
  const output = path.join(place, 'handoff');
  const write = (id = 'frozen-late') => writeHandoff(experiment, id, target, output, tools);
  const read = (name: string) => readFileSync(path.join(output, name), 'utf8');
  return { place, output, write, read };
}

/** Keys and values of the array in run.sh. */
function settingsOf(script: string): Map<string, string> {
  const body = /settings=\(\n([\s\S]*?)\n\)/.exec(script)![1]!;
  const lines = body.split('\n').filter((line) => !line.trim().startsWith('#'));
  return new Map(lines.map((line) => line.trim().split(/=(.*)/s).slice(0, 2) as [string, string]));
}

/**
 * Each of these was composed with verl's own configuration (verl/trainer/config/ppo_trainer.yaml with Hydra, which refuses
 * keys that it does not have) at v0.7.0, f9c855f7cf04d603c9546bc01776c74806a879c1, and at
 * b178a3cd56f58b2d502255daba591e92833930a7. A key that is new here must be composed there before it is added.
 */
const composed = `
actor_rollout_ref.actor.checkpoint.save_contents actor_rollout_ref.actor.clip_ratio actor_rollout_ref.actor.clip_ratio_high
actor_rollout_ref.actor.clip_ratio_low actor_rollout_ref.actor.data_loader_seed actor_rollout_ref.actor.entropy_coeff
actor_rollout_ref.actor.fsdp_config.model_dtype actor_rollout_ref.actor.fsdp_config.optimizer_offload
actor_rollout_ref.actor.fsdp_config.param_offload actor_rollout_ref.actor.fsdp_config.seed
actor_rollout_ref.actor.fsdp_config.use_orig_params actor_rollout_ref.actor.grad_clip actor_rollout_ref.actor.kl_loss_coef
actor_rollout_ref.actor.kl_loss_type actor_rollout_ref.actor.loss_agg_mode actor_rollout_ref.actor.optim.betas
actor_rollout_ref.actor.optim.clip_grad actor_rollout_ref.actor.optim.lr actor_rollout_ref.actor.optim.lr_scheduler_type
actor_rollout_ref.actor.optim.lr_warmup_steps actor_rollout_ref.actor.optim.lr_warmup_steps_ratio
actor_rollout_ref.actor.optim.weight_decay actor_rollout_ref.actor.policy_loss.loss_mode actor_rollout_ref.actor.ppo_epochs
actor_rollout_ref.actor.ppo_micro_batch_size_per_gpu actor_rollout_ref.actor.ppo_mini_batch_size
actor_rollout_ref.actor.strategy actor_rollout_ref.actor.use_kl_loss
actor_rollout_ref.model.enable_gradient_checkpointing actor_rollout_ref.model.external_lib actor_rollout_ref.model.path
actor_rollout_ref.model.use_remove_padding actor_rollout_ref.ref.log_prob_micro_batch_size_per_gpu
actor_rollout_ref.rollout.agent.num_workers actor_rollout_ref.rollout.gpu_memory_utilization
actor_rollout_ref.rollout.log_prob_micro_batch_size_per_gpu actor_rollout_ref.rollout.n actor_rollout_ref.rollout.name
actor_rollout_ref.rollout.temperature actor_rollout_ref.rollout.tensor_model_parallel_size
algorithm.adv_estimator algorithm.norm_adv_by_std_in_grpo algorithm.use_kl_in_reward
custom_reward_function.name custom_reward_function.path
data.filter_overlong_prompts data.image_key data.max_prompt_length data.max_response_length data.seed data.train_batch_size
data.train_files data.truncation data.val_files +ray_kwargs.ray_init.runtime_env.env_vars.PYTHONPATH
trainer.default_local_dir trainer.experiment_name trainer.logger trainer.n_gpus_per_node trainer.nnodes trainer.project_name
trainer.save_freq trainer.test_freq trainer.total_epochs trainer.total_training_steps trainer.val_before_train`;

/** The same of sft_trainer_engine.yaml. */
const composedSft = `
checkpoint.save_contents data.max_length data.messages_key data.micro_batch_size_per_gpu data.pad_mode data.train_batch_size
data.train_files data.use_dynamic_bsz engine.model_dtype engine.optimizer_offload engine.param_offload engine.seed
engine.strategy engine.use_orig_params model.enable_gradient_checkpointing model.external_lib model.path optim.betas
optim.clip_grad optim.lr optim.lr_scheduler_type optim.lr_warmup_steps optim.lr_warmup_steps_ratio optim.weight_decay
trainer.default_local_dir trainer.experiment_name trainer.logger trainer.n_gpus_per_node trainer.nnodes
trainer.project_name trainer.save_freq trainer.seed trainer.test_freq trainer.total_epochs trainer.total_training_steps`;

const keys = (text: string) => text.trim().split(/\s+/).sort();

describe('handing a train step to a cluster', () => {
  it('verl, grpo: the step’s numbers under verl’s names, and no name that verl does not have', async () => {
    const { write, read } = await handOff(
      `${grpo}, learningRate: 1.0e-7, warmup: 25, weightDecay: 0.1, maxGradientNorm: 1.5, temperature: 0.8, maxNewTokens: 2048, clip: 0.3, kl: 0.01, saveEvery: 50`,
    );
    await write();
    const found = settingsOf(read('run.sh'));
    assert.deepEqual([...found.keys()].sort(), keys(composed));
    const expected = {
      'trainer.total_training_steps': '2000',
      'data.seed': '7',
      'actor_rollout_ref.actor.optim.lr': '1.0e-7',
      'actor_rollout_ref.actor.optim.lr_warmup_steps': '25',
      'actor_rollout_ref.actor.optim.weight_decay': '0.1',
      'actor_rollout_ref.actor.optim.clip_grad': '1.5',
      'actor_rollout_ref.actor.grad_clip': '1.5',
      'actor_rollout_ref.rollout.n': '4',
      'actor_rollout_ref.rollout.temperature': '0.8',
      'data.max_response_length': '2048',
      'actor_rollout_ref.actor.clip_ratio_low': '0.3',
      'actor_rollout_ref.actor.clip_ratio_high': '0.3',
      'actor_rollout_ref.actor.use_kl_loss': 'True',
      'actor_rollout_ref.actor.kl_loss_coef': '0.01',
      'actor_rollout_ref.actor.loss_agg_mode': 'seq-mean-token-mean',
      'actor_rollout_ref.actor.fsdp_config.use_orig_params': 'True',
      'trainer.save_freq': '50',
      'trainer.total_epochs': '1001',
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(found.get(key), value, key);
  });

  it('verl: the variants of GRPO and several updates per batch; EasyR1 has no Dr. GRPO', async () => {
    const actor = 'actor_rollout_ref.actor';
    const verl = async (options: string) => {
      const { write, read } = await handOff(`${grpo}, maxNewTokens: 100, maxGradientNorm: 0.5, ${options}`);
      await write();
      const found = settingsOf(read('run.sh'));
      const names = ['policy_loss.loss_mode', 'loss_agg_mode', 'grad_clip', 'ppo_epochs'];
      return [...names.map((name) => found.get(`${actor}.${name}`)), found.get('algorithm.norm_adv_by_std_in_grpo')];
    };
    assert.deepEqual(await verl('variant: grpo'), ['vanilla', 'seq-mean-token-mean', '0.5', '1', 'True']);
    const gspo = ['gspo', 'seq-mean-token-mean', '0.5', '3', 'True'];
    assert.deepEqual(await verl('variant: gspo, ppoEpochs: 3'), gspo);
    assert.deepEqual(await verl('variant: dr-grpo'), ['vanilla', 'seq-mean-token-sum', '50', '1', 'False']);

    const { write, read } = await handOff(`${grpo}, variant: gspo, ppoEpochs: 2`, 'easyr1');
    await write();
    const { worker } = parse(read('config.yaml')) as { worker: { actor: Record<string, unknown> } };
    assert.deepEqual([worker.actor.loss_type, worker.actor.ppo_epochs], ['gspo', 2]);
    const refused = (await handOff(`${grpo}, variant: dr-grpo`, 'easyr1')).write();
    await assert.rejects(refused, /Dr\. GRPO, which EasyR1 does not do/);
  });

  it('an update’s batch is never smaller than a mini-batch, which verl refuses', async () => {
    for (const batch of [1, 2, 5]) {
      const { write, read } = await handOff(grpo.replace('batch: 2', `batch: ${batch}`));
      await write();
      const found = settingsOf(read('run.sh'));
      const size = (key: string) => Number(found.get(key));
      assert.ok(size('data.train_batch_size') >= size('actor_rollout_ref.actor.ppo_mini_batch_size'));
      assert.equal(size('data.train_batch_size'), batch);
    }
  });

  it('verl, sft', async () => {
    const { write, read } = await handOff('method: sft, freeze: [late], batch: 2, steps: 9, seed: 3, output: ./out');
    const { files } = await write();
    const found = settingsOf(read('run.sh'));
    assert.deepEqual([...found.keys()].sort(), keys(composedSft));
    assert.equal(found.get('data.train_batch_size'), '2');
    assert.equal(found.get('optim.lr'), '0.00001');
    assert.equal(found.get('optim.clip_grad'), '1000000000');
    assert.equal(found.get('trainer.total_epochs'), '6');
    assert.ok(!files.includes('reward.py'));
  });

  it('EasyR1: a configuration with the same numbers; supervised fine-tuning is refused', async () => {
    const { write, read } = await handOff(`${grpo}, kl: 0.02, weightDecay: 0.01, warmup: 3`, 'easyr1');
    await write();
    const config = parse(read('config.yaml')) as Record<string, Record<string, Record<string, unknown>>>;
    assert.deepEqual(config.data, {
      prompt_key: 'prompt',
      answer_key: 'answer',
      image_key: 'images',
      max_prompt_length: 4096,
      max_response_length: 64,
      rollout_batch_size: 2,
      shuffle: true,
      seed: 7,
      min_pixels: 3136,
      max_pixels: 1e7,
      filter_overlong_prompts: true,
    });
    assert.deepEqual(config.worker!.actor!.fsdp, { use_orig_params: true });
    assert.deepEqual(config.worker!.actor!.global_batch_size, 2);
    assert.deepEqual([config.algorithm!.disable_kl, config.algorithm!.kl_coef], [false, 0.02]);
    assert.equal(config.trainer!.max_steps, 2000);
    const sft = await handOff('method: sft, steps: 9, output: ./out', 'easyr1');
    await assert.rejects(sft.write(), /EasyR1 does not do/);
  });

  it('frozen.json, and a README that says the same', async () => {
    const { write, read } = await handOff(grpo);
    const { frozen } = await write();
    assert.deepEqual(JSON.parse(read('frozen.json')), JSON.parse(JSON.stringify(frozen)));
    assert.equal(frozen.count, 144);
    const readme = read('README.md');
    for (const fact of ['late', '144 tensors', String(frozen.parameters), 'verl 0.7.0', '2000 updates of 2 items'])
      assert.ok(readme.includes(fact), fact);
    assert.ok(!readme.includes(start) && !read('run.sh').includes(start) && !read('submit.sbatch').includes(start));
  });

  it('what cannot be handed off is refused and nothing is written', async () => {
    const { place, output, write } = await handOff(grpo);
    await assert.rejects(
      write('of-hybrid'),
      (error) => error instanceof InputError && /hybrid "both"/.test(error.message),
    );
    await assert.rejects(write('written'), /trains nothing/);
    await assert.rejects(write('none'), /no step "none"/);
    await assert.rejects(
      (await handOff(grpo.replace('batch: 2', 'batch: 6'))).write(),
      /takes 6 items, and there are 5/,
    );
    await assert.rejects((await handOff(grpo, 'verl', ['<image> of?', 'a?'])).write(), /has <image> in its text/);
    assert.ok(!existsSync(output));
    assert.deepEqual(readdirSync(place).sort(), ['items.jsonl']);
    await write();
    await assert.rejects(write(), /is not empty/);
    assert.deepEqual(readdirSync(place).sort(), ['handoff', 'items.jsonl']);
  });

  it('numbers: GPUs and rollout workers share the answers equally', () => {
    const of = (batch: number, groupSize: number, items = 100) =>
      trainingNumbers({ method: 'grpo', batch, groupSize, steps: 10 }, items);
    assert.deepEqual(of(1, 4), { epochs: 2, sequences: 4, gpus: 4, rolloutWorkers: 4 });
    assert.deepEqual(of(3, 5), { epochs: 2, sequences: 15, gpus: 5, rolloutWorkers: 5 });
    assert.deepEqual(of(2, 8, 5), { epochs: 6, sequences: 16, gpus: 8, rolloutWorkers: 8 });
    assert.deepEqual([1e-7, 1.5e-7, 0.1, 3, 1e21].map(decimal), ['1.0e-7', '1.5e-7', '0.1', '3', '1.0e+21']);
  });
});
