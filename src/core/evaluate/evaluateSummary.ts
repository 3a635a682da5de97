/** From the rows of an evaluate run to abilities, comparisons and trends. Pure; also of rows that are not complete. */
import type {
  AbilityScore,
  EvaluateFacts,
  EvaluateRow,
  EvaluateSummary,
  LeftOut,
  Share,
} from '../../shared/evaluateResults';
import { groupBy } from '../../shared/groupBy';
import type { Setting } from '../../shared/vocabulary';
import { bootstrapMean } from '../statistics/bootstrap';
import { wilsonInterval } from '../statistics/wilson';
import { compareScores, trendOf } from './compareScores';
import { verdicts, type ItemScores } from './verdicts';

/**
 * @param complete false while it runs: then an item without answers is not done yet rather than unreadable
 */
export function summariseEvaluate(
  facts: EvaluateFacts,
  rows: readonly EvaluateRow[],
  complete: boolean,
): EvaluateSummary {
  const scores = verdicts(facts, rows);
  const cells = groupBy(rows, ({ ability, checkpoint }) => cellOf(ability, checkpoint));
  const abilities = Object.fromEntries(
    [...scores].map(([ability, own]) => [
      ability,
      Object.fromEntries(
        [...own].map(([checkpoint, items]) => {
          const answers = cells.get(cellOf(ability, checkpoint)) ?? [];
          return [checkpoint, scoreOf(items, answers, facts.abilities[ability]!.settings, facts.samples)];
        }),
      ),
    ]),
  );
  const entries = Object.entries(facts.abilities);
  return {
    abilities,
    comparisons: compareScores(scores, facts.samples),
    trends: [...scores].flatMap(([ability, own]) => trendOf(ability, facts.chain, own) ?? []),
    floors: Object.fromEntries(entries.map(([ability, { floor }]) => [ability, floor])),
    leftOut: Object.fromEntries(
      entries.map(([ability, own]) => {
        const missing = complete ? withoutAnswers(own.items, scores.get(ability)!) : [];
        return [ability, [...own.leftOut, ...missing]];
      }),
    ),
    truncated: Object.fromEntries(
      facts.checkpoints.map((name) => {
        return [name, rows.filter(({ checkpoint, truncated }) => checkpoint === name && truncated).length];
      }),
    ),
  };
}

function cellOf(ability: string, checkpoint: string): string {
  return `${ability}\n${checkpoint}`;
}

function scoreOf(
  items: ItemScores,
  answers: readonly EvaluateRow[],
  settings: readonly Setting[],
  samples: number,
): AbilityScore {
  const bySetting = groupBy(answers, ({ setting }) => setting);
  const accuracy = (setting: Setting): Share => {
    const byItem = groupBy(bySetting.get(setting) ?? [], ({ id }) => id);
    const whole = [...byItem.values()].filter(({ length }) => length === samples);
    return shareOf(
      whole.map((own) => own.filter(({ correct }) => correct).length / samples),
      samples,
    );
  };
  return {
    ...shareOf([...items.values()], samples),
    settings: Object.fromEntries(settings.map((setting) => [setting, accuracy(setting)])),
    ...judged(answers),
  };
}

/** Of single answers Wilson's interval; of several samples one that is clustered by item. */
function shareOf(scores: readonly number[], samples: number): Share {
  const n = scores.length;
  if (n === 0) return { n, value: 0, low: 0, high: 1 };
  if (samples > 1) {
    const { mean, low, high } = bootstrapMean(scores);
    return { n, value: mean, low, high };
  }
  const right = scores.filter((score) => score === 1).length;
  return { n, value: right / n, ...wilsonInterval(right, n) };
}

function judged(answers: readonly EvaluateRow[]): Pick<AbilityScore, 'judge'> {
  const asked = answers.filter(({ judge }) => judge);
  if (asked.length === 0) return {};
  const heard = asked.flatMap(({ judge, correct }) =>
    judge && 'correct' in judge ? [{ judge: judge.correct, rule: correct }] : [],
  );
  return {
    judge: {
      n: heard.length,
      correct: heard.filter(({ judge }) => judge).length,
      agrees: heard.filter(({ judge, rule }) => judge === rule).length,
      failed: asked.length - heard.length,
    },
  };
}

function withoutAnswers(items: readonly string[], scores: ReadonlyMap<string, ItemScores>): LeftOut[] {
  return items.flatMap((id) => {
    const without = [...scores].filter(([, own]) => !own.has(id)).map(([checkpoint]) => checkpoint);
    return without.length === 0
      ? []
      : [{ id, problem: `not every answer of ${without.join(', ')} is there: log.txt says why` }];
  });
}
