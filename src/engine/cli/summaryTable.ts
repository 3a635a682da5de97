import type { SwapSummary } from '../../core/probe/swapSummary';
import { percent } from '../../shared/format';

/** A finished step's curves as text: a line per layer, a column per function. */
export function summaryTable(summary: object): string {
  const { step, checkpoint, mode, functions } = summary as SwapSummary & { step: string };
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

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('   ') + '\n').join('');
}
