/** Which of the numbers that a log has for an answer says whether it is right. */
import { isFields, type LogEntry } from './logFormat';

/**
 * Metrics that say it, the first of them that a log has counts. A name may also end so (`mmmu_acc`), and what follows a
 * comma is the filter (`exact_match,none`). A metric of another name counts only where all its values are 0 or 1.
 */
export const metricOrder = [
  'math_verify',
  'exact_match',
  'acc',
  'accuracy',
  'hit',
  'correct',
  'is_correct',
  'true_false',
  'gpt_eval_score',
  'llm_as_judge_eval',
  'score',
] as const;

/** Fields of a metric that is a mapping. */
const verdictFields = ['true_false', 'correct', 'is_correct', 'hit', 'exact_match', 'acc', 'accuracy', 'score'];

/** A metric's value as a number, true as 1; null where it says nothing of the kind. */
export function metricValue(value: unknown): number | null {
  if (isFields(value)) {
    const own = verdictFields.map((field) => scalar(value[field]));
    return own.find((each) => each !== null) ?? null;
  }
  return scalar(value);
}

function scalar(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  if (/^(true|false)$/i.test(value)) return Number(value.toLowerCase() === 'true');
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
}

/** Whether a metric's value is that of a right answer. */
export function isRightBy(value: number): boolean {
  return value >= 0.5;
}

/**
 * The metrics by which answers to one task may be right or wrong: those that every model's log has, with values from 0 to
 * 1, in the order of {@link metricOrder}.
 */
export function verdictMetrics(models: readonly (readonly LogEntry[])[]): string[] {
  const [first, ...others] = models.map(valuesByMetric);
  if (!first) return [];
  const names = [...first.keys()].filter((name) => others.every((other) => other.has(name)));
  const kept = names.flatMap((name) => {
    const values = [first, ...others].flatMap((own) => own.get(name)!);
    const place = placeOf(name);
    const limits = place < Infinity ? (value: number) => value >= 0 && value <= 1 : isBinary;
    return values.every(limits) ? [{ name, place }] : [];
  });
  return kept.sort((a, b) => (a.place === b.place ? 0 : a.place - b.place)).map(({ name }) => name);
}

function isBinary(value: number): boolean {
  return value === 0 || value === 1;
}

function valuesByMetric(entries: Iterable<LogEntry>): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { metrics } of entries) {
    for (const [name, value] of metrics) {
      const known = found.get(name);
      if (known) known.push(value);
      else found.set(name, [value]);
    }
  }
  return found;
}

/** Names that are a known one come before those that end in one. */
function placeOf(name: string): number {
  const [bare = ''] = name.toLowerCase().split(',');
  const exact = metricOrder.findIndex((known) => known === bare);
  if (exact >= 0) return exact;
  const ending = metricOrder.findIndex((known) => bare.endsWith(`_${known}`));
  return ending >= 0 ? metricOrder.length + ending : Infinity;
}
