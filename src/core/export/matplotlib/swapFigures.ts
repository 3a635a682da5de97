import type { ReportRun } from '../../experiment/report/reportRun';
import { readSwapFacts, readSwapRows } from '../../probe/swapFacts';
import { summariseSwap } from '../../probe/swapSummary';
import type { ExportedFile } from '../exportedFile';
import { layerFigure } from './layerFigure';

/** Change rates over layers. Null when the folder does not say a swap. */
export function swapFigures({ id, manifest, rows, state, model }: ReportRun): ExportedFile[] | null {
  const facts = readSwapFacts(manifest.facts);
  if (!facts) return null;
  const { checkpoint, functions } = summariseSwap(facts, readSwapRows(rows), state === 'finished');
  const points = Object.entries(functions).flatMap(([series, curve]) =>
    curve
      .filter(({ n }) => n > 0)
      .map(({ layer, n, rate, low, high }) => ({ panel: checkpoint, series, layer, value: rate, low, high, n })),
  );
  const axis = `Answers that change (%), ${facts.mode} swap`;
  return layerFigure({
    ...{ name: `${id}.changeRate`, points, axis, scale: 100, zero: false, shared: true },
    regions: model?.regions ?? null,
  });
}
