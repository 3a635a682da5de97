import { InputError } from '../../shared/errors';
import type { RunParams, RunProgress, RunResult } from '../../shared/protocol/engine';
import { planCompareStep } from '../compare/compareStep';
import { isHubDataset } from '../evaluate/datasets/hubCache';
import { readDataset } from '../evaluate/datasets/readDataset';
import { planEvaluate } from '../evaluate/evaluateStep';
import { planMergeStep } from '../merge/mergeStep';
import { computingCheckpoints } from '../merge/computeHybrid';
import { openModel, type OpenModel } from '../model/openModel';
import type { Log } from '../ports';
import { planAblate } from '../probe/ablateStep';
import { planAttention } from '../probe/attentionStep';
import { planSwap } from '../probe/swapStep';
import { planTrain } from '../train/trainStep';
import { checkLayers } from './checkLayers';
import { deviceOfShards } from './gatherShards';
import { assertShardable } from './shardableKinds';
import { loadExperiment, resolvePath, stepById } from './experiment';
import { kindOf } from './experimentFile';
import { runStep } from './runStep';
import { isRunnable, type RunnableKind } from './runnableKinds';
import type { Step } from './schema';
import type { StepContext, StepPlan, StepTools } from './step';

type Planner = (step: Step, context: StepContext) => Promise<StepPlan>;

/** The kinds of steps that can be run, and how each is planned. */
const planners: Readonly<Record<RunnableKind, Planner>> = {
  swap: (step, context) => planSwap(step.swap!, context),
  ablate: (step, context) => planAblate(step.ablate!, context),
  attention: (step, context) => planAttention(step.attention!, context),
  evaluate: (step, context) => planEvaluate(step.evaluate!, context),
  compare: (step, context) => planCompareStep(step.compare!, context),
  merge: (step, context) => planMergeStep(step.merge!, context),
  train: (step, context) => planTrain(step.train!, context),
};

/** Kinds that compute on the CPU whatever the device, and why. */
const onProcessor: Partial<Record<RunnableKind, string>> = {
  compare: 'a compare step computes sums in float64,',
  merge: 'a merge step computes in float64,',
  train: 'a train step computes gradients',
};

/** What of a step can be computed on the CPU only, as the beginning of a sentence; null where a GPU will do. */
export async function stepNeedsProcessor({ file, step }: Pick<RunParams, 'file' | 'step'>): Promise<string | null> {
  const kind = kindOf(stepById(await loadExperiment(file), step));
  return isRunnable(kind) ? (onProcessor[kind] ?? null) : null;
}

/** Runs or resumes one step of an experiment file. */
export async function runExperimentStep({
  params,
  tools,
  signal,
  log,
  versions,
  onProgress,
}: {
  params: RunParams;
  tools: StepTools;
  signal: AbortSignal;
  log: Log;
  versions: Readonly<Record<string, string>>;
  onProgress: (progress: RunProgress) => void;
}): Promise<RunResult> {
  const experiment = await loadExperiment(params.file);
  const step = stepById(experiment, params.step);
  const kind = kindOf(step);
  if (!isRunnable(kind)) {
    throw new InputError(`the step "${params.step}" is a ${kind} step, which this version cannot run yet`);
  }
  if (params.shard || params.gather !== undefined) assertShardable(kind, params.step);
  const planner = planners[kind];

  const runs = params.output ?? experiment.runs;
  const device =
    params.gather === undefined ? tools.runtime.device : await deviceOfShards(runs, params.step, params.gather);
  const models = new Map<string, Promise<OpenModel>>();
  const checkpoints = computingCheckpoints(experiment, { read: tools.weights.read, log, signal });
  const context: Omit<StepContext, 'runFolder' | 'fresh'> = {
    experiment,
    runtime: tools.runtime,
    deviceFree: tools.deviceFree ?? null,
    device,
    weights: tools.weights,
    log,
    signal,
    openModel: async (name) => {
      const known = models.get(name) ?? checkpoints.open(name).then((opened) => openModel(opened, tools));
      models.set(name, known);
      checkLayers(experiment, step, (await known).checkpoint.config.numLayers);
      return known;
    },
    openCheckpoint: (name) => checkpoints.open(name),
    openHybrid: (name) => checkpoints.hybrid(name),
    dataset: (given, query) =>
      readDataset(isHubDataset(given) ? given : resolvePath(experiment, given), query, tools.parquet),
    grader: tools.grader,
    spreadsheets: tools.spreadsheets,
  };
  const { folder, summary } = await runStep((inner) => planner(step, inner), context, {
    runs,
    step: params.step,
    kind,
    shard: params.shard,
    gather: params.gather,
    fresh: params.fresh,
    versions,
    onProgress,
    preview: params.preview ?? false,
    asksBeforeStreaming: params.asksBeforeStreaming ?? false,
  });
  return { run: folder, device: context.device, summary };
}
