/** The lines and the differences as a table for other programs. No DOM. */
import { measureColumns } from '../../src/shared/attentionResults';
import { csv } from '../../src/shared/csv';
import type { AttentionState } from '../../src/shared/protocol/attention';

const columns = ['checkpoint', 'less', ...measureColumns, 'sink', 'pValue', 'pAdjusted'];

/** Means of each checkpoint, then the differences `checkpoint` less `less`, in full precision; those of no item left out. */
export function attentionCsv({ summary, checkpoints }: AttentionState): string {
  const means = checkpoints.flatMap(({ name }) =>
    (Object.hasOwn(summary.checkpoints, name) ? summary.checkpoints[name]!.layers : [])
      .filter(({ n }) => n > 0)
      .map((point) => [name, null, ...measured(point), point.sink, null, null]),
  );
  const differences = summary.differences.flatMap(({ a, b, layers }) =>
    layers.filter(({ n }) => n > 0).map((point) => [b, a, ...measured(point), null, point.pValue, point.pAdjusted]),
  );
  return csv(columns, [...means, ...differences]);
}

function measured(point: Omit<AttentionState['summary']['checkpoints'][string]['layers'][number], 'sink'>): number[] {
  return measureColumns.map((column) => point[column]);
}
