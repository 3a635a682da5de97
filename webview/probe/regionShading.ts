import type { Plugin } from 'chart.js';
import { regionNames, regionTitles, type Regions } from '../../src/shared/vocabulary';
import type { Theme } from '../kit/theme';
import type { LayerChartJs } from './chartParts';

/** What stands behind the curves. */
export interface Backdrop {
  readonly regions: Regions | null;
  /** The layer whose pairs are listed. */
  readonly selected: number | null;
  /** Region labels are wanted once where charts stand one above the other. */
  readonly labels: boolean;
  readonly theme: Theme;
}

/** Shades Mid between Early and Late, names the regions, and marks the selected layer. */
export function regionShading(backdrop: () => Backdrop): Plugin<'line'> {
  return {
    id: 'regionShading',
    beforeDatasetsDraw: (chart) => {
      const { regions, selected, theme, labels } = backdrop();
      const { ctx, chartArea, scales } = chart as LayerChartJs;
      const x = (layer: number) => scales['x']!.getPixelForValue(layer);
      ctx.save();
      ctx.font = `${theme.fontSize - 2}px ${theme.fontFamily}`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'top';
      for (const name of regions ? regionNames : []) {
        const [from, to] = regions![name];
        if (from === to) continue;
        const left = Math.max(chartArea.left, x(from - 0.5));
        const right = Math.min(chartArea.right, x(to - 0.5));
        if (name === 'mid') {
          ctx.fillStyle = theme.shade;
          ctx.fillRect(left, chartArea.top, right - left, chartArea.bottom - chartArea.top);
        }
        if (!labels) continue;
        ctx.fillStyle = theme.muted;
        ctx.fillText(regionTitles[name], (left + right) / 2, chartArea.top - theme.fontSize - 3, right - left);
      }
      if (selected !== null) markLayer(ctx, x(selected), chartArea, theme);
      ctx.restore();
    },
  };
}

/** A line with a head at its foot: seen without colour too. */
function markLayer(
  ctx: CanvasRenderingContext2D,
  x: number,
  { top, bottom }: { top: number; bottom: number },
  { accent }: Theme,
): void {
  ctx.strokeStyle = accent;
  ctx.fillStyle = accent;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, bottom);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(x, bottom - 6);
  ctx.lineTo(x - 5, bottom + 1);
  ctx.lineTo(x + 5, bottom + 1);
  ctx.fill();
}
