import type { ReportRun } from '../../experiment/report/reportRun';
import { significance } from '../../experiment/report/statisticsText';
import { readAttentionFacts, readAttentionRows } from '../../probe/attentionFacts';
import { summariseAttention } from '../../probe/attentionSummary';
import type { ExportedFile } from '../exportedFile';
import { layerFigure, type LayerPoint } from './layerFigure';

/** Attention on the image over layers, per checkpoint, and every difference. Null when the folder does not say attention. */
export function attentionFigures({ id, manifest, rows, state, model }: ReportRun): ExportedFile[] | null {
  const facts = readAttentionFacts(manifest.facts);
  if (!facts) return null;
  const { checkpoints, differences } = summariseAttention(facts, readAttentionRows(rows), state === 'finished');
  const regions = model?.regions ?? null;
  const masses = Object.entries(checkpoints).flatMap(([series, { layers }]) =>
    layers.map(({ layer, mass, low, high, n }): LayerPoint => ({
      panel: '',
      series,
      layer,
      value: mass,
      low,
      high,
      n,
    })),
  );
  const compared = differences.flatMap(({ a, b, layers }) =>
    layers.map(({ layer, mass, low, high, n, pAdjusted }): LayerPoint => {
      const panel = `${b} − ${a}`;
      return { panel, series: panel, layer, value: mass, low, high, n, significant: pAdjusted < significance };
    }),
  );
  return [
    ...layerFigure({
      ...{ name: `${id}.mass`, points: masses, axis: 'Attention on the image (%)' },
      ...{ scale: 100, regions, zero: false, shared: true },
    }),
    ...layerFigure({
      ...{ name: `${id}.difference`, points: compared, axis: 'Difference in attention on the image (points)' },
      ...{ scale: 100, regions, zero: true, shared: true },
    }),
  ];
}
