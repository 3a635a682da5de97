/** Scores and comparisons as tables for other programs. No DOM. */
import { csv } from '../../src/shared/csv';
import { comparisonColumns } from '../../src/shared/evaluateResults';
import type { AbilitiesState } from '../../src/shared/protocol/abilities';
import { settings } from '../../src/shared/vocabulary';

/** One line per ability and checkpoint, in full precision, accuracies in each setting beside the score. */
export function scoresCsv({ summary, checkpoints }: AbilitiesState): string {
  const lines = Object.entries(summary.abilities).flatMap(([ability, scores]) =>
    checkpoints.flatMap(({ name }) => {
      const score = scores[name];
      if (!score || score.n === 0) return [];
      const { n, value, low, high, judge } = score;
      const accuracies = settings.map((setting) => score.settings[setting]?.value);
      return [[ability, name, n, value, low, high, ...accuracies, judge?.n, judge?.correct, judge?.agrees]];
    }),
  );
  const columns = [
    'ability',
    'checkpoint',
    'n',
    'value',
    'low',
    'high',
    ...settings.map((setting) => `${setting}Accuracy`),
  ];
  return csv([...columns, 'judged', 'judgedCorrect', 'judgeAgrees'], lines);
}

/** One line per comparison of the run: b less a. */
export function comparisonsCsv({ summary: { comparisons } }: AbilitiesState): string {
  const lines = comparisons.map(({ transitions, ...comparison }) => {
    const cells = { ...comparison, ...transitions };
    return comparisonColumns.map((column) => cells[column]);
  });
  return csv(comparisonColumns, lines);
}
