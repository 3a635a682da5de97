import { layerColumns, type AblateFacts, type AblateRow, type AblateSummary } from '../../shared/ablateResults';
import type { ReportRun } from '../experiment/report/reportRun';
import { readAblateFacts, readAblateRows } from '../probe/ablateFacts';
import { summariseAblate } from '../probe/ablateSummary';
import { csvTable } from './csv';
import type { ExportedFile } from './exportedFile';

const answerColumns = ['part', 'layer', 'id', 'text', 'extracted', 'correct', 'truncated', 'logLikelihood'] as const;

/**
 * An ablate run as tables: its answers, its layers (the first line, part "baseline", is the whole model), and every item
 * with whether it is right without each layer. Null when the folder does not say an ablation.
 */
export function ablateTables({ id: run, manifest, rows, state }: ReportRun): ExportedFile[] | null {
  const facts = readAblateFacts(manifest.facts);
  if (!facts) return null;
  const own = readAblateRows(rows);
  const answers = own.map((row) => ({ ...row, part: row.part ?? 'baseline' }));
  const layers = layerLines(summariseAblate(facts, own, state === 'finished'));
  return [
    { name: `${run}.csv`, content: csvTable(answerColumns, answers) },
    { name: `${run}.layers.csv`, content: csvTable(layerColumns, layers) },
    { name: `${run}.items.csv`, content: itemTable(facts, own) },
  ];
}

/** The baseline, then one per layer; what is not measured is empty. */
function layerLines({ checkpoint, baseline, layers }: AblateSummary) {
  const measured = <T extends { readonly n: number }>(of: T) => (of.n > 0 ? of : { n: 0 });
  return [
    { ...measured(baseline), checkpoint, part: 'baseline', layer: null },
    ...layers.map(({ part, layer, likelihood, difference, ...accuracy }) => ({
      ...measured({
        ...accuracy,
        ...{ difference: difference.value, differenceLow: difference.low, differenceHigh: difference.high },
      }),
      ...{ checkpoint, part, layer },
      ...{ likelihoodN: likelihood?.n, likelihoodChange: likelihood?.mean },
      ...{ likelihoodLow: likelihood?.low, likelihoodHigh: likelihood?.high },
    })),
  ];
}

function itemTable({ items, layers }: AblateFacts, rows: readonly AblateRow[]): string {
  const columnOf = ({ part, layer }: Pick<AblateRow, 'part' | 'layer'>) =>
    part === null ? 'baseline' : `${part}.${layer}`;
  const cells = new Map(items.map((id) => [id, { id } as Record<string, string | boolean | null>]));
  for (const row of rows) {
    const line = cells.get(row.id);
    if (line) line[columnOf(row)] = row.correct;
  }
  return csvTable(['id', 'baseline', ...layers.map(columnOf)], [...cells.values()]);
}
