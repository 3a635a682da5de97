/** What the panel shows, as opposed to what there is to show. It survives a reload. No DOM. */
export const tabs = ['curves', 'samples', 'table'] as const;
/** Steps that a point of a line is the mean of. */
export const windows = [1, 5, 20] as const;

export type Window = (typeof windows)[number];

export interface View {
  readonly tab: (typeof tabs)[number];
  readonly window: Window;
  /** Arms laid over the panel's own, by id. */
  readonly overlays: readonly string[];
  /** Whose rollouts are shown; null is the panel's own. */
  readonly arm: string | null;
  /** Of which step; null is the last that has any. */
  readonly step: number | null;
  /** Pixels from the top. */
  readonly scroll: number;
}

export const firstView: View = { tab: 'curves', window: 5, overlays: [], arm: null, step: null, scroll: 0 };

/** A view from what was kept: each field that is not what it should be, perhaps of an earlier version, starts anew. */
export function restoreView(kept: unknown): View {
  const found = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<keyof View, unknown>>;
  const { overlays, arm, step, scroll } = found;
  return {
    tab: tabs.find((tab) => tab === found.tab) ?? firstView.tab,
    window: windows.find((window) => window === found.window) ?? firstView.window,
    overlays: Array.isArray(overlays) ? overlays.filter((id) => typeof id === 'string') : [],
    arm: typeof arm === 'string' ? arm : null,
    step: typeof step === 'number' && Number.isSafeInteger(step) && step >= 1 ? step : null,
    scroll: typeof scroll === 'number' && scroll >= 0 && Number.isFinite(scroll) ? scroll : 0,
  };
}
