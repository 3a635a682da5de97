/** The curves as a table for other programs: one line per run, function and layer. No DOM. */
import type { ProbeState } from '../../src/shared/protocol/probe';
import { curveColumns } from '../../src/shared/swapResults';
import { csv } from '../../src/shared/csv';

/** Rates and their 95 % Wilson bounds in full precision; points without pairs have no rate and no line. */
export function curvesCsv(state: ProbeState): string {
  const lines = state.runs.flatMap(({ id, checkpoint, mode, curves }) =>
    curves.flatMap((curve) =>
      curve.points
        .filter(({ n }) => n > 0)
        .map(({ layer, n, changed, rate, low, high, adopted, adoptedRate }) => [
          id,
          checkpoint,
          mode,
          curve.function,
          layer,
          n,
          changed,
          rate,
          low,
          high,
          adopted,
          adoptedRate,
        ]),
    ),
  );
  return csv(curveColumns, lines);
}
