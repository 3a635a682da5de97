import { translucent } from '../kit/colour';
import type { Theme } from '../kit/theme';
import { markerOptions, plainLine, type LayerDataset } from './chartParts';
import { lineStyle } from '../kit/lineStyles';
import { adoptedDash } from './adoptedDash';
import { describePoint, type RunSeries } from './series';

/** Change rates as lines with markers, their Wilson intervals as areas, adopted rates as thin dotted lines. */
export function curveDatasets(
  series: readonly RunSeries[],
  { bands, adopted }: { readonly bands: boolean; readonly adopted: boolean },
  theme: Theme,
): LayerDataset[] {
  const lines = series.flatMap((run) => [rateLine(run, theme), ...(adopted ? [adoptedLine(run, theme)] : [])]);
  // What is first is drawn last: the lines lie on the areas.
  return [...lines, ...(bands ? series.flatMap((run) => band(run, theme)) : [])];
}

function rateLine({ label, style, points }: RunSeries, theme: Theme): LayerDataset {
  const { colour, dash, marker } = lineStyle(style);
  const stroke = theme.series[colour]!;
  return {
    label,
    data: points.map(({ layer, rate }) => ({ x: layer, y: rate })),
    notes: points.map((point) => describePoint(label, point)),
    ...markerOptions(marker),
    borderColor: stroke,
    backgroundColor: stroke,
    borderWidth: 2,
    borderDash: [...dash],
    pointRadius: 3.5,
    pointHoverRadius: 5,
    pointBorderWidth: 1,
    pointBorderColor: theme.background,
    clip: 6,
  };
}

function adoptedLine({ style, points }: RunSeries, theme: Theme): LayerDataset {
  return {
    ...plainLine,
    data: points.map(({ layer, adoptedRate }) => ({ x: layer, y: adoptedRate })),
    borderColor: theme.series[lineStyle(style).colour]!,
    borderWidth: 1.5,
    borderDash: [...adoptedDash],
  };
}

/** Two edges, the lower one filled up to the one before it. */
function band({ style, points }: RunSeries, theme: Theme): LayerDataset[] {
  const colour = theme.series[lineStyle(style).colour]!;
  const edge = {
    ...plainLine,
    borderColor: colour,
    borderWidth: theme.highContrast ? 0.75 : 0,
  };
  return [
    { ...edge, data: points.map(({ layer, high }) => ({ x: layer, y: high })) },
    {
      ...edge,
      data: points.map(({ layer, low }) => ({ x: layer, y: low })),
      fill: '-1',
      backgroundColor: translucent(colour, theme.highContrast ? 0.22 : 0.17),
    },
  ];
}
