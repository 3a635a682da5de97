import { movingMeans } from '../../shared/movingMeans';
import type { TrainRow } from '../../shared/trainResults';
import { metrics, type Metric } from '../../shared/trainWords';

/** A metric over the steps that have it. */
export interface TrainCurve {
  readonly metric: Metric;
  /** Steps that a mean is taken over. */
  readonly window: number;
  readonly points: readonly { readonly step: number; readonly value: number; readonly mean: number }[];
}

/** Of a long run; of a short one a tenth of its steps. */
const widestWindow = 20;

/** Every metric that some step has, with means over the last steps: single steps are noisy. */
export function trainCurves(rows: readonly TrainRow[]): TrainCurve[] {
  const usual = Math.max(1, Math.min(widestWindow, Math.round(rows.length / 10)));
  return metrics.flatMap((metric) => {
    // A learning rate is set and not measured: there is no noise to average.
    const window = metric === 'learningRate' ? 1 : usual;
    const values = rows.flatMap((row) => {
      const value = row[metric];
      return value === null || value === undefined ? [] : [{ step: row.step, value }];
    });
    const means = movingMeans(
      values.map(({ value }) => value),
      window,
    );
    const points = values.map((one, i) => ({ ...one, mean: means[i]! }));
    return points.length === 0 ? [] : [{ metric, window, points }];
  });
}
