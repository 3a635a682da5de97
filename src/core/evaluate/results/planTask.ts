import type { EvaluateFactsOfAbility, LeftOut } from '../../../shared/evaluateResults';
import type { EvaluateOptions } from '../../experiment/schema';
import type { StepContext } from '../../experiment/step';
import { selectRows } from '../datasets/selectRows';
import { countedAnswers } from './countedAnswers';
import type { LogEntry } from './logFormat';
import { goldOf, matchItems, type MatchedItem } from './matchItems';
import { verdictMetrics } from './metrics';
import type { NamedLog } from './nameTasks';

/** The grader's time is limited per call. */
const goldsPerCall = 500;

/** A task whose answers are read from logs. */
export interface PlannedTask {
  readonly task: string;
  readonly items: readonly MatchedItem[];
  /** By which an answer is right or wrong; null: by the rule. */
  readonly metric: string | null;
  /** That could be it. */
  readonly metrics: readonly string[];
  /** Of the logs; one of them counts. */
  readonly filters: readonly string[];
  readonly facts: EvaluateFactsOfAbility;
}

/** What is said of the plan goes to the run's log: which filter and metric count, and what is left out. */
export async function planTask(
  task: string,
  logs: readonly NamedLog[],
  { limit, seed, rule, metric: wantedMetric, filter: wantedFilter }: EvaluateOptions,
  { grader, log }: StepContext,
): Promise<PlannedTask> {
  const { filter, filters, replaced, models } = countedAnswers(logs, wantedFilter);
  const metrics = verdictMetrics([...models.values()]);
  const metric = metrics.find((name) => name === wantedMetric) ?? metrics[0] ?? null;
  const { items: matched, leftOut: unmatched, byIdAlone } = matchItems(models);
  const chosen = selectRows(matched.length, { limit, seed }).map((at) => matched[at]!);
  const { items, leftOut: unjudged } = await judgeable(chosen, metric, grader);
  const lines = logs.flatMap(({ model, log: { problems } }) =>
    problems.map(({ id, problem }) => ({ id: `${model}: ${id}`, problem })),
  );
  const leftOut: LeftOut[] = [...lines, ...unmatched, ...unjudged];

  const tools = [...new Set(logs.map(({ log: { tool } }) => tool))].join(', ');
  const judges = items.some(({ answers }) => [...answers.values()].some(({ judged }) => judged !== null));
  const byJudge = judges ? ', of what a judge found in the text where one did' : '';
  const which = filter === null ? '' : `, filter "${filter}"`;
  log.info(
    `${task} (${tools}${which}): ` +
      (metric === null
        ? `no metric says of every model whether its answers are right: the rule ${rule} does${byJudge}`
        : `an answer is right where "${metric}" is at least 0.5`),
  );
  const entries = items.flatMap(({ answers }) => [...answers.values()]);
  const unjudgedAnswers = entries.filter((entry) => !hasVerdict(entry, metric)).length;
  if (metric !== null && unjudgedAnswers > 0) {
    log.warn(`${task}: ${unjudgedAnswers} answers have no "${metric}": the rule ${rule} says whether they are right`);
  }
  if (replaced > 0) log.warn(`${task}: ${replaced} lines have the id of a later one, which counts`);
  for (const model of byIdAlone) {
    log.warn(`${task}: the items of ${model} have other hashes than those before: they are matched by id alone`);
  }
  for (const { id, problem } of leftOut) log.warn(`${task}: ${id} is left out: ${problem}`);
  for (const model of models.keys()) {
    const missing = items.filter(({ answers }) => !answers.has(model)).length;
    if (missing > 0) log.warn(`${task}: the log of ${model} has no answer to ${missing} of ${items.length} items`);
  }
  const facts: EvaluateFactsOfAbility = {
    // With the task: what several tasks have in one folder is kept apart.
    dataset: [...new Set(logs.map(({ log: { given } }) => given)), task].join(', '),
    settings: [entries.some(({ setting }) => setting === 'image') ? 'image' : 'text'],
    items: items.map(({ id }) => id),
    leftOut,
    floor: null,
  };
  return { task, items, metric, metrics, filters, facts };
}

export function hasVerdict({ metrics }: LogEntry, metric: string | null): boolean {
  return metric !== null && metrics.has(metric);
}

/** Items without a verdict need a right answer that the grader can compare with. */
async function judgeable(items: readonly MatchedItem[], metric: string | null, grader: StepContext['grader']) {
  const unjudged = items.filter(({ answers }) => [...answers.values()].some((entry) => !hasVerdict(entry, metric)));
  const known = unjudged.filter((item) => goldOf(item) !== null);
  const problems = new Map<MatchedItem, string | null>(
    unjudged.map((item) => [item, 'the log says neither whether answers to it are right nor what is right']),
  );
  for (let from = 0; from < known.length; from += goldsPerCall) {
    const some = known.slice(from, from + goldsPerCall);
    const found = await grader.problems(some.map((item) => goldOf(item)!));
    some.forEach((item, i) => problems.set(item, found[i]!));
  }
  return {
    items: items.filter((item) => !problems.get(item)),
    leftOut: [...problems].flatMap(([{ id }, problem]): LeftOut[] => (problem ? [{ id, problem }] : [])),
  };
}
