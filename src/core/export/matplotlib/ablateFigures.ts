import { partTitles } from '../../../shared/vocabulary';
import { significance } from '../../experiment/report/statisticsText';
import type { ReportRun } from '../../experiment/report/reportRun';
import { readAblateFacts, readAblateRows } from '../../probe/ablateFacts';
import { summariseAblate } from '../../probe/ablateSummary';
import type { ExportedFile } from '../exportedFile';
import { layerFigure, type LayerPoint } from './layerFigure';

/** Accuracy and log-likelihood without each layer, of decoder and vision tower. Null when the folder does not say an ablation. */
export function ablateFigures({ id, manifest, rows, state, model }: ReportRun): ExportedFile[] | null {
  const facts = readAblateFacts(manifest.facts);
  if (!facts) return null;
  const { baseline, layers } = summariseAblate(facts, readAblateRows(rows), state === 'finished');
  return (['languageModel', 'vision'] as const).flatMap((part) => {
    const own = layers.filter((one) => one.part === part);
    const panel = partTitles[part];
    const regions = part === 'languageModel' ? (model?.regions ?? null) : null;
    const answered = own.filter(({ n }) => n > 0);
    const whole: LayerPoint[] =
      answered.length > 0 && baseline.n > 0
        ? [
            {
              ...{ panel, series: 'whole model', layer: null, value: baseline.rate },
              ...{ low: baseline.low, high: baseline.high, n: baseline.n },
            },
          ]
        : [];
    const accuracy = answered.map(({ layer, rate, low, high, n, pAdjusted }): LayerPoint => {
      const series = 'one layer made identity';
      return { panel, series, layer, value: rate, low, high, n, significant: pAdjusted < significance };
    });
    const likelihood = own.flatMap(({ layer, likelihood: change }): LayerPoint[] => {
      if (!change) return [];
      const { mean, low, high, n } = change;
      return [{ panel, series: 'one layer made identity', layer, value: mean, low, high, n }];
    });
    const axis = 'Change in log-likelihood of the right answer (nats)';
    return [
      ...layerFigure({
        ...{ name: `${id}.accuracy.${part}`, points: [...whole, ...accuracy], axis: 'Accuracy (%)' },
        ...{ scale: 100, regions, zero: false, shared: true },
      }),
      ...layerFigure({
        ...{ name: `${id}.likelihood.${part}`, points: likelihood, axis },
        ...{ scale: 1, regions, zero: true, shared: true },
      }),
    ];
  });
}
