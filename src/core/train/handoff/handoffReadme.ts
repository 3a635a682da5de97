import type { TrainOptions } from '../../experiment/schema';
import { commentText } from './shellScript';
import { rewardDifferences } from './rewardPython';
import type { FrozenFile } from './frozenPatterns';
import type { HandoffTarget } from './trainingData';
import type { TrainingNumbers } from './trainingNumbers';

/** Versions whose sources the folder was written against. */
export const targetVersions: Readonly<Record<HandoffTarget, string>> = {
  verl: 'verl 0.7.0 (f9c855f) and 0.8.0.dev (b178a3c)',
  easyr1: 'EasyR1 0.3.3.dev0 (b44b311)',
};

export interface ReadmeFacts {
  readonly step: TrainOptions;
  readonly target: HandoffTarget;
  /** Of the experiment file. */
  readonly file: string;
  readonly items: number;
  readonly leftOut: number;
  readonly frozen: FrozenFile;
  readonly numbers: TrainingNumbers;
}

/** `README.md`: what to do, in order, and where the trainer does otherwise than the product. */
export function handoffReadme({ step, target, file, items, leftOut, frozen, numbers }: ReadmeFacts): string {
  const { id, method, from, steps, batch, groupSize } = step;
  const trainer = target === 'verl' ? 'verl' : 'EasyR1';
  const selectors = frozen.selectors.length === 0 ? 'nothing' : commentText(frozen.selectors.join(', '));
  const answers = method === 'grpo' ? `, ${groupSize} answers each` : '';
  const left = leftOut > 0 ? ` (${leftOut} could not be used and were left out)` : '';
  const differences = [...differencesOf(target, step), ...(method === 'grpo' ? [rewardDifferences(step.rule)] : [])];
  return `# ${id}: training on GPUs with ${trainer}

Made from the step \`${id}\` of \`${commentText(file)}\`: \`${method}\` from the checkpoint \`${commentText(from)}\`, ${steps} updates of ${batch} items${answers},
${items} items${left}. Frozen: ${selectors}: ${frozen.count} tensors with ${frozen.parameters} parameters;
${frozen.trained.tensors} tensors with ${frozen.trained.parameters} parameters are trained.

Written against the sources of ${targetVersions[target]}, not run on GPUs: make a short run first
(${target === 'verl' ? '`OUTPUT=$PWD/trial bash run.sh trainer.total_training_steps=2`' : '`OUTPUT=$PWD/trial bash run.sh trainer.max_steps=2`'}) and check it as in step 6. Where another version builds its
models in another way, \`freeze_hook.py\` stops the training with a message.

## In order

1. Copy this folder to the cluster, onto a disk that all nodes see. \`train.parquet\` holds questions, answers and images.
2. Copy the start checkpoint \`${commentText(from)}\` there too, and \`export MODEL=…\` to its folder.
3. Install ${trainer} and vLLM as its documentation says.
4. \`bash run.sh\` on a machine with GPUs, or \`sbatch submit.sbatch\` from inside this folder. Variables at the top of
   \`run.sh\` are the machine's: GPUs, memory, output. Anything after \`run.sh\` goes to ${trainer} as it is.
   The log says \`freeze_hook: ${frozen.count} of … tensors frozen\` before the first update.
5. ${resultLine(target, method)}
6. \`python3 check_frozen.py "$MODEL" RESULT\` proves on the cluster that what is frozen did not move. With the result
   copied back, \`handoff --check THIS_FOLDER --result RESULT\` proves it against your own start checkpoint.

## Files

- \`run.sh\`: the trainer's call, with every number of the step${target === 'easyr1' ? '; `config.yaml` holds the numbers' : ''}. \`submit.sbatch\`: the same under Slurm.
- \`frozen.json\`: patterns and names of the frozen tensors. \`freeze_hook.py\`: freezes them before FSDP wraps the model;
  ${target === 'verl' ? '`freeze_verl.py` is what verl imports.' : '`launch_easyr1.py` starts EasyR1 with it.'}
- \`train.parquet\`: the data.${method === 'grpo' ? ' `reward.py`: the reward.' : ''} \`check_frozen.py\`: the proof. \`handoff.json\`: what this folder was made from.

## What is not the same

${differences.map((text) => `- ${text}`).join('\n')}
- Numbers: weights are float32, computed in bfloat16; the order of items and the sampling are the trainer's. The same
  seed does not give the product's result, nor the same result on other GPUs.
- An update needs NODES × GPUS to divide its ${numbers.sequences} ${method === 'grpo' ? 'answers' : 'items'}; ${numbers.gpus} is the default.
`;
}

function resultLine(target: HandoffTarget, method: TrainOptions['method']): string {
  if (target === 'easyr1') {
    return (
      'Merge the shards: `python3 scripts/model_merger.py --local_dir output/global_step_N/actor` (of EasyR1) writes ' +
      'the checkpoint to `output/global_step_N/actor/huggingface`.'
    );
  }
  const folder = method === 'grpo' ? 'global_step_N/actor/huggingface' : 'global_step_N/huggingface';
  return `The trained checkpoint is \`output/${folder}\`, in float32. N is the last step.`;
}

function differencesOf(target: HandoffTarget, { method, maxGradientNorm }: TrainOptions): string[] {
  const both = [
    maxGradientNorm === undefined
      ? 'The step has no `maxGradientNorm`: the limit is set so high that it never acts.'
      : 'The norm of the gradient is that of what is trained, as in the product.',
  ];
  if (method === 'sft') {
    return [
      ...both,
      'The target ends with `<|im_end|>` and the newline that the chat template puts after it; the product learns no newline.',
      'An item that is longer than MAX_LENGTH is cut off without a word.',
    ];
  }
  return [
    ...both,
    'One update per batch on answers of the same weights: the clip range then hardly ever acts. The trainer also bounds ' +
      'the loss of very unlikely answers with a negative advantage (dual clip, 3); the product does not.',
    'Prompts longer than the limit are left out; the log says how many are kept ("filter dataset len").',
    target === 'verl' ? 'Sampling is by vLLM, without top-k and top-p.' : 'Sampling is by vLLM, with its seed.',
  ];
}
