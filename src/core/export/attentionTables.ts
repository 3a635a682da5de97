import { measureColumns } from '../../shared/attentionResults';
import type { ReportRun } from '../experiment/report/reportRun';
import { readAttentionFacts, readAttentionRows } from '../probe/attentionFacts';
import { summariseAttention } from '../probe/attentionSummary';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const rowColumns = ['checkpoint', 'id', 'layer', 'mass', 'perToken', 'sink', 'imageSink', 'tokens'] as const;
const layerColumns = ['checkpoint', ...measureColumns, 'sink'] as const;
const differenceColumns = ['a', 'b', ...measureColumns, 'pValue', 'pAdjusted'] as const;

/**
 * An attention run as tables: its rows without the maps of patches, each checkpoint's layers, and every difference, b
 * less a. Null when the folder does not say attention.
 */
export function attentionTables({ id: run, manifest, rows, state }: ReportRun): ExportedFile[] | null {
  const facts = readAttentionFacts(manifest.facts);
  if (!facts) return null;
  const own = readAttentionRows(rows);
  const { checkpoints, differences } = summariseAttention(facts, own, state === 'finished');
  const layers = Object.entries(checkpoints).flatMap(([checkpoint, curve]) =>
    curve.layers.map((point) => ({ ...point, checkpoint })),
  );
  const compared = differences.flatMap(({ a, b, layers: curve }) => curve.map((point) => ({ ...point, a, b })));
  return [
    { name: `${run}.csv`, content: csvTable(rowColumns, own) },
    { name: `${run}.layers.csv`, content: csvTable(layerColumns, layers) },
    { name: `${run}.differences.csv`, content: csvTable(differenceColumns, compared) },
  ];
}
