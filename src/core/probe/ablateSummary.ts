import type {
  AblateAccuracy,
  AblateFacts,
  AblateLayer,
  AblateRow,
  AblateSummary,
  AblatedPart,
  LikelihoodChange,
} from '../../shared/ablateResults';
import { bootstrapMean } from '../statistics/bootstrap';
import { holmAdjusted } from '../statistics/holm';
import { mcnemarExact } from '../statistics/mcnemar';
import { pairedDifference, type PairedCounts } from '../statistics/pairedDifference';
import { wilsonInterval } from '../statistics/wilson';

/**
 * Accuracy and likelihood with each layer made identity, against those of the whole model on the same items.
 * @param complete false while it runs: then an item without rows is not done yet rather than unreadable
 */
export function summariseAblate(facts: AblateFacts, rows: readonly AblateRow[], complete: boolean): AblateSummary {
  const byLayer = groupRows(rows);
  const baseline = byLayer.get(placeOf(null, null)) ?? [];
  const untouched = new Map(baseline.map((row) => [row.id, row]));
  const layers = facts.layers.map(({ part, layer }) => {
    const own = byLayer.get(placeOf(part, layer)) ?? [];
    return { part, layer, ...compare(own, untouched), likelihood: likelihoodChange(own, untouched) };
  });
  const adjusted = holmAdjusted(layers.map(({ pValue }) => pValue));
  return {
    checkpoint: facts.checkpoint,
    baseline: accuracy(baseline),
    layers: layers.map((layer, i) => ({ ...layer, pAdjusted: adjusted[i]! })),
    leftOut: [...facts.leftOut, ...(complete ? withoutRows(facts, untouched) : [])],
    truncated: rows.filter(({ truncated }) => truncated).length,
  };
}

/** One pass, since a panel summarises again and again while a run grows. */
function groupRows(rows: readonly AblateRow[]): Map<string, AblateRow[]> {
  const groups = new Map<string, AblateRow[]>();
  for (const row of rows) {
    const place = placeOf(row.part, row.layer);
    const group = groups.get(place);
    if (group) group.push(row);
    else groups.set(place, [row]);
  }
  return groups;
}

function placeOf(part: AblatedPart | null, layer: number | null): string {
  return `${part ?? ''}/${layer ?? ''}`;
}

function withoutRows({ items }: AblateFacts, untouched: ReadonlyMap<string, AblateRow>): AblateSummary['leftOut'] {
  return items.filter((id) => !untouched.has(id)).map((id) => ({ id, problem: 'its image could not be read' }));
}

function accuracy(rows: readonly AblateRow[]): AblateAccuracy {
  const n = rows.filter((row) => row.correct !== null).length;
  const correct = rows.filter((row) => row.correct).length;
  return { n, correct, rate: n === 0 ? 0 : correct / n, ...wilsonInterval(correct, n) };
}

function compare(
  rows: readonly AblateRow[],
  untouched: ReadonlyMap<string, AblateRow>,
): AblateAccuracy & Pick<AblateLayer, 'pValue' | 'difference'> {
  const counts = { both: 0, onlyA: 0, onlyB: 0, neither: 0 } satisfies PairedCounts;
  for (const { id, correct } of rows) {
    const before = untouched.get(id)?.correct ?? null;
    if (correct === null || before === null) continue;
    counts[correct ? (before ? 'both' : 'onlyA') : before ? 'onlyB' : 'neither']++;
  }
  const { difference: value, low, high } = pairedDifference(counts);
  return {
    ...accuracy(rows),
    pValue: mcnemarExact(counts.onlyA, counts.onlyB),
    difference: { value, low, high },
  };
}

function likelihoodChange(
  rows: readonly AblateRow[],
  untouched: ReadonlyMap<string, AblateRow>,
): LikelihoodChange | null {
  const changes = rows.flatMap(({ id, logLikelihood }) => {
    const before = untouched.get(id)?.logLikelihood ?? null;
    return logLikelihood === null || before === null ? [] : [logLikelihood - before];
  });
  return changes.length === 0 ? null : { n: changes.length, ...bootstrapMean(changes) };
}
