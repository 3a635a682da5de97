/** What the plots, the sentences and the exports show, cut from a state. No DOM. */
import type { AttentionDifference, AttentionPoint } from '../../src/shared/attentionResults';
import type { AttentionState } from '../../src/shared/protocol/attention';
import { roleTitles } from '../../src/shared/vocabulary';
import { significance } from '../kit/rates';
import type { Measure, View } from './view';

/** A mean at a layer, or a difference of means; without ends where the measure has no interval. */
export interface Estimate {
  readonly layer: number;
  readonly n: number;
  readonly value: number;
  readonly ends: readonly [number, number] | null;
}

/** One checkpoint's line. */
export interface Series {
  readonly name: string;
  readonly label: string;
  /** Its place among all checkpoints: its line style. */
  readonly place: number;
  /** Ascending. */
  readonly points: readonly Estimate[];
}

export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly layers: readonly AttentionDifference[];
}

/** All checkpoints but those that are hidden; all where every one is. */
export function shownCheckpoints(
  { checkpoints }: AttentionState,
  { hidden }: Pick<View, 'hidden'>,
): { readonly name: string; readonly label: string; readonly place: number }[] {
  const all = checkpoints.map((checkpoint, place) => ({
    name: checkpoint.name,
    label: checkpointLabel(checkpoint),
    place,
  }));
  const shown = all.filter(({ name }) => !hidden.includes(name));
  return shown.length > 0 ? shown : all;
}

/** "rl"; "step-300 (RL)" where the name does not say the role; "early-rl (hybrid)". */
export function checkpointLabel({ name, role, hybrid }: AttentionState['checkpoints'][number]): string {
  if (hybrid) return `${name} (hybrid)`;
  return role && roleTitles[role].toLowerCase() !== name.toLowerCase() ? `${name} (${roleTitles[role]})` : name;
}

export function meanSeries(state: AttentionState, view: Pick<View, 'hidden' | 'measure'>): Series[] {
  return shownCheckpoints(state, view).map((shown) => {
    const points = pointsOf(state, shown.name).map((point) => ({
      layer: point.layer,
      n: point.n,
      ...(view.measure === 'sink' ? { value: point.sink, ends: null } : measured(point, view.measure)),
    }));
    return { ...shown, points };
  });
}

/** The points of a checkpoint, by layer; those of no item have no mean and are left out. */
export function pointsOf({ summary }: AttentionState, name: string): AttentionPoint[] {
  const found = Object.hasOwn(summary.checkpoints, name) ? summary.checkpoints[name]!.layers : [];
  return found.filter(({ n }) => n > 0).sort((a, b) => a.layer - b.layer);
}

/** The comparison that is shown: the one chosen, else the last checkpoint less the first; null where there is none. */
export function comparisonOf(state: AttentionState, { pair }: Pick<View, 'pair'>): Comparison | null {
  const { differences } = state.summary;
  const names = state.checkpoints.map(({ name }) => name);
  const chosen = pair && differences.find(({ a, b }) => a === pair.a && b === pair.b);
  return chosen ?? differences.find(({ a, b }) => a === names[0] && b === names.at(-1)) ?? differences[0] ?? null;
}

/** What a comparison has, ascending; sinks are not compared. */
export function differencePoints({ layers }: Comparison, measure: Measure): (Estimate & AttentionDifference)[] {
  if (measure === 'sink') return [];
  return layers
    .filter(({ n }) => n > 0)
    .map((point) => ({ ...point, ...measured(point, measure) }))
    .sort((a, b) => a.layer - b.layer);
}

export function isSignificant({ pAdjusted }: Pick<AttentionDifference, 'pAdjusted'>): boolean {
  return pAdjusted < significance;
}

/** Whether there is a line to show. */
export function hasResults(state: AttentionState): boolean {
  return state.checkpoints.some(({ name }) => pointsOf(state, name).length > 0);
}

function measured(
  point: Omit<AttentionPoint, 'sink'>,
  measure: Exclude<Measure, 'sink'>,
): Pick<Estimate, 'value' | 'ends'> {
  switch (measure) {
    case 'mass':
      return { value: point.mass, ends: [point.low, point.high] };
    case 'perToken':
      return { value: point.perToken, ends: [point.perTokenLow, point.perTokenHigh] };
    case 'withoutSinks':
      return { value: point.withoutSinks, ends: [point.withoutSinksLow, point.withoutSinksHigh] };
  }
}
