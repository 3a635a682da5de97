import type { Theme } from '../kit/theme';
import { markerOptions, type LayerDataset } from './chartParts';
import { sidestep } from './differencePlace';
import { lineStyle } from '../kit/lineStyles';
import { significance } from '../kit/rates';
import { describeDifference, type DifferenceSeries } from './series';

/** Differences as markers with their paired intervals: filled where they are significant, hollow elsewhere. */
export function differenceDatasets(series: readonly DifferenceSeries[], theme: Theme): LayerDataset[] {
  return series.map(({ label, style, points }, place) => {
    const { colour, marker } = lineStyle(style);
    const stroke = theme.series[colour]!;
    const significant = points.map(({ pAdjusted }) => pAdjusted < significance);
    return {
      label,
      data: points.map(({ layer, difference }) => ({ x: layer + sidestep(place, series.length), y: difference })),
      notes: points.map((point) => describeDifference(label, point)),
      bars: points.map(({ low, high }) => [low, high] as const),
      ...markerOptions(marker),
      showLine: false,
      borderColor: stroke,
      pointBackgroundColor: significant.map((filled) => (filled ? stroke : theme.background)),
      pointBorderColor: stroke,
      pointBorderWidth: 1.5,
      pointRadius: significant.map((filled) => (filled ? 5 : 3)),
      pointHoverRadius: 6,
      clip: 6,
    };
  });
}
