/** The lines of the curves: a value per step of each arm, and its moving average. No DOM. */
import { movingMeans } from '../../src/shared/movingMeans';
import type { TrainingArm, TrainingState } from '../../src/shared/protocol/training';
import { metrics, type Metric } from '../../src/shared/trainWords';

export interface SeriesPoint {
  readonly step: number;
  readonly value: number;
  /** Of this value and those before it, as many as the window takes. */
  readonly mean: number;
}

/** A metric of an arm. */
export interface Series {
  readonly id: string;
  /** Among the arms that are shown: its colour and dashes. */
  readonly place: number;
  readonly points: readonly SeriesPoint[];
}

/** Those that have a value in some step of some arm. */
export function shownMetrics({ arms }: Pick<TrainingState, 'arms'>): Metric[] {
  return metrics.filter((metric) => arms.some(({ points }) => points.some((point) => isValue(point[metric]))));
}

export function hasResults({ arms }: Pick<TrainingState, 'arms'>): boolean {
  return arms.some(({ points }) => points.length > 0);
}

/** States are never changed, and a draw asks for the same lines several times. */
const known = new WeakMap<TrainingState['arms'], Map<string, Series[]>>();

/** One per arm that has the metric. @param window steps of the moving average */
export function seriesOf({ arms }: Pick<TrainingState, 'arms'>, metric: Metric, window: number): readonly Series[] {
  const found = known.get(arms) ?? new Map<string, Series[]>();
  known.set(arms, found);
  const key = `${metric} ${window}`;
  const series = found.get(key) ?? arms.flatMap((arm, place) => armSeries(arm, place, metric, window));
  found.set(key, series);
  return series;
}

function armSeries({ run, points }: TrainingArm, place: number, metric: Metric, window: number): Series[] {
  const values = points.flatMap((point) => {
    const value = point[metric];
    return isValue(value) ? [{ step: point.step, value }] : [];
  });
  // A learning rate is set and not measured: there is no noise to average.
  const width = metric === 'learningRate' ? 1 : window;
  if (values.length === 0) return [];
  const means = movingMeans(
    values.map(({ value }) => value),
    width,
  );
  return [{ id: run.id, place, points: values.map((one, i) => ({ ...one, mean: means[i]! })) }];
}

/** Of an arm. */
export function skippedSteps({ points }: Pick<TrainingArm, 'points'>): number[] {
  return points.filter(({ skipped }) => skipped).map(({ step }) => step);
}

/** Up to where the axis of steps goes: all that are planned, in whichever arm has most. */
export function lastStep({ arms }: Pick<TrainingState, 'arms'>): number {
  return Math.max(1, ...arms.map(({ facts, points }) => Math.max(facts.steps, points.at(-1)?.step ?? 0)));
}

export function meanOf(values: readonly { readonly value: number }[]): number {
  return values.reduce((sum, { value }) => sum + value, 0) / values.length;
}

function isValue(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
