/**
 * An `evaluate` step whose answers others' tools have: per-sample logs of lmms-eval, lm-evaluation-harness and VLMEvalKit
 * become the rows of the run. Each task stands where an ability does.
 */
import { InputError } from '../../../shared/errors';
import type { EvaluateFacts, EvaluateRow, LeftOut } from '../../../shared/evaluateResults';
import { inPieces } from '../../../shared/inPieces';
import { roles, abilities as abilityNames } from '../../../shared/vocabulary';
import { chainOf } from '../../experiment/stepSidecars';
import { resolvePath } from '../../experiment/experiment';
import type { EvaluateOptions } from '../../experiment/schema';
import type { StepContext, StepPlan } from '../../experiment/step';
import type { DatasetItem } from '../dataset';
import { summariseEvaluate } from '../evaluateSummary';
import { knownLogs, type LogEntry } from './logFormat';
import { goldOf, type MatchedItem } from './matchItems';
import { isRightBy } from './metrics';
import { nameTasks, readModels } from './nameTasks';
import { hasVerdict, planTask, type PlannedTask } from './planTask';

/** Answers of one model to one task. */
interface Batch {
  readonly model: string;
  readonly planned: PlannedTask;
  readonly answers: readonly Answer[];
}

interface Answer {
  /** The log may call it otherwise. */
  readonly item: MatchedItem;
  readonly entry: LogEntry;
}

const answersPerBatch = 500;
/** The grader's time is limited per call. */
const gradesPerCall = 50;
/** What a log does not take: it is about answers that are still to be had. */
const forAnswering = ['checkpoints', 'descriptions', 'judge', 'categories', ...abilityNames] as const;

/** @throws InputError when a log cannot be read, or no answer can be used */
export async function planLogs(options: EvaluateOptions, context: StepContext): Promise<StepPlan> {
  const { logs = {}, limit, seed, rule, metric, filter } = options;
  const surplus = forAnswering.find((field) => options[field] !== undefined);
  if (surplus) {
    throw new InputError(
      `the step "${options.id}" has both "logs" and "${surplus}"`,
      `Read logs in a step of its own, without "${surplus}".`,
    );
  }
  const models = Object.keys(logs);
  if (models.length === 0)
    throw new InputError(`"logs" of the step "${options.id}" is empty`, 'Name a model and its log.');
  const read = await readModels(logs, (given) => resolvePath(context.experiment, given), context);
  const planned: PlannedTask[] = [];
  const leftOut: LeftOut[] = [];
  for (const [task, own] of nameTasks(read)) {
    const found = await planTask(task, own, options, context);
    leftOut.push(...found.facts.leftOut);
    if (found.items.length > 0) planned.push(found);
    else context.log.warn(`${task} is left out: none of its answers can be used`);
    const missing = models.filter((model) => !own.some((each) => each.model === model));
    if (missing.length > 0) context.log.warn(`${task}: ${missing.join(', ')} without a log of it`);
  }
  if (planned.length === 0) {
    const [{ id, problem }] = leftOut as [LeftOut];
    const file = read[0]!.log.file;
    throw new InputError(`none of the answers can be used: ${id}: ${problem}`, `Look at ${file}. ${knownLogs}`);
  }
  checkWanted('metric', metric, planned);
  checkWanted('filter', filter, planned);
  const facts: EvaluateFacts = {
    checkpoints: models,
    chain: chainIn(models, context),
    abilities: Object.fromEntries(planned.map(({ task, facts: own }) => [task, own])),
    samples: 1,
  };
  const batches = planned.flatMap((own) => models.flatMap((model) => cut(model, own)));
  const size = read.reduce(
    (sum, { log: { entries } }) => sum + entries.reduce((own, { text }) => own + text.length, 0),
    0,
  );
  return {
    version: 1,
    options: {
      ...{ logs, rule },
      ...(metric === undefined ? {} : { metric }),
      ...(filter === undefined ? {} : { filter }),
      ...(limit === undefined ? {} : { limit }),
      ...(seed === undefined ? {} : { seed }),
    },
    inputs: [...new Set(read.map(({ log: { file } }) => file))].map((path) => ({ path, kind: 'data' as const })),
    unit: 'answers',
    batches: batches.map((batch) => ({
      units: batch.answers.length,
      keys: batch.answers.map((each) => keyOf(batch, each)),
    })),
    facts: { ...facts },
    items: planned.map(({ facts: { dataset }, items }) => ({ dataset, items: items.map(asItem) })),
    memory: { mapped: 0, working: 2 * size, advice: 'Read fewer logs at once.' },
    runBatch: (index) => rowsOf(batches[index]!, options, context),
    summarise: (rows) => ({ ...summariseEvaluate(facts, rows as readonly EvaluateRow[], true) }),
  };
}

/** What the logs say of an item, for those who look at the answers. */
function asItem(item: MatchedItem): DatasetItem {
  const { id, answers } = item;
  const question = [...answers.values()].find((entry) => entry.question !== null)?.question ?? '';
  const gold = goldOf(item) ?? { answer: '', choices: [], answerType: null, unit: null, precision: null };
  return { ...gold, id, question, image: null, description: null, reasoning: null, category: null };
}

/** @throws InputError when a metric or filter is asked for that no task has */
function checkWanted(what: 'metric' | 'filter', wanted: string | undefined, planned: readonly PlannedTask[]): void {
  const known = [...new Set(planned.flatMap(({ metrics, filters }) => (what === 'metric' ? metrics : filters)))];
  if (wanted === undefined || known.includes(wanted)) return;
  throw new InputError(
    `no task has the ${what} "${wanted}" in the logs of all its models`,
    known.length === 0 ? `Leave "${what}" out.` : `There are ${known.slice(0, 10).join(', ')}.`,
  );
}

/** Models that are a checkpoint of the experiment have its role, others that of their name. */
function chainIn(models: readonly string[], { experiment }: StepContext): string[] {
  const known = chainOf(experiment).flatMap(({ name }) => (models.includes(name) ? [name] : []));
  return known.length > 0 ? known : roles.filter((role) => models.includes(role));
}

function cut(model: string, planned: PlannedTask): Batch[] {
  const answers = planned.items.flatMap((item): Answer[] => {
    const entry = item.answers.get(model);
    return entry ? [{ item, entry }] : [];
  });
  return inPieces(answers, answersPerBatch).map((some) => ({ model, planned, answers: some }));
}

function keyOf({ model, planned: { task, facts } }: Batch, { item }: Answer): string {
  return [model, task, item.id, facts.settings[0]].join('/');
}

async function rowsOf(batch: Batch, { rule }: EvaluateOptions, { grader }: StepContext): Promise<EvaluateRow[]> {
  const { model, planned } = batch;
  const { metric, facts } = planned;
  const unjudged = batch.answers.filter(({ entry }) => !hasVerdict(entry, metric));
  const grades = new Map<Answer, { extracted: string | null; correct: boolean }>();
  for (let from = 0; from < unjudged.length; from += gradesPerCall) {
    const some = unjudged.slice(from, from + gradesPerCall);
    const requests = some.map(({ item, entry }) => ({ gold: goldOf(item)!, text: entry.judged ?? entry.text, rule }));
    (await grader.grade(requests)).forEach((grade, i) => grades.set(some[i]!, grade));
  }
  return batch.answers.map((answer): EvaluateRow => {
    const { item, entry } = answer;
    const grade = grades.get(answer) ?? { extracted: null, correct: isRightBy(entry.metrics.get(metric!)!) };
    return {
      key: keyOf(batch, answer),
      checkpoint: model,
      ability: planned.task,
      setting: facts.settings[0]!,
      id: item.id,
      text: entry.text,
      extracted: entry.extracted ?? grade.extracted,
      correct: grade.correct,
    };
  });
}
