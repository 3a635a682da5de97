import type { AbilityComparison, AbilityScore, EvaluateSummary } from '../../../shared/evaluateResults';
import { placeInChain, type Role } from '../../../shared/vocabulary';
import { abilityTitle } from './evaluateWords';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import { points, pointsInterval, significance } from './statisticsText';

/**
 * Models against IN, as table 2 of arXiv 2602.12395 has them, with intervals: Base, IN, the others, RL. Nothing where
 * there is no IN, or nothing but the chain.
 */
export function hybridTable(
  { abilities, comparisons }: EvaluateSummary,
  names: readonly string[],
  roleOf: (name: string) => Role | null,
): Html {
  const base = names.find((name) => roleOf(name) === 'in');
  const others = names.filter((name) => roleOf(name) === null);
  if (base === undefined || others.length === 0) return html``;
  const chain = names
    .filter((name) => roleOf(name) !== null)
    .sort((a, b) => placeInChain(roleOf(a)) - placeInChain(roleOf(b)));
  const ordered = [
    ...chain.filter((name) => roleOf(name) !== 'rl'),
    ...others,
    ...chain.filter((name) => roleOf(name) === 'rl'),
  ];
  const rows = ordered.map((name) => [
    name,
    ...Object.entries(abilities).flatMap(([ability, scores]) => [
      scoreText(scores[name]),
      name === base ? '' : differenceText(comparisons, ability, base, name),
    ]),
  ]);
  const heads = Object.keys(abilities).flatMap((ability) => [abilityTitle(ability), `vs ${base}`]);
  return htmlTable(
    `Hybrids against ${base}, %: difference in points with its 95 % interval; * is adjusted p < ${significance}`,
    ['model', ...heads],
    rows,
  );
}

function scoreText(score: AbilityScore | undefined): string {
  return score && score.n > 0 ? (100 * score.value).toFixed(1) : '–';
}

/** A run compares the later checkpoint of its list with the earlier one; here it is always the model less IN. */
function differenceText(
  comparisons: readonly AbilityComparison[],
  ability: string,
  base: string,
  name: string,
): string {
  for (const { ability: own, a, b, difference, low, high, pAdjusted } of comparisons) {
    if (own !== ability) continue;
    const mark = pAdjusted < significance ? ' *' : '';
    if (a === base && b === name) return `${points(difference)} [${pointsInterval({ low, high })}]${mark}`;
    if (a === name && b === base)
      return `${points(-difference)} [${pointsInterval({ low: -high, high: -low })}]${mark}`;
  }
  return '–';
}
