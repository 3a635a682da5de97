/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
export const tabs = ['energy', 'map', 'spectrum', 'table'] as const;
export const layeredParts = ['languageModel', 'vision'] as const;
export const energyKinds = ['absolute', 'relative', 'authors'] as const;
export const shownComponents = ['all', 'attention', 'mlp', 'norm'] as const;
export const measures = [
  'relativeEnergy',
  'energy',
  'changedFraction',
  'stableRank',
  'effectiveRank',
  'cosine',
] as const;
export const scales = ['log', 'linear'] as const;

export type LayeredPart = (typeof layeredParts)[number];
export type EnergyKind = (typeof energyKinds)[number];
export type ShownComponent = (typeof shownComponents)[number];
export type Measure = (typeof measures)[number];

/** In place of a kind of matrix: the mean of a layer's matrices. */
export const meanOfMatrices = 'mean';

export interface View {
  readonly tab: (typeof tabs)[number];
  readonly part: LayeredPart;
  /** Phases that are not shown, by their place. */
  readonly hidden: readonly number[];
  readonly energy: EnergyKind;
  readonly component: ShownComponent;
  readonly measure: Measure;
  readonly scale: (typeof scales)[number];
  /** One colour scale for all phases. */
  readonly sameScale: boolean;
  /** A kind of matrix, or {@link meanOfMatrices}. */
  readonly matrix: string;
  /** All ranks on a logarithmic axis, in place of the leading ones. */
  readonly allRanks: boolean;
  readonly filter: string;
  readonly sort: Sort;
  /** The page of tensors, from 0. */
  readonly page: number;
  /** Pixels from the top. */
  readonly scroll: number;
}

export interface Sort {
  /** A column's id. */
  readonly column: string;
  /** The phase whose column it is, by its place. */
  readonly phase: number;
  readonly descending: boolean;
}

/** In the order of the model. */
export const unsorted: Sort = { column: '', phase: 0, descending: false };

export const firstView: View = {
  tab: 'energy',
  part: 'languageModel',
  hidden: [],
  energy: 'absolute',
  component: 'all',
  measure: 'relativeEnergy',
  scale: 'log',
  sameScale: false,
  matrix: meanOfMatrices,
  allRanks: false,
  filter: '',
  sort: unsorted,
  page: 0,
  scroll: 0,
};

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof View, unknown>>;
  const text = (key: 'matrix' | 'filter') => (typeof found[key] === 'string' ? found[key] : firstView[key]);
  return {
    tab: oneOf(tabs, found.tab),
    part: oneOf(layeredParts, found.part),
    hidden: Array.isArray(found.hidden) ? found.hidden.filter(isCount) : [],
    energy: oneOf(energyKinds, found.energy),
    component: oneOf(shownComponents, found.component),
    measure: oneOf(measures, found.measure),
    scale: oneOf(scales, found.scale),
    sameScale: found.sameScale === true,
    matrix: text('matrix'),
    allRanks: found.allRanks === true,
    filter: text('filter'),
    sort: isSort(found.sort) ? found.sort : unsorted,
    page: isCount(found.page) ? found.page : 0,
    scroll: typeof found.scroll === 'number' && found.scroll >= 0 ? found.scroll : 0,
  };
}

function oneOf<T>(all: readonly [T, ...T[]], value: unknown): T {
  return all.find((one) => one === value) ?? all[0];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSort(value: unknown): value is Sort {
  const { column, phase, descending } = (value ?? {}) as Record<string, unknown>;
  return typeof column === 'string' && isCount(phase) && typeof descending === 'boolean';
}
