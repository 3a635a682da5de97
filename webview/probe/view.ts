/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
export const filters = ['all', 'changed', 'adopted'] as const;
export type Filter = (typeof filters)[number];

export interface Selection {
  readonly function: string;
  readonly layer: number;
}

export interface View {
  readonly tab: 'curves' | 'table';
  readonly adopted: boolean;
  readonly bands: boolean;
  readonly differences: boolean;
  /** Functions that are not shown. */
  readonly hidden: readonly string[];
  /** Whose pairs are listed. */
  readonly selected: Selection | null;
  /** The run whose pairs are listed; null is the panel's own. */
  readonly run: string | null;
  readonly only: Filter;
  /** The page of pairs, from 0. */
  readonly page: number;
  /** Runs laid over the panel's own, by id. */
  readonly overlays: readonly string[];
  /** Pixels from the top. */
  readonly scroll: number;
}

export const firstView: View = {
  tab: 'curves',
  adopted: false,
  bands: true,
  differences: false,
  hidden: [],
  selected: null,
  run: null,
  only: 'all',
  page: 0,
  overlays: [],
  scroll: 0,
};

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const { selected, ...rest } = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<
    Record<keyof View, unknown>
  >;
  const boolean = (key: 'adopted' | 'bands' | 'differences') => {
    const value = rest[key];
    return typeof value === 'boolean' ? value : firstView[key];
  };
  return {
    tab: rest.tab === 'table' ? 'table' : 'curves',
    adopted: boolean('adopted'),
    bands: boolean('bands'),
    differences: boolean('differences'),
    hidden: strings(rest.hidden),
    selected: isSelection(selected) ? { function: selected.function, layer: selected.layer } : null,
    run: typeof rest.run === 'string' ? rest.run : null,
    only: filters.find((filter) => filter === rest.only) ?? 'all',
    page: count(rest.page),
    overlays: strings(rest.overlays),
    scroll: count(rest.scroll),
  };
}

function isSelection(value: unknown): value is Selection {
  const { function: name, layer } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && Number.isSafeInteger(layer) && (layer as number) >= 0;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function count(value: unknown): number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value) ? Math.floor(value) : 0;
}
