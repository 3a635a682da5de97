/** Checkpoints against each other, item by item. Pure. */
import type { AbilityComparison, AbilityTrend, Transitions } from '../../shared/evaluateResults';
import { groupBy } from '../../shared/groupBy';
import { forEachResample, resamples } from '../statistics/bootstrap';
import { bootstrapMeans } from '../statistics/bootstrapMeans';
import { detectableDifference } from '../statistics/detectable';
import { holmAdjusted } from '../statistics/holm';
import { mcnemarExact } from '../statistics/mcnemar';
import { signFlipTest } from '../statistics/signFlip';
import type { Interval } from '../statistics/wilson';
import type { ItemScores } from './verdicts';

/**
 * Every pair of checkpoints in every ability, the later less the earlier, with Holm's correction over all of them.
 * Pairs without common items are left out.
 * @param scores per ability and checkpoint, checkpoints in the order of the step
 * @param samples answers per item: with more than one, scores are shares and the exact test does not apply
 */
export function compareScores(
  scores: ReadonlyMap<string, ReadonlyMap<string, ItemScores>>,
  samples: number,
): AbilityComparison[] {
  const found = [...scores].flatMap(([ability, own]) =>
    comparePairs(own, samples).map((comparison) => ({ ability, ...comparison })),
  );
  const pAdjusted = holmAdjusted(found.map(({ pValue }) => pValue));
  return found.map((comparison, i) => ({ ...comparison, pAdjusted: pAdjusted[i]! }));
}

/** Pairs with the same common items are resampled together: their intervals belong together, and cost little. */
function comparePairs(own: ReadonlyMap<string, ItemScores>, samples: number) {
  const checkpoints = [...own.keys()];
  const pairs = checkpoints.flatMap((a, i) =>
    checkpoints.slice(i + 1).flatMap((b) => {
      const common = [...own.get(a)!.keys()].filter((id) => own.get(b)!.has(id));
      return common.length === 0 ? [] : [{ a, b, common, key: JSON.stringify(common) }];
    }),
  );
  const intervals = new Map<(typeof pairs)[number], Interval & { readonly mean: number }>();
  for (const group of groupBy(pairs, ({ key }) => key).values()) {
    const items = group[0]!.common.map((id) => group.map(({ a, b }) => own.get(b)!.get(id)! - own.get(a)!.get(id)!));
    bootstrapMeans(items).forEach((interval, i) => intervals.set(group[i]!, interval));
  }
  return pairs.map((pair) => {
    const { a, b, common } = pair;
    const transitions = transitionsOf(own.get(a)!, own.get(b)!, common);
    const { mean, low, high } = intervals.get(pair)!;
    const differences = () => common.map((id) => own.get(b)!.get(id)! - own.get(a)!.get(id)!);
    return {
      a,
      b,
      n: common.length,
      difference: mean,
      low,
      high,
      pValue: samples === 1 ? mcnemarExact(transitions.TF, transitions.FT) : signFlipTest(differences()),
      detectable: detectableDifference(common.length),
      transitions,
    };
  });
}

/** An item counts as right where more than half of its samples are. */
export function isRight(score: number): boolean {
  return score > 0.5;
}

function transitionsOf(a: ItemScores, b: ItemScores, ids: readonly string[]): Transitions {
  const counts = { TT: 0, TF: 0, FT: 0, FF: 0 };
  for (const id of ids) counts[transition(a.get(id)!, b.get(id)!)]++;
  return counts;
}

/** In which cell of the table of transitions from a to b an item falls. */
export function transition(a: number, b: number): keyof Transitions {
  return isRight(a) ? (isRight(b) ? 'TT' : 'TF') : isRight(b) ? 'FT' : 'FF';
}

/**
 * Whether an ability rises along a chain, on the items that all of it have: how often it does when the items are drawn
 * anew. Null for a chain of fewer than two, and without items.
 */
export function trendOf(
  ability: string,
  chain: readonly string[],
  scores: ReadonlyMap<string, ItemScores>,
): AbilityTrend | null {
  const [first, ...others] = chain.map((name) => scores.get(name) ?? (new Map() as ItemScores));
  if (!first || others.length === 0) return null;
  const ids = [...first.keys()].filter((id) => others.every((other) => other.has(id)));
  if (ids.length === 0) return null;
  const columns = [first, ...others].map((each) => Float64Array.from(ids, (id) => each.get(id)!));
  const sums = (indices: Iterable<number>) => {
    const result = columns.map(() => 0);
    for (const index of indices) columns.forEach((column, c) => (result[c]! += column[index]!));
    return result;
  };
  let rising = 0;
  forEachResample(ids.length, (indices) => {
    if (rises(sums(indices))) rising++;
  });
  const own = sums(ids.keys());
  return {
    ability,
    chain,
    values: own.map((sum) => sum / ids.length),
    rises: rises(own),
    probability: rising / resamples,
  };
}

function rises(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= values[i - 1]!);
}
