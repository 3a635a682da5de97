import type { EvaluateFacts, EvaluateRow } from '../../../shared/evaluateResults';
import { transition } from '../../evaluate/compareScores';
import { verdicts } from '../../evaluate/verdicts';
import { abilityTitle, settingTitles } from './evaluateWords';
import { html, type Html } from './html';

/** Per ability. */
const mostItems = 5;
/** Characters of an answer that are shown. */
const longestAnswer = 600;

/**
 * A few items that a has wrong and b right, with the answers of both, as text: questions and images are not in the run
 * folder. Nothing where there are none.
 */
export function exampleItems(facts: EvaluateFacts, rows: readonly EvaluateRow[], a: string, b: string): Html {
  const found = [...verdicts(facts, rows)].flatMap(([ability, scores]) => {
    const [ofA, ofB] = [scores.get(a), scores.get(b)];
    const gained = facts.abilities[ability]!.items.filter((id) => {
      const [before, after] = [ofA?.get(id), ofB?.get(id)];
      return before !== undefined && after !== undefined && transition(before, after) === 'FT';
    });
    return gained.slice(0, mostItems).map((id) => ({ ability, id }));
  });
  if (found.length === 0) return html``;
  return html`<details>
    <summary>Examples that ${a} has wrong and ${b} right: ${found.length}</summary>
    ${found.map(
      ({ ability, id }) =>
        html`<h4>${abilityTitle(ability)}, <code>${id}</code></h4>
          <dl>
            ${rows
              .filter((row) => row.ability === ability && row.id === id && [a, b].includes(row.checkpoint))
              .filter(({ sample = 0 }) => sample === 0)
              .map(answer)}
          </dl>`,
    )}
  </details>`;
}

function answer({ checkpoint, setting, text, extracted, correct }: EvaluateRow): Html {
  const shown = text.length > longestAnswer ? `${text.slice(0, longestAnswer)} …` : text;
  return html`<dt>
      ${checkpoint}, ${settingTitles[setting]}: ${extracted ?? 'no answer found'}, ${correct ? 'right' : 'wrong'}
    </dt>
    <dd>${shown.trim() === '' ? '(empty)' : shown}</dd>`;
}
