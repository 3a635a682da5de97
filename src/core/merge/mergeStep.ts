/** The `merge` step: a hybrid written as a checkpoint, one row per tensor, one batch per file. */
import { stepSidecars } from '../experiment/stepSidecars';
import { resolvePath } from '../experiment/experiment';
import type { MergeOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { planMerge } from './mergePlan';
import { MergeWriter } from './mergeWriter';

/** @throws InputError when the hybrid is not complete, or the output cannot be written */
export async function planMergeStep(options: MergeOptions, context: StepContext): Promise<StepPlan> {
  const hybrid = await context.openHybrid(options.hybrid);
  const skeleton = await context.openCheckpoint(hybrid.skeleton);
  const sidecars = await stepSidecars(context.experiment, [options.hybrid], context.log);
  const shardSize = options.shardSize === undefined ? null : options.shardSize * 1e6;
  const plan = await planMerge(hybrid, skeleton, shardSize);
  const writer = new MergeWriter(plan, resolvePath(context.experiment, options.output));
  const written = await writer.isWritten(context.signal);
  if (!written) await writer.check();
  return {
    version: 1,
    options: { ...options },
    inputs: hybrid.shards.map(({ path }) => ({ path, kind: 'weights' as const })),
    sidecars,
    unit: 'tensors',
    batches: plan.shards.map(({ tensors }) => ({ units: tensors.length, keys: tensors.map(({ name }) => name) })),
    facts: { hybrid: options.hybrid, output: options.output, skeleton: hybrid.skeleton, bytes: plan.bytes },
    memory: { mapped: 0, working: 0, advice: '' },
    runBatch: async (batch, signal) => {
      const shard = plan.shards[batch]!;
      if (!written) await writer.exclusively(() => writer.writeShard(shard, signal, () => undefined));
      return shard.tensors.map(({ name, donor }) => ({ key: name, name, donor }));
    },
    finish: async (signal) => {
      const { files, bytes } = written ?? (await writer.exclusively(() => writer.finish(signal, () => undefined)));
      return { files, bytes, verified: true };
    },
    summarise: () => ({ hybrid: options.hybrid, output: options.output }),
  };
}
