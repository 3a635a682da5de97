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

/** One point of a curve. Intervals are Wilson's, 95 %. */
export interface SwapPoint {
  readonly layer: number;
  /** Pairs. */
  readonly n: number;
  readonly changed: number;
  /** changed / n, 0 when n is 0. */
  readonly rate: number;
  readonly low: number;
  readonly high: number;
  readonly adopted: number;
  readonly adoptedRate: number;
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
  for (const [name, planned] of Object.entries(facts.functions)) {
    const own = rows.filter((row) => row.function === name);
    functions[name] = facts.layers.map((layer) => point(layer, own));
    const answered = new Set(own.map(({ id }) => id)).size;
    const unreadable = complete ? planned.pairs.length - answered : 0;
    skipped[name] = { tokens: planned.tokens.length, unreadable };
    sameAnswer[name] = own.filter(({ layer, changed }) => layer === 'source' && !changed).length;
  }
  return { checkpoint: facts.checkpoint, mode: facts.mode, functions, skipped, sameAnswer };
}

function point(layer: number, rows: readonly SwapRow[]): SwapPoint {
  const own = rows.filter((row) => row.layer === layer);
  const n = own.length;
  const changed = own.filter((row) => row.changed).length;
  const adopted = own.filter((row) => row.adopted).length;
  const share = (count: number) => (n === 0 ? 0 : count / n);
  const interval = wilsonInterval(changed, n);
  return { layer, n, changed, rate: share(changed), ...interval, adopted, adoptedRate: share(adopted) };
}
