import type { AbilityComparison, EvaluateSummary } from '../../shared/evaluateResults';
import { percent } from '../../shared/format';
import { abilityTitles, type Ability } from '../../shared/vocabulary';
import { alignColumns } from './alignColumns';

export type NamedEvaluateSummary = EvaluateSummary & { readonly step: string };

/** A line per checkpoint and a column per ability, what a guess would score, then the differences that stand out. */
export function evaluateTable({ step, abilities, floors, comparisons, trends, leftOut }: NamedEvaluateSummary): string {
  const names = Object.keys(abilities);
  const checkpoints = Object.keys(abilities[names[0]!] ?? {});
  const share = (ability: string, checkpoint: string) => {
    const { n, value, low, high } = abilities[ability]![checkpoint]!;
    return n === 0 ? '–' : `${percent(value)} [${percent(low)}, ${percent(high)}]`;
  };
  const counts = (ability: string) => {
    const n = Object.values(abilities[ability]!).map((score) => score.n);
    const [least, most] = [Math.min(...n), Math.max(...n)];
    return `${titleOf(ability)} (n ${least === most ? least : `${least}–${most}`})`;
  };
  const guess = names.map((ability) => {
    const floor = floors[ability];
    return floor ? `${percent(floor.constant)} ("${floor.constantAnswer}")` : '–';
  });
  const table = alignColumns([
    ['checkpoint', ...names.map(counts)],
    ...checkpoints.map((checkpoint) => [checkpoint, ...names.map((ability) => share(ability, checkpoint))]),
    ['best constant answer', ...guess],
  ]);
  const significant = comparisons.filter(({ pAdjusted }) => pAdjusted < 0.05).map(comparisonLine);
  const lines = [
    ...trends.map(({ ability, chain, values, probability }) => {
      const steps = values.map((value) => percent(value)).join(', ');
      return `${titleOf(ability)} over ${chain.join(' → ')}: ${steps}; it rises in ${percent(probability)} of resamples`;
    }),
    `${significant.length} of ${comparisons.length} differences hold after Holm's correction`,
    ...significant,
    ...Object.entries(leftOut).flatMap(([ability, out]) =>
      out.length === 0 ? [] : [`${titleOf(ability)}: ${out.length} items are left out (summary.json says why)`],
    ),
  ];
  return `\n${step}: abilities, 95 % intervals\n${table}\n${lines.join('\n')}\n\n`;
}

function comparisonLine({ ability, a, b, difference, low, high, pAdjusted }: AbilityComparison): string {
  const points = (value: number) => (100 * value).toFixed(1);
  const p = pAdjusted < 0.001 ? 'p < 0.001' : `p ${pAdjusted.toFixed(3)}`;
  return `  ${titleOf(ability)}, ${b} − ${a}: ${points(difference)} points [${points(low)}, ${points(high)}], ${p}`;
}

function titleOf(ability: string): string {
  return Object.hasOwn(abilityTitles, ability) ? abilityTitles[ability as Ability] : ability;
}
