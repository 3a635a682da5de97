import { comparisonColumns, type EvaluateFacts, type EvaluateSummary } from '../../shared/evaluateResults';
import { settings } from '../../shared/vocabulary';
import { readEvaluateFacts, readEvaluateRows } from '../evaluate/evaluateFacts';
import { summariseEvaluate } from '../evaluate/evaluateSummary';
import { verdicts, type ItemScores } from '../evaluate/verdicts';
import type { ReportRun } from '../experiment/report/reportRun';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const answerColumns = [
  'checkpoint',
  'ability',
  'setting',
  'id',
  'sample',
  'text',
  'extracted',
  'correct',
  'truncated',
  'judgeCorrect',
  'judgeFailed',
] as const;
const accuracyColumns = settings.map((setting) => `${setting}Accuracy` as const);
const scoreColumns = [
  'ability',
  'checkpoint',
  'n',
  'value',
  'low',
  'high',
  ...accuracyColumns,
  'judged',
  'judgedCorrect',
  'judgeAgrees',
  'floorEmpty',
  'floorConstant',
  'floorConstantAnswer',
] as const;

/**
 * An evaluate run as tables: its answers, its scores with their intervals, its comparisons (b less a), and every item
 * with what each checkpoint scores on it. Null when the folder does not say an evaluation.
 */
export function evaluateTables({ id: run, manifest, rows, state }: ReportRun): ExportedFile[] | null {
  const facts = readEvaluateFacts(manifest.facts);
  if (!facts) return null;
  const own = readEvaluateRows(rows).filter(({ ability }) => Object.hasOwn(facts.abilities, ability));
  const summary = summariseEvaluate(facts, own, state === 'finished');
  const answers = own.map(({ judge, ...row }) => ({
    ...row,
    ...(judge && ('correct' in judge ? { judgeCorrect: judge.correct } : { judgeFailed: judge.failed })),
  }));
  const comparisons = summary.comparisons.map(({ transitions, ...comparison }) => ({ ...comparison, ...transitions }));
  return [
    { name: `${run}.csv`, content: csvTable(answerColumns, answers) },
    { name: `${run}.scores.csv`, content: csvTable(scoreColumns, scoreLines(facts, summary)) },
    { name: `${run}.comparisons.csv`, content: csvTable(comparisonColumns, comparisons) },
    {
      name: `${run}.items.csv`,
      content: csvTable(['ability', 'id', ...facts.checkpoints], itemLines(facts, verdicts(facts, own))),
    },
  ];
}

/** One per ability and checkpoint that has answers. */
export function scoreLines(facts: EvaluateFacts, { abilities }: EvaluateSummary) {
  return Object.entries(abilities).flatMap(([ability, scores]) => {
    const floor = facts.abilities[ability]!.floor;
    const floors = {
      floorEmpty: floor?.empty,
      floorConstant: floor?.constant,
      floorConstantAnswer: floor?.constantAnswer,
    };
    return facts.checkpoints.flatMap((checkpoint) => {
      const score = scores[checkpoint];
      if (!score || score.n === 0) return [];
      const { n, value, low, high, judge } = score;
      const accuracies = settings.map((setting) => [`${setting}Accuracy`, score.settings[setting]?.value] as const);
      return [
        {
          ...{ ability, checkpoint, n, value, low, high },
          ...(Object.fromEntries(accuracies) as Record<(typeof accuracyColumns)[number], number | undefined>),
          ...{ judged: judge?.n, judgedCorrect: judge?.correct, judgeAgrees: judge?.agrees },
          ...floors,
        },
      ];
    });
  });
}

/** The share of an item's samples that are right: 0 or 1 where there is one. Empty where answers are missing. */
function itemLines(facts: EvaluateFacts, scores: ReadonlyMap<string, ReadonlyMap<string, ItemScores>>) {
  return Object.entries(facts.abilities).flatMap(([ability, { items }]) =>
    items.map((id) => {
      const cells = facts.checkpoints.map((name) => [name, scores.get(ability)!.get(name)!.get(id)] as const);
      return { ...Object.fromEntries(cells), ability, id };
    }),
  );
}
