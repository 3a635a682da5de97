import type {
  AttentionDifference,
  AttentionFacts,
  AttentionPoint,
  AttentionRow,
  AttentionSummary,
} from '../../shared/attentionResults';
import type { LeftOut } from '../../shared/evaluateResults';
import { bootstrapMeans } from '../statistics/bootstrapMeans';
import { holmAdjusted } from '../statistics/holm';
import { signFlipTests } from '../statistics/signFlips';

/** What is averaged over items. */
interface Measures {
  readonly mass: number;
  readonly perToken: number;
  readonly withoutSinks: number;
  readonly sink: number;
}

/** Per item its measures, layer after layer. */
type Items = ReadonlyMap<string, readonly Measures[]>;

/**
 * Curves of an attention run and their differences. Of an item that has rows of some layers only nothing counts: the
 * others are still to come.
 * @param complete false while it runs: then an item without rows is not done yet rather than left out
 */
export function summariseAttention(
  facts: AttentionFacts,
  rows: readonly AttentionRow[],
  complete: boolean,
): AttentionSummary {
  const items = new Map(facts.checkpoints.map((name) => [name, itemsOf(name, facts, rows)] as const));
  const curves = [...items].map(([name, own]) => [name, { layers: curve(facts.layers, own) }] as const);
  const pairs = facts.checkpoints.flatMap((a, i) => facts.checkpoints.slice(i + 1).map((b) => ({ a, b })));
  const differences = pairs.map(({ a, b }) => ({
    a,
    b,
    layers: differenceCurve(facts.layers, items.get(a)!, items.get(b)!),
  }));
  const [first, last] = [facts.checkpoints[0], facts.checkpoints.at(-1)];
  return {
    checkpoints: Object.fromEntries(curves),
    difference: differences.find(({ a, b }) => a === first && b === last)?.layers ?? [],
    differences,
    leftOut: [...facts.leftOut, ...(complete ? withoutRows(facts, items) : [])],
  };
}

function itemsOf(checkpoint: string, { layers }: AttentionFacts, rows: readonly AttentionRow[]): Items {
  const placeOf = new Map(layers.map((layer, place) => [layer, place]));
  const found = new Map<string, Measures[]>();
  for (const row of rows) {
    const place = placeOf.get(row.layer);
    if (row.checkpoint !== checkpoint || place === undefined) continue;
    let own = found.get(row.id);
    if (!own) found.set(row.id, (own = []));
    own[place] = measuresOf(row);
  }
  const isWhole = (own: readonly Measures[]) => layers.every((_, place) => own[place] !== undefined);
  return new Map([...found].filter(([, own]) => isWhole(own)));
}

function measuresOf({ mass, perToken, sink, imageSink }: AttentionRow): Measures {
  const onNoSink = 1 - sink - imageSink;
  return { mass, perToken, sink, withoutSinks: onNoSink > 0 ? (mass - imageSink) / onNoSink : 0 };
}

function curve(layers: readonly number[], items: Items): AttentionPoint[] {
  const all = [...items.values()];
  const intervals = intervalsOf(all);
  return all.length === 0
    ? []
    : layers.map((layer, place) => {
        const sink = all.reduce((sum, own) => sum + own[place]!.sink, 0) / all.length;
        return { layer, n: all.length, ...intervals[place]!, sink };
      });
}

/** b less a, of the items that both have. */
function differenceCurve(layers: readonly number[], a: Items, b: Items): AttentionDifference[] {
  const paired = [...a].flatMap(([id, ofA]) => {
    const ofB = b.get(id);
    return ofB ? [ofA.map((measures, place) => less(ofB[place]!, measures))] : [];
  });
  if (paired.length === 0) return [];
  const intervals = intervalsOf(paired);
  const pValues = signFlipTests(paired.map((own) => own.map(({ mass }) => mass)));
  const adjusted = holmAdjusted(pValues);
  return layers.map((layer, place) => ({
    layer,
    n: paired.length,
    ...intervals[place]!,
    pValue: pValues[place]!,
    pAdjusted: adjusted[place]!,
  }));
}

function less(b: Measures, a: Measures): Measures {
  return {
    mass: b.mass - a.mass,
    perToken: b.perToken - a.perToken,
    withoutSinks: b.withoutSinks - a.withoutSinks,
    sink: b.sink - a.sink,
  };
}

/** Means and bootstrap intervals over items, per layer. */
function intervalsOf(items: readonly (readonly Measures[])[]) {
  const values = items.map((own) => own.flatMap(({ mass, perToken, withoutSinks }) => [mass, perToken, withoutSinks]));
  const all = bootstrapMeans(values);
  return Array.from({ length: all.length / 3 }, (_, place) => {
    const [mass, perToken, withoutSinks] = all.slice(3 * place, 3 * place + 3) as [
      (typeof all)[0],
      (typeof all)[0],
      (typeof all)[0],
    ];
    return {
      mass: mass.mean,
      low: mass.low,
      high: mass.high,
      perToken: perToken.mean,
      perTokenLow: perToken.low,
      perTokenHigh: perToken.high,
      withoutSinks: withoutSinks.mean,
      withoutSinksLow: withoutSinks.low,
      withoutSinksHigh: withoutSinks.high,
    };
  });
}

/** Rows cannot say why they are not there: the run's log can. */
function withoutRows({ checkpoints, items, span }: AttentionFacts, found: ReadonlyMap<string, Items>): LeftOut[] {
  const text = span === 'generated' ? 'its answer is empty' : `its answer has nothing inside <${span}>`;
  return checkpoints.flatMap((name) =>
    items
      .filter((id) => !found.get(name)!.has(id))
      .map((id) => ({ id, problem: `${name}: ${text}, or its image cannot be read; log.txt says which` })),
  );
}
