/** The `evaluate` step: every item in every setting of its ability, by every checkpoint; one row per answer. */
import { InputError } from '../../shared/errors';
import type { EvaluateFacts, EvaluateRow } from '../../shared/evaluateResults';
import { inPieces } from '../../shared/inPieces';
import type { EvaluateOptions } from '../experiment/schema';
import type { StepContext, StepPlan } from '../experiment/step';
import { chainOf, stepSidecars } from '../experiment/stepSidecars';
import { tokensPerRun } from '../model/generate';
import { patchesOf } from '../model/imageProcessor';
import { batchAdvice, decoderBytes, isFloat32, mappedBytes, visionBytes } from '../model/memory';
import type { OpenModel } from '../model/openModel';
import { namedRandom } from '../statistics/namedRandom';
import { planAbilities, type PlannedAbility } from './abilityPlan';
import { answerBatch, type Answer } from './answerBatch';
import type { DatasetItem } from './dataset';
import { describerOf } from './describe';
import { summariseEvaluate } from './evaluateSummary';
import { Judge } from './judge';
import { Questions, type Question } from './questions';
import { planLogs } from './results/planLogs';

/** Items that one checkpoint is asked at once. */
interface Batch {
  readonly checkpoint: string;
  readonly planned: PlannedAbility;
  readonly items: readonly DatasetItem[];
}

/** @throws InputError when checkpoints, data sets or logs are not what the step says */
export async function planEvaluate(options: EvaluateOptions, context: StepContext): Promise<StepPlan> {
  const { checkpoints, samples, batch: atOnce, maxNewTokens, prompt, rule, temperature, limit, seed } = options;
  if (options.logs) return planLogs(options, context);
  if (options.metric !== undefined || options.filter !== undefined) {
    throw new InputError(`"metric" and "filter" of the step "${options.id}" are about logs`, 'Leave them out.');
  }
  if (!checkpoints) {
    throw new InputError(`the step "${options.id}" names no checkpoints`, 'Give it "checkpoints", or "logs" to read.');
  }
  const opened = new Map<string, OpenModel>();
  for (const name of checkpoints) opened.set(name, await context.openModel(name));
  const [first] = opened.values();
  const sidecars = await stepSidecars(context.experiment, checkpoints, context.log);
  const describer = options.descriptions ? await describerOf(options.descriptions, options, context) : null;
  const planned = await planAbilities(options, context, first!.images, describer);
  const judge = options.judge ? await Judge.of(options.judge, context) : null;

  const facts: EvaluateFacts = {
    checkpoints,
    chain: chainOf(context.experiment).flatMap(({ name }) => (checkpoints.includes(name) ? [name] : [])),
    abilities: Object.fromEntries(planned.map(({ ability, facts: own }) => [ability, own])),
    samples,
  };
  const batches = checkpoints.flatMap((checkpoint) =>
    planned.flatMap((own) =>
      inPieces(own.items, Math.max(1, Math.floor(atOnce / (own.settings.length * samples)))).map((items): Batch => ({
        checkpoint,
        planned: own,
        items,
      })),
    ),
  );
  const asked = new Map<string, Questions>();
  const questionsOf = (checkpoint: string, { imageFolder }: PlannedAbility) => {
    const key = `${checkpoint}\n${imageFolder}`;
    const known = asked.get(key) ?? new Questions(opened.get(checkpoint)!, prompt, imageFolder);
    asked.set(key, known);
    return known;
  };
  const data = planned.flatMap(({ files }) => files).map((path) => ({ path, kind: 'data' as const }));
  return {
    version: 1,
    options: {
      checkpoints,
      ...Object.fromEntries(planned.map(({ ability }) => [ability, options[ability]])),
      ...{ limit, maxNewTokens, prompt, rule, samples, batch: atOnce },
      ...(options.categories ? { categories: options.categories } : {}),
      ...(samples > 1 ? { temperature } : {}),
      ...(options.descriptions ? { descriptions: options.descriptions } : {}),
      ...(options.judge ? { judge: options.judge } : {}),
      ...(seed === undefined ? {} : { seed }),
    },
    inputs: [...[...opened.values()].flatMap(({ inputs }) => inputs), ...data],
    unit: 'answers',
    batches: batches.map((batch) => {
      const keys = questionsIn(batch).flatMap((question) => keysOf(batch, question, samples));
      return { units: keys.length, keys };
    }),
    facts: { ...facts },
    items: planned.map(({ facts: { dataset }, items }) => ({ dataset, items })),
    sidecars,
    memory: estimateMemory(planned, [...opened.values()], options),
    runBatch: async (index, signal) => {
      const batch = batches[index]!;
      const { checkpoint, planned: own } = batch;
      const questions = questionsIn(batch);
      const random = ({ item, setting }: Question, sample: number) =>
        namedRandom(seed ?? 0, [checkpoint, own.ability, item.id, setting, sample].join('\n'));
      const settings = { maxNewTokens, samples, temperature, random };
      const ask = questionsOf(checkpoint, own);
      const answers = await answerBatch(opened.get(checkpoint)!, ask, questions, settings, signal);
      const rows = await gradeBatch(batch, questions, answers, options, context);
      return judge ? judge.judge(rows, own.items, signal) : rows;
    },
    summarise: (rows) => ({ ...summariseEvaluate(facts, rows as readonly EvaluateRow[], true) }),
  };
}

function questionsIn({ items, planned: { settings } }: Batch): Question[] {
  return items.flatMap((item) => settings.map((setting) => ({ item, setting })));
}

function keysOf({ checkpoint, planned: { ability } }: Batch, { item, setting }: Question, samples: number): string[] {
  const key = [checkpoint, ability, item.id, setting].join('/');
  return samples === 1 ? [key] : Array.from({ length: samples }, (_, sample) => `${key}/${sample}`);
}

/** An item that could not be asked in one of its settings has no rows: what is left of it would count for nothing. */
async function gradeBatch(
  batch: Batch,
  questions: readonly Question[],
  answers: readonly (readonly Answer[] | InputError)[],
  { rule, samples }: EvaluateOptions,
  { grader, log }: StepContext,
): Promise<EvaluateRow[]> {
  const { checkpoint, planned } = batch;
  const broken = new Map<string, InputError>();
  answers.forEach((answer, i) => {
    if (answer instanceof InputError) broken.set(questions[i]!.item.id, answer);
  });
  for (const [id, { message }] of broken) log.warn(`${planned.ability}/${id} is left out: ${message}`);
  const given = answers.flatMap((own, i) => {
    const question = questions[i]!;
    if (own instanceof InputError || broken.has(question.item.id)) return [];
    const keys = keysOf(batch, question, samples);
    return own.map((answer, sample) => ({ ...question, ...answer, sample, key: keys[sample]! }));
  });
  const grades = await grader.grade(given.map(({ item: gold, text }) => ({ gold, text, rule })));
  return given.map(({ key, item, setting, sample, text, truncated }, i) => ({
    key,
    checkpoint,
    ability: planned.ability,
    setting,
    id: item.id,
    ...(samples > 1 ? { sample } : {}),
    text,
    ...grades[i]!,
    ...(truncated ? { truncated } : {}),
  }));
}

/** Text tokens of a prompt that the estimate reckons with, beside those of its words. */
const templateTokens = 64;

function estimateMemory(
  planned: readonly PlannedAbility[],
  opened: readonly OpenModel[],
  { batch, maxNewTokens }: EvaluateOptions,
) {
  const longest = Math.max(
    ...planned.flatMap(({ items }) =>
      items.map(({ question, description, choices }) => [question, description, ...choices].join('').length / 2),
    ),
  );
  const needs = opened.map(({ model: { parts }, preprocessor }) => {
    const { text, vision, weights } = parts;
    const float32 = isFloat32(weights);
    const patches = Math.max(0, ...planned.flatMap(({ sizes }) => sizes.map((size) => patchesOf(size, preprocessor))));
    const tokens = templateTokens + longest + patches / vision.spatialMergeSize ** 2;
    const working = (rows: number) => {
      const load = {
        rows,
        tokens: Math.min(tokens, tokensPerRun),
        prefixes: 0,
        prefixTokens: 0,
        pastTokens: tokens + maxNewTokens,
      };
      return visionBytes(vision, patches, float32) + decoderBytes(text, load, float32);
    };
    return { mapped: mappedBytes(weights), working };
  });
  const working = (rows: number) => Math.max(...needs.map((need) => need.working(rows)));
  return {
    mapped: Math.max(...needs.map(({ mapped }) => mapped)),
    working: working(batch),
    advice: batchAdvice(working(1), 'answer'),
    batch: { now: batch, working },
  };
}
