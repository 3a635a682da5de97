import type { SwapPoint } from '../../shared/swapResults';
import type { SwapMode } from '../../shared/vocabulary';
import { wilsonInterval } from '../statistics/wilson';
import type { SwapVariant } from './swapLayers';

/** A line of a swap run's rows.jsonl. */
export interface SwapRow {
  readonly key: string;
  readonly function: string;
  readonly id: string;
  /** null: the untouched target image; "source": the source image. */
  readonly layer: SwapVariant;
  readonly text: string;
  /** Differs from the untouched answer. */
  readonly changed: boolean;
  /** Agrees with the source image's truth. */
  readonly adopted: boolean;
}

/** What a swap run was asked to do, as its manifest says it: enough to summarise its rows without planning again. */
export interface SwapFacts {
  readonly checkpoint: string;
  readonly mode: SwapMode;
  readonly window: number;
  readonly layers: readonly number[];
  /** For each function the planned pairs, and those left out because their images have different grids. */
  readonly functions: Readonly<
    Record<string, { readonly pairs: readonly string[]; readonly tokens: readonly string[] }>
  >;
}

export interface SwapSummary {
  readonly checkpoint: string;
  readonly mode: SwapMode;
  readonly functions: Readonly<Record<string, readonly SwapPoint[]>>;
  /** Pairs that are not in n: their grids differ, or an image could not be read. */
  readonly skipped: Readonly<Record<string, { readonly tokens: number; readonly unreadable: number }>>;
  /** Pairs whose two untouched answers agree. They stay in n. */
  readonly sameAnswer: Readonly<Record<string, number>>;
}

/**
 * Curves of a swap run.
 * @param complete false while it runs: then a pair without rows is not done yet rather than unreadable
 */
export function summariseSwap(facts: SwapFacts, rows: readonly SwapRow[], complete: boolean): SwapSummary {
  const functions: Record<string, SwapPoint[]> = {};
  const skipped: Record<string, { tokens: number; unreadable: number }> = {};
  const sameAnswer: Record<string, number> = {};
  const counted = countRows(rows);
  for (const [name, planned] of Object.entries(facts.functions)) {
    const { layers, answered, same } = counted.get(name) ?? nothing();
    functions[name] = facts.layers.map((layer) => point(layer, layers.get(layer)));
    skipped[name] = {
      tokens: planned.tokens.length,
      unreadable: complete ? planned.pairs.length - answered.size : 0,
    };
    sameAnswer[name] = same;
  }
  return { checkpoint: facts.checkpoint, mode: facts.mode, functions, skipped, sameAnswer };
}

interface LayerCounts {
  n: number;
  changed: number;
  adopted: number;
}

interface FunctionCounts {
  readonly layers: Map<number, LayerCounts>;
  /** Ids of pairs with rows. */
  readonly answered: Set<string>;
  /** Pairs whose two untouched answers agree. */
  same: number;
}

/** One pass, since a panel summarises again and again while a run with many thousand rows grows. */
function countRows(rows: readonly SwapRow[]): Map<string, FunctionCounts> {
  const functions = new Map<string, FunctionCounts>();
  for (const { function: name, id, layer, changed, adopted } of rows) {
    let counts = functions.get(name);
    if (!counts) functions.set(name, (counts = nothing()));
    counts.answered.add(id);
    if (layer === 'source' && !changed) counts.same++;
    if (typeof layer !== 'number') continue;
    let own = counts.layers.get(layer);
    if (!own) counts.layers.set(layer, (own = { n: 0, changed: 0, adopted: 0 }));
    own.n++;
    if (changed) own.changed++;
    if (adopted) own.adopted++;
  }
  return functions;
}

function nothing(): FunctionCounts {
  return { layers: new Map(), answered: new Set(), same: 0 };
}

function point(layer: number, { n, changed, adopted }: LayerCounts = { n: 0, changed: 0, adopted: 0 }): SwapPoint {
  const share = (count: number) => (n === 0 ? 0 : count / n);
  const interval = wilsonInterval(changed, n);
  return { layer, n, changed, rate: share(changed), ...interval, adopted, adoptedRate: share(adopted) };
}
