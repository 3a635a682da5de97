/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
export const tabs = ['layers', 'image', 'table'] as const;
export const measures = ['mass', 'perToken', 'withoutSinks', 'sink'] as const;
export const scales = ['own', 'common'] as const;

export type Measure = (typeof measures)[number];
/** Whether each map has its own colours, or all of an item have the same. */
export type MapScale = (typeof scales)[number];

/** One map of an item. */
export interface Place {
  readonly checkpoint: string;
  readonly layer: number;
}

export interface View {
  readonly tab: (typeof tabs)[number];
  readonly measure: Measure;
  /** Interval bands around the lines. */
  readonly bands: boolean;
  /** Checkpoints that have no line and no maps. */
  readonly hidden: readonly string[];
  /** The comparison, b less a; null is the last checkpoint less the first. */
  readonly pair: { readonly a: string; readonly b: string } | null;
  /** Whose image is shown; null is the first item. */
  readonly item: string | null;
  /** The map that is shown large; null is the last checkpoint where it looks most. */
  readonly place: Place | null;
  readonly scale: MapScale;
  /** Colours go by the square root of attention. */
  readonly root: boolean;
  /** The image lies under the maps. */
  readonly under: boolean;
  /** Pixels from the top. */
  readonly scroll: number;
}

export const firstView: View = {
  tab: 'layers',
  measure: 'mass',
  bands: true,
  hidden: [],
  pair: null,
  item: null,
  place: null,
  scale: 'own',
  root: false,
  under: true,
  scroll: 0,
};

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof View, unknown>>;
  const boolean = (key: 'bands' | 'root' | 'under') => (typeof found[key] === 'boolean' ? found[key] : firstView[key]);
  return {
    tab: oneOf(tabs, found.tab),
    measure: oneOf(measures, found.measure),
    bands: boolean('bands'),
    hidden: Array.isArray(found.hidden) ? found.hidden.filter((name) => typeof name === 'string') : [],
    pair: pairIn(found.pair),
    item: typeof found.item === 'string' ? found.item : null,
    place: placeIn(found.place),
    scale: oneOf(scales, found.scale),
    root: boolean('root'),
    under: boolean('under'),
    scroll: typeof found.scroll === 'number' && found.scroll >= 0 ? found.scroll : 0,
  };
}

function oneOf<T>(all: readonly [T, ...T[]], value: unknown): T {
  return all.find((one) => one === value) ?? all[0];
}

function pairIn(value: unknown): View['pair'] {
  const { a, b } = (value ?? {}) as Record<string, unknown>;
  return typeof a === 'string' && typeof b === 'string' ? { a, b } : null;
}

function placeIn(value: unknown): Place | null {
  const { checkpoint, layer } = (value ?? {}) as Record<string, unknown>;
  return typeof checkpoint === 'string' && typeof layer === 'number' && Number.isSafeInteger(layer) && layer >= 0
    ? { checkpoint, layer }
    : null;
}
