import type { Plugin } from 'chart.js';
import type { LayerDataset } from './chartParts';

const halfCap = 3;

/** Draws `bars` of a dataset as vertical lines with caps, behind the markers. */
export const intervalBars: Plugin<'line'> = {
  id: 'intervalBars',
  beforeDatasetDraw: (chart, { meta, index }) => {
    const dataset = chart.data.datasets[index] as LayerDataset | undefined;
    if (!dataset?.bars) return;
    const { ctx, scales } = chart;
    const y = (value: number) => scales['y']!.getPixelForValue(value);
    ctx.save();
    ctx.strokeStyle = String(dataset.borderColor);
    ctx.lineWidth = 1;
    ctx.beginPath();
    dataset.bars.forEach(([low, high], i) => {
      const x = meta.data[i]?.x;
      if (x === undefined) return;
      ctx.moveTo(x, y(low));
      ctx.lineTo(x, y(high));
      for (const end of [y(low), y(high)]) {
        ctx.moveTo(x - halfCap, end);
        ctx.lineTo(x + halfCap, end);
      }
    });
    ctx.stroke();
    ctx.restore();
  },
};
