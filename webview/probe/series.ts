/** What the charts, the table and the exports show, cut from a state. No DOM. */
import { percent } from '../../src/shared/format';
import type { ProbeDifference, ProbeState } from '../../src/shared/protocol/probe';
import type { SwapPoint } from '../../src/shared/swapResults';
import { interval, pValue, signedPoints } from '../kit/rates';
import { functionLabel, runLabels } from './wording';

export type DifferencePoint = ProbeDifference['points'][number];

/** One run's curve of one function. */
export interface RunSeries {
  readonly run: string;
  readonly label: string;
  /** The run's place among those shown: its line style. */
  readonly style: number;
  /** Layers at which pairs are finished, ascending. */
  readonly points: readonly SwapPoint[];
}

/** A run less the first one. */
export interface DifferenceSeries {
  readonly label: string;
  readonly style: number;
  readonly points: readonly DifferencePoint[];
}

export interface FunctionSeries {
  readonly name: string;
  readonly label: string;
  readonly runs: readonly RunSeries[];
  readonly differences: readonly DifferenceSeries[];
}

/** Every function of the runs shown, in their order, but for those `hidden`. */
export function functionSeries(state: ProbeState, hidden: readonly string[]): FunctionSeries[] {
  const labels = runLabels(state.runs);
  return functionNames(state)
    .filter((name) => !hidden.includes(name))
    .map((name) => ({
      name,
      label: functionLabel(name),
      runs: state.runs.flatMap((run, style) => {
        const curve = run.curves.find((candidate) => candidate.function === name);
        if (!curve) return [];
        const points = curve.points.filter(({ n }) => n > 0);
        return [{ run: run.id, label: labels.get(run.id)!, style, points }];
      }),
      differences: state.comparisons.flatMap(({ a, b, differences }) => {
        const style = state.runs.findIndex(({ id }) => id === b);
        const points = differences.find((difference) => difference.function === name)?.points ?? [];
        if (style < 0 || !labels.has(a)) return [];
        return [{ label: `${labels.get(b)!} − ${labels.get(a)!}`, style, points: points.filter(({ n }) => n > 0) }];
      }),
    }));
}

export function functionNames(state: ProbeState): string[] {
  return [...new Set(state.runs.flatMap(({ curves }) => curves.map((curve) => curve.function)))];
}

/** Layers with a point in any of the series, ascending. */
export function layersOf(series: readonly { readonly points: readonly { readonly layer: number }[] }[]): number[] {
  const layers = new Set(series.flatMap(({ points }) => points.map(({ layer }) => layer)));
  return [...layers].sort((a, b) => a - b);
}

/** The bound of the difference charts' axis, the same for every function: the widest interval, in steps of 20 points. */
export function differenceBound(series: readonly FunctionSeries[]): number {
  const ends = series.flatMap(({ differences }) => differences.flatMap(({ points }) => points.map(reach)));
  return Math.min(1, Math.max(0.2, Math.ceil(Math.max(0, ...ends) * 5) / 5));
}

function reach({ low, high }: DifferencePoint): number {
  return Math.max(Math.abs(low), Math.abs(high));
}

/** What is said of a point in a few short lines: "in: 42.0 % [29.4, 55.8]", "21 of 50 changed, 20 adopted". */
export function describePoint(label: string, { rate, low, high, changed, n, adopted }: SwapPoint): string[] {
  return [`${label}: ${percent(rate)} [${interval(low, high)}]`, `${changed} of ${n} changed, ${adopted} adopted`];
}

/** "in − base: −24.0 [−38.1, −9.4]", "adjusted p = 0.012". */
export function describeDifference(label: string, { difference, low, high, pAdjusted }: DifferencePoint): string[] {
  const bounds = `${signedPoints(low)}, ${signedPoints(high)}`;
  return [`${label}: ${signedPoints(difference)} [${bounds}]`, `adjusted ${pValue(pAdjusted)}`];
}
