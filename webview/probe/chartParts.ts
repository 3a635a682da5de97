/** The pieces of chart.js that the panel uses; nothing else of it is bundled. */
import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartDataset,
  type PointStyle,
} from 'chart.js';
import type { Marker } from '../kit/lineStyles';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler, Tooltip);

/** Layer and value. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** A line of a layer chart. What has notes is spoken of: in the tooltip, and to screen readers. */
export type LayerDataset = ChartDataset<'line', Spot[]> & {
  /** Lines for each spot. */
  notes?: readonly (readonly string[])[];
  /** Ends of the interval around each spot, drawn as a bar. */
  bars?: readonly (readonly [number, number])[];
};

export type LayerChartJs = Chart<'line', Spot[]>;

/** chart.js' names of our markers; its triangle turns by a rotation. */
export function markerOptions(marker: Marker): { pointStyle: PointStyle; pointRotation: number } {
  const styles: Record<Marker, PointStyle> = {
    circle: 'circle',
    triangle: 'triangle',
    triangleDown: 'triangle',
    square: 'rect',
    diamond: 'rectRot',
  };
  return { pointStyle: styles[marker], pointRotation: marker === 'triangleDown' ? 180 : 0 };
}

/** A line without anything on it: the edge of a band, a part of a note-less decoration. */
export const plainLine = { pointRadius: 0, pointHitRadius: 0, pointHoverRadius: 0, borderWidth: 0 } as const;
