/** All layers as a table for other programs: the baseline, then one line per layer. No DOM. */
import { csv, type CsvValue } from '../../src/shared/csv';
import { layerColumns, type AblateAccuracy } from '../../src/shared/ablateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';

/** In full precision; what is not measured is empty. */
export function layersCsv({ summary }: ReasoningState): string {
  const { checkpoint, baseline, layers } = summary;
  const lines = layers.map((one) => [
    checkpoint,
    one.part,
    one.layer,
    ...accuracy(one),
    ...(one.n > 0
      ? [one.difference.value, one.difference.low, one.difference.high, one.pValue, one.pAdjusted]
      : [null, null, null, null, null]),
    one.likelihood?.n,
    one.likelihood?.mean,
    one.likelihood?.low,
    one.likelihood?.high,
  ]);
  return csv(layerColumns, [
    [checkpoint, 'baseline', null, ...accuracy(baseline), ...Array<null>(9).fill(null)],
    ...lines,
  ]);
}

function accuracy({ n, correct, rate, low, high }: AblateAccuracy): CsvValue[] {
  return n > 0 ? [n, correct, rate, low, high] : [n, null, null, null, null];
}
