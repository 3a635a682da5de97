/** The tables of an evaluation's report. */
import type { AbilityComparison, EvaluateFacts, EvaluateSummary, Share } from '../../../shared/evaluateResults';
import { percent } from '../../../shared/format';
import { settings } from '../../../shared/vocabulary';
import { abilityTitle, settingTitles } from './evaluateWords';
import { html, type Html } from './html';
import { htmlTable } from './htmlTable';
import { points, pointsInterval, pText, shareInterval, significance } from './statisticsText';

/** Longer tables of comparisons open on demand. */
const openRows = 12;

/** Model × ability: value, interval, n, and accuracy in each setting. */
export function scoreTables({ abilities: known }: EvaluateFacts, { abilities }: EvaluateSummary): Html[] {
  return Object.entries(abilities).map(([ability, scores]) => {
    const asked = settings.filter((setting) => known[ability]!.settings.includes(setting));
    const shown = asked.length > 1 ? asked : [];
    const rows = Object.entries(scores).map(([name, score]) => [
      name,
      ...(score.n === 0 ? ['–', '–'] : [percent(score.value), shareInterval(score)]),
      score.n,
      ...shown.map((setting) => shareText(score.settings[setting])),
    ]);
    const floor = known[ability]!.floor;
    const floors: (string | number)[][] = floor
      ? [
          ['an empty answer', percent(floor.empty), '', '', ...shown.map(() => '')],
          [`always “${floor.constantAnswer}”`, percent(floor.constant), '', '', ...shown.map(() => '')],
        ]
      : [];
    const heads = ['model', 'score', '95 % interval', 'n', ...shown.map((setting) => settingTitles[setting])];
    return htmlTable(abilityTitle(ability), heads, [...rows, ...floors]);
  });
}

function shareText(share: Share | undefined): string {
  return share && share.n > 0 ? percent(share.value) : '–';
}

/** What judge models say beside the rule; nothing where none was asked. */
export function judgeTable({ abilities }: EvaluateSummary): Html {
  const rows = Object.entries(abilities).flatMap(([ability, scores]) =>
    Object.entries(scores).flatMap(([name, { judge }]) =>
      judge
        ? [[`${abilityTitle(ability)}, ${name}`, judge.n, judge.correct, judge.agrees, judge.failed].map(String)]
        : [],
    ),
  );
  const heads = ['', 'answers judged', 'right by the judge', 'agrees with the rule', 'judge failed'];
  return htmlTable('The judge model, beside the rule that scores', heads, rows);
}

/** Every pair of models. @param samples answers per item, which decides the test */
export function comparisonTable(comparisons: readonly AbilityComparison[], samples: number): Html {
  const rows = comparisons.map((one) => [
    `${abilityTitle(one.ability)}: ${one.b} − ${one.a}`,
    `${points(one.difference)}${one.pAdjusted < significance ? ' *' : ''}`,
    pointsInterval(one),
    one.n,
    pText(one.pValue),
    pText(one.pAdjusted),
    one.detectable === null ? 'none' : (100 * one.detectable).toFixed(1),
    ...[one.transitions.TT, one.transitions.TF, one.transitions.FT, one.transitions.FF],
  ]);
  if (rows.length === 0) return html``;
  const test = samples === 1 ? 'exact McNemar' : 'sign-flip';
  const table = htmlTable(
    `Differences in points, item by item; p of the ${test} test, Holm over all rows; * is adjusted p < ${significance}`,
    ['', 'difference', '95 % interval', 'n', 'p', 'p (Holm)', 'detectable', 'both', 'lost', 'gained', 'neither'],
    rows,
  );
  return html`<details${{ html: rows.length > openRows ? '' : ' open' }}>
    <summary>Comparisons: ${rows.length}</summary>
    ${table}
    <p class="soft">
      Detectable: the smallest difference, in points, that n items could have shown at p &lt; 0.05 before Holm’s
      correction. Both, lost, gained, neither: items right by both models, by the first alone, by the second alone, by
      none.
    </p>
  </details>`;
}
