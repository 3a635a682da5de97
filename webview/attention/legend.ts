/** What the lines, areas and markers of the plots mean. No DOM. */
import type { LegendEntry } from '../kit/legend';
import { lineStyle, markerPath } from '../kit/lineStyles';
import { line, tag } from '../kit/svg';
import { checkpointColour, shownComparison } from './layerPlots';
import type { PageSource } from './model';
import { meanSeries } from './series';

/** A row for the lines, and one for the difference where there is one. */
export function legendRows(source: PageSource): LegendEntry[][] {
  const { state, view, theme } = source;
  const { foreground, background } = theme;
  const lines = meanSeries(state, view).map((one): LegendEntry => {
    const { dash, marker } = lineStyle(one.place);
    const stroke = checkpointColour(one, theme);
    const dashes = { 'stroke-dasharray': dash.join(' ') || null };
    const n = one.points.reduce((most, point) => Math.max(most, point.n), 0);
    return {
      label: `${one.label} (n = ${n})`,
      draw: (x, y) => [
        line(x, y, x + 32, y, { stroke, 'stroke-width': 2, ...dashes }),
        tag('path', { d: markerPath(marker, x + 16, y, 4.5), fill: stroke, stroke: background }),
      ],
    };
  });
  const band: LegendEntry = {
    label: '95 % interval (bootstrap over items)',
    draw: (x, y) => [tag('rect', { x, y: y - 5, width: 32, height: 10, fill: foreground, 'fill-opacity': 0.22 })],
  };
  const marked = (label: string, radius: number, fill: string): LegendEntry => ({
    label,
    draw: (x, y) => [
      tag('path', { d: markerPath('circle', x + 16, y, radius), fill, stroke: foreground, 'stroke-width': 1.5 }),
    ],
  });
  const first = [...lines, ...(view.bands && view.measure !== 'sink' ? [band] : [])];
  return shownComparison(source)
    ? [
        first,
        [
          marked('difference in mass significant (adjusted p < 0.05)', 5, foreground),
          marked('not significant', 3.5, background),
        ],
      ]
    : [first];
}
