/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
import type { AblatedPart } from '../../src/shared/ablateResults';

export const tabs = ['figure', 'table'] as const;
export const measures = ['accuracy', 'difference', 'error'] as const;
export const filters = ['lost', 'gained', 'all'] as const;
/** The language model first: it is what the panel is about. */
export const ablatedParts = ['languageModel', 'vision'] as const satisfies readonly AblatedPart[];

export type Measure = (typeof measures)[number];
export type Filter = (typeof filters)[number];

/** A layer whose items are listed. */
export interface Selection {
  readonly part: AblatedPart;
  readonly layer: number;
}

export interface View {
  readonly tab: (typeof tabs)[number];
  readonly measure: Measure;
  readonly selected: Selection | null;
  readonly only: Filter;
  /** The page of items, from 0. */
  readonly page: number;
  /** Pixels from the top. */
  readonly scroll: number;
}

export const firstView: View = {
  tab: 'figure',
  measure: 'accuracy',
  selected: null,
  only: 'lost',
  page: 0,
  scroll: 0,
};

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof View, unknown>>;
  return {
    tab: oneOf(tabs, found.tab),
    measure: oneOf(measures, found.measure),
    selected: selectionOf(found.selected),
    only: oneOf(filters, found.only),
    page: isCount(found.page) ? found.page : 0,
    scroll: typeof found.scroll === 'number' && found.scroll >= 0 ? found.scroll : 0,
  };
}

function selectionOf(value: unknown): Selection | null {
  const { part, layer } = (value ?? {}) as Record<string, unknown>;
  const known = ablatedParts.find((one) => one === part);
  return known && isCount(layer) ? { part: known, layer } : null;
}

function oneOf<T>(all: readonly [T, ...T[]], value: unknown): T {
  return all.find((one) => one === value) ?? all[0];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
