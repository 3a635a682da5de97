import { curveColumns } from '../../shared/swapResults';
import type { ReportRun } from '../experiment/report/reportRun';
import { readSwapFacts, readSwapRows } from '../probe/swapFacts';
import { summariseSwap } from '../probe/swapSummary';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const rowColumns = ['function', 'id', 'layer', 'text', 'changed', 'adopted'] as const;
/**
 * A swap run as tables: its answers (layer "target" is the untouched target image, "source" the source image) and its
 * curves with their 95 % Wilson intervals. Null when the folder does not say a swap.
 */
export function swapTables({ id: run, manifest, rows, state }: ReportRun): ExportedFile[] | null {
  const facts = readSwapFacts(manifest.facts);
  if (!facts) return null;
  const own = readSwapRows(rows);
  const { checkpoint, mode, functions } = summariseSwap(facts, own, state === 'finished');
  const points = Object.entries(functions).flatMap(([name, curve]) =>
    curve.filter(({ n }) => n > 0).map((point) => ({ ...point, run, checkpoint, mode, function: name })),
  );
  const answers = own.map((row) => ({ ...row, layer: row.layer ?? 'target' }));
  return [
    { name: `${run}.csv`, content: csvTable(rowColumns, answers) },
    { name: `${run}.summary.csv`, content: csvTable(curveColumns, points) },
  ];
}
