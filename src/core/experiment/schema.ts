/**
 * The experiment file `NAME.frankenstein.yaml`: one schema from which come the checks, the TypeScript types, the JSON
 * schema for editors (media/experiment.schema.json), hovers and completions. Unknown keys are errors.
 */
import * as z from 'zod';
import { once } from '../../shared/once';
import { ablateScorings } from '../../shared/ablateResults';
import { grpoVariants } from '../../shared/trainResults';
import { attentionSpans, components, parts, roles, swapModes, type Part } from '../../shared/vocabulary';
import { gradingRules } from '../evaluate/grading/grade';
import { promptStyles } from '../evaluate/prompts';

/** What a text of the file stands for, where completion, links and checks need more than its type (`x-value`). */
export type ValueMeaning =
  | 'checkpoint'
  | 'checkpointOrHybrid'
  | 'hybrid'
  | 'function'
  | 'frozen'
  | 'checkpointFolder'
  | 'pairsFolder'
  | 'dataset'
  | 'output';

const stepDescriptions = {
  swap: 'Swaps vision tokens at every layer: where does each visual function live?',
  ablate: 'Switches layers off one at a time: where does reasoning live?',
  attention: 'Measures attention from generated tokens to the image.',
  compare: 'Measures energy and spectrum of the weight updates.',
  evaluate: 'Measures abilities, with intervals and paired tests.',
  merge: 'Writes a hybrid as a checkpoint.',
  train: 'Trains with frozen regions.',
};
export type StepKind = keyof typeof stepDescriptions;
/** The kinds of steps. */
export const stepKinds = Object.keys(stepDescriptions) as StepKind[];

function meaning(value: ValueMeaning, description: string) {
  return z.string().min(1).meta({ 'x-value': value, description });
}

/** Builds the schemas: some milliseconds that a window's start is better off without. */
function buildSchemas() {
  const name = z.string().min(1);
  const count = z.int().min(1);
  const dataset = (what: string) =>
    meaning('dataset', `${what}: a JSONL file, or a folder or parquet file of a known set.`);
  const logs = meaning('dataset', 'A log of lmms-eval, VLMEvalKit or lm-evaluation-harness, or a folder of them.');
  const output = meaning('output', 'The folder to write, relative to this file or absolute. It must be new or empty.');
  const range = z.tuple([z.int().min(0), z.int().min(0)]).describe('A half-open range of layers: [from, to].');

  const stepId = z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'letters, digits, ".", "_" and "-", beginning with a letter or digit')
    .describe('Names the step and its run folder. Unique in the file.');

  const someLayers = z.union([
    z.literal('all'),
    z.array(z.int().min(0)).min(1),
    z.string().regex(/^\d+-\d+$/, 'a range such as 4-8'),
  ]);
  const layers = someLayers
    .default('all')
    .describe('Decoder layers, counted from 0: all, a list, or a half-open range such as 4-8.');

  const limit = count.optional().describe('The first so many items in file order, per function or data set.');
  const seed = z.int().min(0).optional().describe('Samples `limit` items with this seed in place of taking the first.');
  const newTokens = (standard: number) =>
    count.default(standard).describe(`The longest answer, in tokens. ${standard} where it is not given.`);
  const category = z.string().min(1).optional().describe('Only items of this category.');
  const prompt = z
    .enum(promptStyles)
    .default('plain')
    .describe("plain: the question alone is the user message; authors: the authors' wording around it.");
  const rule = z
    .enum(gradingRules)
    .default('math')
    .describe('How answers are judged: math compares them mathematically; mathvista and authors do as those codes do.');
  const batch = (standard: number) =>
    count.default(standard).describe('At most so many sequences are in the decoder at once.');
  const checkpoint = meaning('checkpointOrHybrid', 'A checkpoint or hybrid of this file.');
  const checkpoints = z.array(checkpoint).min(1).describe('Checkpoints or hybrids of this file.');

  const swap = z.strictObject({
    id: stepId,
    checkpoint,
    pairs: meaning(
      'pairsFolder',
      "Paired images in the authors' format: a sub-folder per function, each with data.jsonl.",
    ),
    functions: z
      .array(meaning('function', 'A sub-folder of the pairs folder.'))
      .min(1)
      .optional()
      .describe('Which functions to probe. All there are where it is not given.'),
    mode: z
      .enum(swapModes)
      .default('suffix')
      .describe(
        'In which layers the image is taken from the source image, with the swap at layer l: suffix [l, L), ' +
          'single [l, l+1), window [l, l+window), prefix [0, l+1).',
      ),
    window: count.default(3).describe('Width of `mode: window`, in layers.'),
    layers,
    limit,
    maxNewTokens: newTokens(32),
    rule: z
      .enum(['function', 'authors'])
      .default('function')
      .describe("How answers are compared: each function by its own rule, or all as the authors' code does."),
    batch: batch(64),
  });

  const ablate = z.strictObject({
    id: stepId,
    checkpoint,
    dataset: dataset('Questions with their answers'),
    category,
    layers,
    visionLayers: someLayers.optional().describe('Layers of the vision tower too, for items with images.'),
    scoring: z
      .enum(ablateScorings)
      .default('both')
      .describe('generate: whole answers; likelihood: of the right answer, teacher-forced, fast; or both.'),
    limit,
    seed,
    maxNewTokens: newTokens(64),
    prompt,
    rule,
    batch: batch(64),
  });

  const attention = z.strictObject({
    id: stepId,
    checkpoints,
    dataset: dataset('Questions about images'),
    category,
    text: name
      .optional()
      .describe(
        'Whose answer all checkpoints read: one of the checkpoints (the first where not given), or own: each its own.',
      ),
    span: z
      .enum(attentionSpans)
      .default('generated')
      .describe('Whose attention counts: all generated tokens, those inside <think>, or those inside <answer>.'),
    limit,
    seed,
    maxNewTokens: newTokens(128),
    prompt,
    batch: batch(16),
  });

  const compare = z.strictObject({
    id: stepId,
    phases: z
      .array(z.tuple([checkpoint, checkpoint]))
      .min(1)
      .describe('Pairs of checkpoints: from, to.'),
    spectrum: z.boolean().default(false).describe('Also the singular values of every update.'),
  });

  const evaluate = z.strictObject({
    id: stepId,
    checkpoints: z.array(checkpoint).min(1).optional().describe('Checkpoints or hybrids of this file.'),
    vision: dataset('Items of the ability vision').optional(),
    visionToReasoning: dataset('Items of the ability vision to reasoning').optional(),
    reasoning: dataset('Items of the ability reasoning').optional(),
    logs: z
      .record(name, z.union([logs, z.array(logs).min(1)]))
      .optional()
      .describe("Others' results in place of checkpoints and data sets: a name, and that model's per-sample logs."),
    metric: name.optional().describe('Of logs: the metric that says whether an answer is right, where a task has it.'),
    filter: name.optional().describe('Of logs: the filter whose lines count, where a task has it.'),
    categories: z
      .strictObject({ vision: category, visionToReasoning: category, reasoning: category })
      .optional()
      .describe('Only items of a category, per ability.'),
    limit,
    seed,
    maxNewTokens: newTokens(128),
    prompt,
    rule,
    samples: count
      .default(1)
      .describe('Answers per item: with more than one they are sampled and the score is their mean.'),
    temperature: z.number().positive().default(1).describe('Of sampled answers.'),
    descriptions: meaning(
      'checkpointOrHybrid',
      'The checkpoint that describes images for all, where the items have no description.',
    ).optional(),
    judge: z
      .strictObject({
        url: z.url().describe('Address of an OpenAI-compatible server, such as http://localhost:8000/v1.'),
        model: z.string().min(1).describe('What the server calls the model.'),
        keyVariable: z.string().min(1).optional().describe('The environment variable that holds the key.'),
      })
      .optional()
      .describe('A model that judges answers too. Its verdict stands beside that of the rule. None unless given.'),
    batch: batch(64),
  });

  const merge = z.strictObject({
    id: stepId,
    hybrid: meaning('hybrid', 'A hybrid of this file.'),
    output,
    shardSize: count.optional().describe("Megabytes of weights per file. The skeleton's own files where not given."),
  });

  const frozen = z
    .union([
      meaning('frozen', 'A region (early, mid, late), a part, or a range of decoder layers such as 4-8.'),
      z
        .strictObject({
          part: z.enum(parts).optional().describe('vision, projector, embeddings, languageModel or head.'),
          layers: z
            .union([z.array(z.int().min(0)).min(1), z.string().regex(/^\d+(-\d+)?$/, 'a layer or a range such as 4-8')])
            .optional()
            .describe('Layers of the part (of the language model where none is named).'),
          component: z.enum(components).optional().describe('attention, mlp or norm.'),
          name: z.string().min(1).optional().describe('A pattern of tensor names: * stands for anything.'),
        })
        .describe('Tensors for which all of this holds.'),
    ])
    .describe('What keeps its weights. A selector that matches nothing is an error.');
  const train = z.strictObject({
    id: stepId,
    from: checkpoint,
    method: z
      .enum(['sft', 'grpo'])
      .describe('sft: supervised fine-tuning; grpo: reinforcement learning, group by group.'),
    freeze: z.array(frozen).default([]).describe('What keeps its weights.'),
    dataset: dataset('Questions with their answers'),
    category,
    steps: count.describe('Batches of items, with an update of the weights each; of grpo see ppoEpochs.'),
    seed: z.int().min(0).default(0).describe('One seed, one result.'),
    learningRate: z.number().positive().default(1e-5).describe('Constant. Small models want 1e-4 to 1e-3.'),
    warmup: z.int().min(0).default(0).describe('Steps in which the learning rate rises from 0.'),
    weightDecay: z.number().min(0).default(0).describe('Of AdamW, decoupled; never of what is frozen.'),
    maxGradientNorm: z.number().positive().optional().describe('Larger gradients are scaled down to it.'),
    batch: count.default(1).describe('Items per update.'),
    prompt,
    rule,
    groupSize: z.int().min(2).default(8).describe('grpo: answers per item.'),
    temperature: z.number().positive().default(1).describe('grpo: of the answers.'),
    maxNewTokens: newTokens(64),
    variant: z
      .enum(grpoVariants)
      .optional()
      .describe(
        'grpo: grpo, where it is not given; dr-grpo, without the deviation of a group and the length of an answer; or ' +
          'gspo, whose ratio is that of whole answers (clip it at some 0.0003).',
      ),
    ppoEpochs: count
      .optional()
      .describe('grpo: updates from each batch of answers; with one, where it is not given, nothing is clipped.'),
    clip: z.number().positive().default(0.2).describe('grpo: how far a probability may move in an update.'),
    kl: z.number().min(0).default(0).describe('grpo: weight of the divergence from the start (the k3 estimate).'),
    saveEvery: count.default(20).describe('Steps between states that a run can be resumed from.'),
    output,
  });

  const steps = { swap, ablate, attention, compare, evaluate, merge, train };
  const step = z
    .strictObject(
      Object.fromEntries(
        stepKinds.map((kind) => [kind, steps[kind].optional().describe(stepDescriptions[kind])]),
      ) as unknown as { [K in StepKind]: z.ZodOptional<(typeof steps)[K]> },
    )
    .refine((value) => Object.keys(value).length === 1, `a step has one key, its kind: ${stepKinds.join(', ')}`)
    .meta({ minProperties: 1, maxProperties: 1 });

  const regions = z
    .union([
      z.enum(['thirds', 'paper', '8-12-8']),
      z.tuple([z.int().min(1), z.int().min(1)]),
      z.strictObject({ early: range, mid: range, late: range }),
    ])
    .default('thirds')
    .describe(
      'How decoder layers fall into Early, Mid and Late: thirds, paper or 8-12-8 (28 layers), two cuts, or ranges.',
    );

  const donor = (of: string) => meaning('checkpoint', `A checkpoint of this file: donor of ${of}.`);
  const partDonors = {
    vision: donor('the vision tower').optional(),
    projector: donor('the projector').optional(),
    embeddings: donor('the embeddings').optional(),
    head: donor('the head').optional(),
  } satisfies Record<Exclude<Part, 'languageModel'>, unknown>;
  const layerRange = z.string().regex(/^\d+(-\d+)?$/, 'a layer or a range such as 4-8');
  const layerDonors = z
    .union([
      donor('these layers'),
      z.strictObject({
        attention: donor('their attention').optional(),
        mlp: donor('their MLPs').optional(),
        norm: donor('their norms').optional(),
      }),
    ])
    .describe('A donor of the whole layers, or of their attention, MLPs or norms alone.');
  const gradient = z.union([z.number(), z.boolean(), z.array(z.number()).min(1)]);
  const filtered = z.strictObject({ filter: z.string().optional(), value: gradient });
  const setting = z
    .union([gradient, filtered, z.array(filtered).min(1)])
    .describe('A value, a gradient over the layers, or values by a part of the tensor’s name.');
  const computed = z
    .strictObject({
      method: z.string().min(1).describe('How weights are computed: linear, slerp, ties, … (README, Merge methods).'),
      base: donor('what the others are compared with').optional(),
      models: z
        .array(z.object({ model: donor('weights') }).catchall(setting))
        .min(1)
        .describe('What is merged, each with its parameters.'),
      parameters: z.record(z.string(), setting).optional().describe('Parameters of the whole merge.'),
      seed: z.int().min(0).optional().describe('Of methods that drop entries at random. 0 where not given.'),
    })
    .describe('A merge that is computed: a method, a base and models with their parameters.');
  const hybrid = z
    .union([
      computed,
      z
        .tuple([donor('Early and all parts beside the layers'), donor('Mid'), donor('Late')])
        .describe('Donors of Early, Mid and Late; every other part comes from the first.'),
      z.strictObject({
        skeleton: donor('all that is not named'),
        layers: z
          .record(layerRange, layerDonors)
          .optional()
          .describe('Donors of decoder layers: a layer or a half-open range such as "4-8", and a checkpoint.'),
        visionLayers: z
          .record(layerRange, layerDonors)
          .optional()
          .describe('Donors of layers of the vision tower, like "layers".'),
        ...partDonors,
      }),
    ])
    .describe(
      'Three donors, of Early, Mid and Late; or a mapping with the skeleton and whatever comes from elsewhere.',
    );

  const folder = meaning('checkpointFolder', 'Folder of a Hugging Face checkpoint, relative to this file or absolute.');
  const role = z
    .enum(roles)
    .optional()
    .describe('Place in the chain base → in → rl. Read off the name where it is one.');
  const checkpointEntry = z
    .union([folder, z.strictObject({ path: folder, role })])
    .describe('The folder of a Hugging Face checkpoint, or {path, role}.');

  const experiment = z
    .strictObject({
      version: z.literal(1).describe('Version of this format.'),
      checkpoints: z
        .record(name, checkpointEntry)
        .describe('Name: folder of a Hugging Face checkpoint with safetensors.'),
      regions,
      hybrids: z
        .record(name, hybrid)
        .default({})
        .describe('Virtual checkpoints: usable wherever a checkpoint name is.'),
      steps: z.array(step).default([]).describe('What to do, in order.'),
    })
    .describe('A Frankenstein experiment: checkpoints taken apart step by step.');
  return { steps, step, regions, hybrid, experiment };
}

export type Schemas = ReturnType<typeof buildSchemas>;
/** The schema of an experiment file and those of its pieces; `steps` says what each kind of step takes. */
export const schemas = once(buildSchemas);

export type StepOptions<K extends StepKind> = z.infer<Schemas['steps'][K]>;
/** One step of an experiment file: its kind is its only key. */
export type Step = z.infer<Schemas['step']>;
export type RegionSpec = z.infer<Schemas['regions']>;
export type HybridSpec = z.infer<Schemas['hybrid']>;
export type ExperimentContent = z.infer<Schemas['experiment']>;
export type SwapOptions = StepOptions<'swap'>;
export type AblateOptions = StepOptions<'ablate'>;
export type AttentionOptions = StepOptions<'attention'>;
export type EvaluateOptions = StepOptions<'evaluate'>;
export type CompareOptions = StepOptions<'compare'>;
export type TrainOptions = StepOptions<'train'>;
export type MergeOptions = StepOptions<'merge'>;

/** The JSON schema that editors use. */
export function experimentJsonSchema(): object {
  return {
    ...z.toJSONSchema(schemas().experiment, { io: 'input', target: 'draft-7' }),
    title: 'Frankenstein experiment',
  };
}
