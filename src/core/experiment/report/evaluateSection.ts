import type { EvaluateFacts, EvaluateSummary } from '../../../shared/evaluateResults';
import { readEvaluateFacts, readEvaluateRows } from '../../evaluate/evaluateFacts';
import { summariseEvaluate } from '../../evaluate/evaluateSummary';
import { comparisonTable, judgeTable, scoreTables } from './evaluateTables';
import { abilityRule, abilityTitle, trendSentence } from './evaluateWords';
import { exampleItems } from './exampleItems';
import { html, type Html } from './html';
import { hybridTable } from './hybridTable';
import { leftOutList } from './leftOutList';
import { roleOf, type ReportRun } from './reportRun';
import { scoreCharts } from './scoreChart';

/** What an evaluation found: scores, who is better than whom, and what did not count. Null when the folder does not say one. */
export function evaluateSection(run: ReportRun): Html | null {
  const { manifest, rows, state } = run;
  const facts = readEvaluateFacts(manifest.facts);
  if (!facts) return null;
  const own = readEvaluateRows(rows).filter(({ ability }) => Object.hasOwn(facts.abilities, ability));
  const summary = summariseEvaluate(facts, own, state === 'finished');
  const names = facts.checkpoints;
  const groups = Object.entries(summary.abilities).map(([ability, scores]) => ({
    title: abilityTitle(ability),
    scores: names.map((name) => (scores[name] && scores[name].n > 0 ? scores[name] : null)),
    floor: facts.abilities[ability]!.floor,
  }));
  const [a, b] = [nameOf(run, facts, 'in') ?? names[0]!, nameOf(run, facts, 'rl') ?? names.at(-1)!];
  return html`<p>${describe(facts)}</p>
    ${summary.trends.map((trend) => html`<p>${trendSentence(trend)}</p>`)}
    <figure>
      ${scoreCharts(names, groups)}
      <figcaption>
        Scores with 95 % intervals${interval(facts)}; dotted: the better of an empty and the best constant answer.
      </figcaption>
    </figure>
    <div class="flow">${scoreTables(facts, summary)}</div>
    ${hybridTable(summary, names, (name) => roleOf(run, name))}${comparisonTable(summary.comparisons, facts.samples)}
    ${judgeTable(summary)}${notCounted(summary)}${a === b ? html`` : exampleItems(facts, own, a, b)}`;
}

function nameOf(run: ReportRun, { checkpoints }: EvaluateFacts, role: 'in' | 'rl'): string | undefined {
  return checkpoints.find((name) => roleOf(run, name) === role);
}

function describe({ checkpoints, abilities, samples }: EvaluateFacts): string {
  const rules = Object.entries(abilities).map(([ability, { items, settings }]) => {
    return `${abilityTitle(ability)}: ${abilityRule(settings)} (${items.length} items)`;
  });
  const several = samples > 1 ? ` ${samples} sampled answers per question; a score is their mean.` : '';
  return `Models: ${checkpoints.join(', ')}. ${rules.join('; ')}.${several}`;
}

function interval({ samples }: EvaluateFacts): string {
  return samples > 1 ? ' (bootstrap over items)' : ' (Wilson)';
}

/** Items that are not in n, and answers that were cut. */
function notCounted({ leftOut, truncated }: EvaluateSummary): Html {
  const cut = Object.entries(truncated).filter(([, count]) => count > 0);
  const sentence = cut.map(([name, count]) => `${name} ${count}`).join(', ');
  return html`${cut.length === 0 ? html`` : html`<p>Answers that reached their limit without ending: ${sentence}.</p>`}
  ${Object.entries(leftOut).map(([ability, items]) => leftOutList(items, abilityTitle(ability)))}`;
}
