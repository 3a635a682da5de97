/** What a report says of an evaluation in words. */
import type { AbilityTrend } from '../../../shared/evaluateResults';
import { abilityTitles, type Setting } from '../../../shared/vocabulary';
import { trendMove } from '../../../shared/trendMove';

/** An ability as a heading; a task of others keeps its name. */
export function abilityTitle(ability: string): string {
  return Object.hasOwn(abilityTitles, ability) ? abilityTitles[ability as keyof typeof abilityTitles] : ability;
}

export const settingTitles: Readonly<Record<Setting, string>> = {
  image: 'with image',
  black: 'with black image',
  description: 'with description',
  text: 'with text alone',
};

/** What counts as right, by the settings that an ability is made of (arXiv 2602.12395, equations 4–6). */
export function abilityRule(settings: readonly Setting[]): string {
  return settings
    .map((setting) => `${setting === 'black' ? 'wrong' : 'right'} ${settingTitles[setting]}`)
    .join(' and ');
}

/** "Vision falls along base → in → rl (57.0 → 51.0 → 45.0 %); in 1 % of resamples of the items it never falls." */
export function trendSentence({ ability, chain, values, rises, probability }: AbilityTrend): string {
  const move = trendMove(values, rises);
  const moves = move === 'stays' ? 'stays the same' : move;
  const numbers = values.map((value) => (100 * value).toFixed(1)).join(' → ');
  const often = `in ${Math.round(100 * probability)} % of resamples of the items it never falls`;
  return `${abilityTitle(ability)} ${moves} along ${chain.join(' → ')} (${numbers} %); ${often}.`;
}
