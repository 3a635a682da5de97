import type { AblateSummary } from '../../shared/ablateResults';
import { percent } from '../../shared/format';
import { alignColumns } from './alignColumns';

export type NamedAblateSummary = AblateSummary & { readonly step: string };

const partNames = { vision: 'vision', languageModel: 'language model' } as const;

/** The whole model, then a line per layer made identity; columns for what was measured. */
export function ablateTable({ step, checkpoint, baseline, layers }: NamedAblateSummary): string {
  const generated = baseline.n > 0;
  const scored = layers.some(({ likelihood }) => likelihood !== null);
  const share = ({ n, rate, low, high }: AblateSummary['baseline']) =>
    n === 0 ? '–' : `${percent(rate)} [${percent(low)}, ${percent(high)}]`;
  const nats = (likelihood: AblateSummary['layers'][number]['likelihood']) =>
    likelihood === null
      ? '–'
      : `${likelihood.mean.toFixed(2)} [${likelihood.low.toFixed(2)}, ${likelihood.high.toFixed(2)}]`;
  const row = (name: string, accuracy: string[], likelihood: string) => [
    name,
    ...(generated ? accuracy : []),
    ...(scored ? [likelihood] : []),
  ];
  const rows = [
    row('identity', ['n', 'accuracy', 'p', 'p (Holm)'], 'log-likelihood'),
    row('none', [String(baseline.n), share(baseline), '', ''], ''),
    ...layers.map((layer) => {
      const { part, n, pValue, pAdjusted, likelihood } = layer;
      const accuracy = [String(n), share(layer), pText(pValue), pText(pAdjusted)];
      return row(`${partNames[part]} ${layer.layer}`, accuracy, nats(likelihood));
    }),
  ];
  return `\n${step}: ${checkpoint} with one layer made identity, 95 % intervals\n${alignColumns(rows)}\n`;
}

function pText(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
