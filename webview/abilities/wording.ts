/** The words in which the panel speaks. No DOM. */
import { percent } from '../../src/shared/format';
import type { AbilityComparison, AbilityScore, AbilityTrend, Floor } from '../../src/shared/evaluateResults';
import type { RunStanding } from '../../src/shared/protocol/run';
import { abilityTitles, type Setting } from '../../src/shared/vocabulary';
import { interval, pValue, signedPoints } from '../kit/rates';
import type { ScoreOf } from './scores';
import type { Pairing } from './view';
import { trendMove } from '../../src/shared/trendMove';

/** An ability as a heading; a task of others keeps its name. */
export function abilityTitle(ability: string): string {
  return Object.hasOwn(abilityTitles, ability) ? abilityTitles[ability as keyof typeof abilityTitles] : ability;
}

/** What counts as having an ability. */
const meanings: Readonly<Record<keyof typeof abilityTitles, string>> = {
  vision: 'right with the image and wrong with a black one',
  visionToReasoning: 'right with the image and right with its description',
  reasoning: 'right without any image',
};

/** Null of others' tasks: their results say what is right. */
export function abilityMeaning(ability: string): string | null {
  return Object.hasOwn(meanings, ability) ? meanings[ability as keyof typeof meanings] : null;
}

export const settingTitles: Readonly<Record<Setting, string>> = {
  image: 'With image',
  black: 'With black image',
  description: 'With description',
  text: 'Text alone',
};

export function pairingTitles(reference: string): Readonly<Record<Pairing, string>> {
  return {
    chain: `The chain, and others against ${reference}`,
    reference: `All against ${reference}`,
    all: 'All pairs',
  };
}

/** The better of the answers that know nothing. */
export function floorShare({ empty, constant }: Floor): number {
  return Math.max(empty, constant);
}

/** "An empty answer scores 0.0 %, the best constant answer ("Yes") 21.0 %." */
export function floorSentence({ empty, constant, constantAnswer }: Floor): string {
  return `An empty answer scores ${percent(empty)}, the best constant answer (“${constantAnswer}”) ${percent(constant)}.`;
}

/** "57.0 % [47.2, 66.3], n = 100" */
export function scoreText({ value, low, high, n }: Pick<AbilityScore, 'value' | 'low' | 'high' | 'n'>): string {
  return `${percent(value)} [${interval(low, high)}], n = ${n}`;
}

/** What is said of a bar, a line each. */
export function scoreNotes({ score, difference }: ScoreOf, floor: Floor | null): string[] {
  if (!score) return ['No answers yet'];
  const settings = Object.entries(score.settings) as [Setting, AbilityScore][];
  const { judge } = score;
  return [
    scoreText(score),
    ...(settings.length > 1
      ? settings.map(([setting, share]) => `${settingTitles[setting]}: ${percent(share.value)}`)
      : []),
    ...(difference
      ? [`vs ${difference.a}: ${differenceText(difference)}, adjusted ${pValue(difference.pAdjusted)}`]
      : []),
    ...(judge
      ? [`The judge says ${judge.correct} of ${judge.n} answers are right and agrees with the rule on ${judge.agrees}`]
      : []),
    ...(floor ? [floorSentence(floor)] : []),
  ];
}

/** "−6.0 [−13.0, +1.0] points" */
export function differenceText({
  difference,
  low,
  high,
}: Pick<AbilityComparison, 'difference' | 'low' | 'high'>): string {
  return `${signedPoints(difference)} [${signedPoints(low)}, ${signedPoints(high)}] points`;
}

/** "falls 57.0 → 51.0 → 45.0 %; rises monotonically in 1 % of resamples of the items" */
export function trendSentence({ chain, values, rises, probability }: AbilityTrend): string {
  const moves = trendMove(values, rises);
  const numbers = values.map((value) => (100 * value).toFixed(1)).join(' → ');
  return `${moves} ${numbers} % along ${chain.join(' → ')}; rises monotonically in ${shareOfResamples(probability)} of resamples of the items.`;
}

function shareOfResamples(probability: number): string {
  const rounded = Math.round(100 * probability);
  if (rounded === 0 && probability > 0) return 'less than 1 %';
  if (rounded === 100 && probability < 1) return 'more than 99 %';
  return `${rounded} %`;
}

/** What the panel says while there is nothing to show; null when the run needs no word. */
export function emptySentence({ state }: Pick<RunStanding, 'state'>): string {
  switch (state) {
    case null:
      return 'Nothing has been computed yet. Press Run: scores appear as items are answered.';
    case 'queued':
      return 'The run waits for the one before it.';
    case 'preparing':
      return 'The checkpoints and data sets are being opened.';
    case 'running':
      return 'The first answers are on their way.';
    case 'interrupted':
    case 'cancelled':
      return 'The run ended before its first item was answered. Run it again.';
    case 'failed':
      return 'The run failed before its first item was answered. Mend what is said above and run it again.';
    case 'finished':
      return 'The run is finished, but no item was answered in all its settings: see log.txt in the run folder.';
  }
}
