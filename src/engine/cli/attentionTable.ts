import type { AttentionSummary } from '../../shared/attentionResults';
import { percent } from '../../shared/format';
import { alignColumns } from './alignColumns';

export type NamedAttentionSummary = AttentionSummary & { readonly step: string };

/** A line per layer, a column per checkpoint, and the difference of the last and the first. */
export function attentionTable({ step, checkpoints, difference, leftOut }: NamedAttentionSummary): string {
  const curves = Object.entries(checkpoints).filter(([, { layers }]) => layers.length > 0);
  const names = Object.keys(checkpoints);
  const layers = curves[0]?.[1].layers.map(({ layer }) => layer) ?? [];
  const rows = layers.map((layer, i) => {
    const own = curves.map(([, { layers: curve }]) => curve[i]!);
    const between = difference[i];
    return [
      String(layer),
      ...own.map((point) => interval(point, percent)),
      ...(between ? [interval(between, points), between.pAdjusted.toPrecision(2)] : []),
    ];
  });
  const heads = curves.map(([name, { layers: curve }]) => `${name} (n ${curve[0]!.n})`);
  const compared =
    difference.length > 0 ? [`${names.at(-1)} − ${names[0]}, points (n ${difference[0]!.n})`, 'p (Holm)'] : [];
  const title = `${step}: attention on the image, 95 % intervals\n`;
  const without = leftOut.length > 0 ? `left out: ${leftOut.length} (summary.json says why)\n` : '';
  return `\n${title}${alignColumns([['layer', ...heads, ...compared], ...rows])}${without}\n`;
}

interface Mass {
  readonly mass: number;
  readonly low: number;
  readonly high: number;
}

function interval({ mass, low, high }: Mass, show: (share: number) => string): string {
  return `${show(mass)} [${show(low)}, ${show(high)}]`;
}

/** In percentage points. */
function points(difference: number): string {
  return (100 * difference).toFixed(2);
}
