/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
import type { ItemFilter } from '../../src/shared/protocol/abilities';

export const tabs = ['abilities', 'comparisons', 'items'] as const;
export const pairings = ['chain', 'reference', 'all'] as const;
export const cells = ['FT', 'TF', 'TT', 'FF'] as const;

/** Which pairs are compared: along the chain and hybrids against the reference, all against the reference, or all. */
export type Pairing = (typeof pairings)[number];

export interface View {
  readonly tab: (typeof tabs)[number];
  /** Checkpoints that are not shown. */
  readonly hidden: readonly string[];
  /** What the others are compared with; null is the chain's own. */
  readonly reference: string | null;
  readonly pairing: Pairing;
  /** The ability whose comparisons are shown; null is every one. */
  readonly compared: string | null;
  /** Percentage points that one would like to show. */
  readonly difference: number;
  /** The ability whose items are listed; null is the first. */
  readonly ability: string | null;
  readonly filter: ItemFilter;
  /** Whose transitions are offered: the checkpoint before, and after; null is the chain's last step. */
  readonly pair: readonly [string, string] | null;
  /** Whose verdicts are offered; null is the last of the chain. */
  readonly judged: string | null;
  readonly search: string;
  /** The page of items, from 0. */
  readonly page: number;
  /** The id of the item that is read; null is the first listed. */
  readonly item: string | null;
  /** Pixels from the top. */
  readonly scroll: number;
}

export const firstView: View = {
  tab: 'abilities',
  hidden: [],
  reference: null,
  pairing: 'chain',
  compared: null,
  difference: 5,
  ability: null,
  filter: { kind: 'all' },
  pair: null,
  judged: null,
  search: '',
  page: 0,
  item: null,
  scroll: 0,
};

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof View, unknown>>;
  const name = (key: keyof View) => (typeof found[key] === 'string' ? found[key] : null);
  const { hidden, difference, pair } = found;
  return {
    tab: oneOf(tabs, found.tab),
    hidden: Array.isArray(hidden) ? hidden.filter(isText) : [],
    reference: name('reference'),
    pairing: oneOf(pairings, found.pairing),
    compared: name('compared'),
    difference: isCount(difference) && difference >= 1 && difference <= 100 ? difference : firstView.difference,
    ability: name('ability'),
    filter: filterIn(found.filter),
    pair: Array.isArray(pair) && pair.length === 2 && pair.every(isText) ? [pair[0]!, pair[1]!] : null,
    judged: name('judged'),
    search: name('search') ?? '',
    page: isCount(found.page) ? found.page : 0,
    item: name('item'),
    scroll: typeof found.scroll === 'number' && found.scroll >= 0 ? found.scroll : 0,
  };
}

function filterIn(value: unknown): ItemFilter {
  const { kind, a, b, cell, checkpoint, right } = (value ?? {}) as Record<string, unknown>;
  const known = cells.find((one) => one === cell);
  if (kind === 'transition' && isText(a) && isText(b) && known) return { kind, a, b, cell: known };
  if (kind === 'verdict' && isText(checkpoint) && typeof right === 'boolean') return { kind, checkpoint, right };
  return { kind: 'all' };
}

function oneOf<T>(all: readonly [T, ...T[]], value: unknown): T {
  return all.find((one) => one === value) ?? all[0];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
