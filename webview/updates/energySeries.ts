/** Energy over layers: what the chart shows, cut from a state. No DOM. */
import type { CompareGroup } from '../../src/shared/compareResults';
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { significant } from '../kit/numbers';
import { shownPhases, type ShownPhase } from './phases';
import type { EnergyKind, View } from './view';

export interface EnergyPoint {
  readonly layer: number;
  readonly value: number;
  readonly floor: number;
  readonly tensors: number;
}

export interface EnergySeries {
  readonly shown: ShownPhase;
  /** Ascending. */
  readonly points: readonly EnergyPoint[];
}

export function energySeries(state: UpdatesState, view: View): EnergySeries[] {
  return shownPhases(state, view).map((shown) => {
    const { layers, components } = shown.phase;
    const groups =
      view.component === 'all' ? layers : components.filter(({ component }) => component === view.component);
    const points = groups.flatMap((group) => {
      const value = valueOf(group, view.energy);
      if (group.part !== view.part || group.layer === null || group.tensors === 0 || value === null) return [];
      return [{ layer: group.layer, value, floor: group.roundingFloor, tensors: group.tensors }];
    });
    return { shown, points: points.sort((a, b) => a.layer - b.layer) };
  });
}

function valueOf(group: CompareGroup, kind: EnergyKind): number | null {
  switch (kind) {
    case 'absolute':
      return group.energy;
    case 'relative':
      return group.relativeEnergy;
    case 'authors':
      return group.authors?.relativeNormMean ?? null;
  }
}

/** Scales that differ by more than this get an axis each. */
const twinRatio = 2.5;

/** Two axes where there are just two lines and one would lie flat on the other's axis. */
export function needTwinAxes(series: readonly EnergySeries[]): boolean {
  if (series.length !== 2) return false;
  const [a, b] = series.map(largest) as [number, number];
  return a > 0 && b > 0 && Math.max(a, b) / Math.min(a, b) > twinRatio;
}

export function largest({ points }: EnergySeries): number {
  return points.reduce((most, { value }) => Math.max(most, value), 0);
}

/** "base → in: 0.0123 (12 tensors)"; exactly zero is said in words. */
export function energyNotes(series: readonly EnergySeries[], layer: number, withFloor: boolean): string[] {
  return series.flatMap(({ shown, points }) => {
    const point = points.find((candidate) => candidate.layer === layer);
    if (!point) return [];
    const { value, floor, tensors } = point;
    const count = `${tensors} ${tensors === 1 ? 'tensor' : 'tensors'}`;
    if (value === 0) return [`${shown.title}: exactly 0, unchanged (${count})`];
    const note = withFloor ? `, rounding floor ${significant(floor)}` : '';
    return [`${shown.title}: ${significant(value)}${note} (${count})`];
  });
}
