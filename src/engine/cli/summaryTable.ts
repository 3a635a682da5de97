import type { SwapSummary } from '../../core/probe/swapSummary';
import type { CompareSummary } from '../../shared/compareResults';
import { bytes, percent } from '../../shared/format';
import { ablateTable, type NamedAblateSummary } from './ablateTable';
import { alignColumns } from './alignColumns';
import { attentionTable, type NamedAttentionSummary } from './attentionTable';
import { compareTable } from './compareTable';
import { evaluateTable, type NamedEvaluateSummary } from './evaluateTable';
import { trainText, type NamedTrainSummary } from './trainText';

/** A finished step's result as text for people. */
export function summaryTable(summary: object): string {
  const { kind } = summary as { readonly kind: string };
  if (kind === 'compare') return compareTable(summary as CompareSummary);
  if (kind === 'attention') return attentionTable(summary as NamedAttentionSummary);
  if (kind === 'ablate') return ablateTable(summary as NamedAblateSummary);
  if (kind === 'evaluate') return evaluateTable(summary as NamedEvaluateSummary);
  if (kind === 'train') return trainText(summary as NamedTrainSummary);
  if (kind === 'merge') return mergeLine(summary as MergeSummary);
  return swapTable(summary as NamedSwapSummary);
}

interface MergeSummary {
  readonly step: string;
  readonly hybrid: string;
  readonly output: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

function mergeLine({ step, hybrid, output, files, bytes: size }: MergeSummary): string {
  return `\n${step}: ${hybrid} is in ${output}: ${files.length} files, ${bytes(size)}, verified\n\n`;
}

type NamedSwapSummary = SwapSummary & { readonly step: string };

/** A line per layer, a column per function. */
function swapTable({ step, checkpoint, mode, functions }: NamedSwapSummary): string {
  const names = Object.keys(functions);
  const layers = Object.values(functions)[0] ?? [];
  const rows = layers.map(({ layer }, i) => [
    String(layer),
    ...names.map((name) => {
      const { rate, low, high } = functions[name]![i]!;
      return `${percent(rate)} [${percent(low)}, ${percent(high)}]`;
    }),
  ]);
  const counts = names.map((name) => `${name} (n ${functions[name]?.[0]?.n ?? 0})`);
  const title = `${step}: change rate of ${checkpoint}, ${mode} swap, 95 % intervals\n`;
  return `\n${title}${alignColumns([['layer', ...counts], ...rows])}\n`;
}
