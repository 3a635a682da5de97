/** The `train` step: supervised fine-tuning or reinforcement learning of what is not frozen, one row per update. */
import { InputError } from '../../shared/errors';
import type { TrainFacts, TrainRow } from '../../shared/trainResults';
import { quantity } from '../../shared/format';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { familyOf, requireComplete } from '../checkpoint/families';
import { resolveRegions } from '../checkpoint/regions';
import { availableMemory } from '../files/availableMemory';
import type { Dataset } from '../evaluate/dataset';
import { resolvePath } from '../experiment/experiment';
import { places } from '../merge/mergeRecord';
import type { TrainOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { stepSidecars } from '../experiment/stepSidecars';
import type { OpenModel } from '../model/openModel';
import { Backpropagation } from './backpropagation';
import { fedModel } from './fedModel';
import { countOf, describeSelector, resolveFreeze, type Freeze } from './freeze';
import type { GradientEngine, Parameters, WeightSet } from './gradientEngine';
import { GroupRelativePolicy } from './grpo';
import { readMasterWeights } from './masterWeights';
import { SupervisedFineTuning } from './sft';
import { StartWeights, startWeightsHeld } from './startWeights';
import { TrainedOutput } from './trainedOutput';
import { chooseTrainItems, TrainPrompts } from './trainItems';
import { trainMemory } from './trainMemory';
import { TrainRun, type Trainee } from './trainRun';
import { StateFiles } from './trainState';
import { summariseTrain } from './trainSummary';

/** Makes what computes gradients by the weights given. */
export type MakeEngine = (opened: OpenModel, parameters: WeightSet, context: StepContext) => GradientEngine;

/** @throws InputError when checkpoint, data set, selectors or output are not what the step says */
export async function planTrain(
  options: TrainOptions,
  context: StepContext,
  makeEngine: MakeEngine = backpropagation,
): Promise<StepPlan> {
  checkSizes(options);
  const { output: given } = options;
  const decisive = withoutPlace(options);
  const opened = await context.openModel(options.from);
  const { checkpoint } = opened;
  const { experiment, log } = context;
  const output = new TrainedOutput(
    checkpoint,
    await skeletonOf(options.from, checkpoint, context),
    resolvePath(experiment, given),
    context.runFolder,
    decisive,
    log,
  );
  await output.check(context.fresh);
  const sidecars = await stepSidecars(experiment, [options.from], log);
  const freeze = freezeIn(checkpoint, options, context);
  const dataset = await context.dataset(options.dataset, { category: options.category });
  const chosen = await chooseTrainItems(dataset, opened, options, context);
  if (chosen.patches === 0) log.info('no item has an image: the vision tower and the projector stay as they are');
  const entries = (names: readonly string[]) => names.map((name) => checkpoint.tensors.get(name)!);
  const [trained, frozen] = [countOf(entries(freeze.trained)), countOf(entries(freeze.frozen))];
  const facts: TrainFacts = {
    from: options.from,
    method: options.method,
    ...(options.variant ? { variant: options.variant } : {}),
    output: given,
    dataset: options.dataset,
    steps: options.steps,
    trained,
    frozen,
    freeze: options.freeze.map(describeSelector),
    selectors: freeze.selectors.map(({ selector, tensors, parameters }) => ({ selector, tensors, parameters })),
  };
  const start = options.method === 'grpo' && options.kl > 0 ? startWeightsHeld(entries(freeze.trained)) : 0;
  const sizes = { total: trained.parameters + frozen.parameters, trained: trained.parameters, start };
  const { memory, sequencesAtOnce, halvedFrom } = trainMemory(options, chosen, opened, sizes, availableMemory());
  if (halvedFrom !== null) {
    log.warn(`memory is scarce: gradients of ${sequencesAtOnce} sequences at once in place of ${halvedFrom}`);
  }
  const makeTrainee = (signal: AbortSignal) =>
    Promise.resolve(traineeOf(options, context, { opened, freeze, dataset, sequencesAtOnce, makeEngine, signal }));
  const states = new StateFiles(context.runFolder);
  const run = new TrainRun(options, chosen.items, states, makeTrainee, () => output.begin(), log);
  const images = chosen.items.flatMap(({ image }) => (image === null ? [] : [image]));
  return {
    version: 1,
    options: decisive,
    inputs: [
      ...opened.inputs,
      ...[...dataset.files, ...new Set(images)].map((path) => ({ path, kind: 'data' as const })),
    ],
    unit: 'steps',
    batches: run.batches.map((keys) => ({ units: keys.length, keys })),
    facts: { ...facts },
    items: [{ dataset: options.dataset, items: chosen.items }],
    sidecars,
    memory,
    runBatch: (batch, signal) => run.runBatch(batch, signal),
    finish: async (signal) => {
      const isWritten = await output.isWritten();
      const { files, bytes } = isWritten
        ? await output.describe()
        : await output.write(await run.trained(signal), signal);
      return { frozen: { ...frozen, verified: true }, files, bytes };
    },
    summarise: (rows) => ({ ...summariseTrain(facts, rows as readonly TrainRow[]) }),
  };
}

/** Of a run and of an update, at most: every step has a row, every answer of an update is held in memory. */
const mostSteps = 1_000_000;
const mostAnswers = 65_536;
/** Far more than the clip leaves anything to learn in. */
const mostEpochs = 64;

function checkSizes({ id, steps, batch, method, groupSize, ppoEpochs = 1 }: TrainOptions): void {
  if (steps > mostSteps) throw new InputError(`the step "${id}" has ${steps} steps; ${mostSteps} are the most`);
  const answers = batch * (method === 'grpo' ? groupSize : 1);
  if (answers > mostAnswers) {
    throw new InputError(`the step "${id}" takes ${answers} answers per update; ${mostAnswers} are the most`);
  }
  if (ppoEpochs > mostEpochs) {
    throw new InputError(
      `the step "${id}" has ${ppoEpochs} ppoEpochs; ${mostEpochs} are the most`,
      'One to four are usual.',
    );
  }
}

/** Options that decide what is learnt: not what the step is called or where its result goes. */
function withoutPlace(options: TrainOptions): Omit<TrainOptions, 'id' | 'output'> {
  const decisive: Partial<TrainOptions> = { ...options };
  delete decisive.id;
  delete decisive.output;
  return decisive as Omit<TrainOptions, 'id' | 'output'>;
}

function backpropagation({ model }: OpenModel, parameters: WeightSet, { runtime }: StepContext): GradientEngine {
  return new Backpropagation(runtime, model.parts, parameters);
}

/** Whose shards and side files the output has. */
async function skeletonOf(name: string, checkpoint: Checkpoint, context: StepContext): Promise<Checkpoint> {
  if (!Object.hasOwn(context.experiment.content.hybrids, name)) return checkpoint;
  return context.openCheckpoint((await context.openHybrid(name)).skeleton);
}

/** Canonical names of the tensors that the model computes with. */
function trainableOf(checkpoint: Checkpoint): Set<string> {
  const expected = familyOf(checkpoint.family).expectedTensors!(requireComplete(checkpoint));
  return new Set(expected.map(({ canonicalName }) => canonicalName));
}

function freezeIn(checkpoint: Checkpoint, options: TrainOptions, { experiment, log }: StepContext): Freeze {
  const regions = resolveRegions(experiment.content.regions, checkpoint.config.numLayers);
  const freeze = resolveFreeze(options.freeze, checkpoint, regions, trainableOf(checkpoint));
  const numbers = ({ tensors, parameters }: { tensors: number; parameters: number }) =>
    `${tensors} tensors with ${quantity(parameters)} parameters`;
  for (const selector of freeze.selectors) {
    log.info(`frozen by ${selector.selector}: ${numbers(selector)}: ${places(selector.names).join(', ')}`);
  }
  for (const note of freeze.notes) log.info(note);
  const countNamed = (names: readonly string[]) => countOf(names.map((name) => checkpoint.tensors.get(name)!));
  log.info(`trained: ${numbers(countNamed(freeze.trained))}; kept: ${numbers(countNamed(freeze.frozen))}`);
  return freeze;
}

interface TraineeTools {
  readonly opened: OpenModel;
  readonly freeze: Freeze;
  readonly dataset: Dataset;
  readonly sequencesAtOnce: number;
  readonly makeEngine: MakeEngine;
  readonly signal: AbortSignal;
}

/** Reads the weights of the start, and makes all that computes with them. */
function traineeOf(
  options: TrainOptions,
  context: StepContext,
  { opened, freeze, dataset, sequencesAtOnce: atOnce, makeEngine, signal }: TraineeTools,
): Trainee {
  const { checkpoint, model } = opened;
  const trainable = trainableOf(checkpoint);
  const own = [...checkpoint.tensors.values()].filter(({ canonicalName }) => trainable.has(canonicalName));
  const values = readMasterWeights(own, context.weights.read, signal);
  const parameters: Parameters = { values, trained: new Set(freeze.trained) };
  const engine = makeEngine(opened, parameters, context);
  const prompts = new TrainPrompts(opened, options.prompt, dataset.imageFolder, context.log);
  const { codec, stopTokens } = model.parts;
  const seeing = own.filter(({ part }) => part === 'vision' || part === 'projector');
  const sees = new Set(seeing.map(({ canonicalName }) => canonicalName));
  if (options.method === 'sft') {
    const [closing] = stopTokens;
    if (closing === undefined) {
      throw new InputError(
        `${checkpoint.directory} names no token that ends an answer`,
        'Add eos_token_id to its config.',
      );
    }
    return { parameters, engine, method: new SupervisedFineTuning({ engine, prompts, codec, closing, atOnce }), sees };
  }
  const start = (): WeightSet => {
    const entries = own.filter(({ canonicalName }) => parameters.trained.has(canonicalName));
    return { values: new StartWeights(entries, values, context.weights.read), trained: new Set() };
  };
  const reference = options.kl > 0 ? makeEngine(opened, start(), context) : null;
  const policy = fedModel(context.runtime, model.parts, parameters);
  const tools = { engine, reference, model: policy, prompts, grader: context.grader, atOnce };
  return { parameters, engine, method: new GroupRelativePolicy(tools, options), sees };
}
