import type { ChartOptions, TooltipItem } from 'chart.js';
import type { LayerDataset } from './chartParts';
import { layerTicks } from '../kit/layerTicks';
import type { Backdrop } from './regionShading';

/** Everything a chart over layers shows. */
export interface LayerChartContent extends Backdrop {
  /** The accessible name. */
  readonly name: string;
  readonly datasets: readonly LayerDataset[];
  /** Layers that can be chosen, ascending. */
  readonly layers: readonly number[];
  readonly numLayers: number;
  /** Of the value axis. */
  readonly range: { readonly low: number; readonly high: number; readonly step: number };
  readonly tick: (value: number) => string;
}

function nearest(layers: readonly number[], value: number): number | undefined {
  return [...layers].sort((a, b) => Math.abs(a - value) - Math.abs(b - value))[0];
}

/** How chart.js draws it. @param choose told of a click, with the nearest layer */
export function layerChartOptions(content: LayerChartContent, choose: (layer: number) => void): ChartOptions<'line'> {
  const { theme, range, numLayers, layers, tick } = content;
  const font = { family: theme.fontFamily, size: theme.fontSize - 2 };
  const ticks = { color: theme.muted, font, padding: 4 };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    layout: { padding: { top: content.labels ? theme.fontSize + 6 : 6, right: 6 } },
    interaction: { mode: 'x', intersect: false },
    onClick: ({ x }, _active, chart) => {
      const layer = nearest(layers, chart.scales['x']!.getValueForPixel(x ?? 0) ?? 0);
      if (layer !== undefined) choose(layer);
    },
    scales: {
      x: {
        type: 'linear',
        min: -0.5,
        max: numLayers - 0.5,
        // Whole layers although the axis begins half a layer before the first.
        afterBuildTicks: (axis) => (axis.ticks = layerTicks(numLayers).map((value) => ({ value }))),
        ticks: { ...ticks, autoSkip: true, maxRotation: 0, callback: String },
        grid: { display: false },
        border: { color: theme.muted },
        title: { display: true, text: 'Layer', color: theme.muted, font, padding: 2 },
      },
      y: {
        min: range.low,
        max: range.high,
        ticks: { ...ticks, stepSize: range.step, callback: (value) => tick(Number(value)) },
        grid: { color: ({ tick: line }) => (line?.value === 0 ? theme.muted : theme.grid), tickLength: 0 },
        border: { display: false },
        // The same in all charts: layers stand below each other.
        afterFit: (axis) => {
          axis.width = 3.9 * font.size;
        },
      },
    },
    plugins: {
      tooltip: {
        animation: false,
        backgroundColor: theme.tooltip.background,
        borderColor: theme.tooltip.border,
        borderWidth: 1,
        cornerRadius: 3,
        titleColor: theme.tooltip.foreground,
        bodyColor: theme.tooltip.foreground,
        titleFont: { ...font, weight: 'bold' },
        bodyFont: font,
        usePointStyle: true,
        boxPadding: 4,
        filter: ({ dataset }) => (dataset as LayerDataset).notes !== undefined,
        callbacks: {
          title: (items) => (items[0] ? `Layer ${Math.round(items[0].parsed.x ?? 0)}` : ''),
          label: (item: TooltipItem<'line'>) => [...((item.dataset as LayerDataset).notes?.[item.dataIndex] ?? [])],
        },
      },
    },
  };
}
