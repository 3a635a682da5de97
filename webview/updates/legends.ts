/** The legends of the panel. No DOM. */
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { legendOf, type Legend, type LegendEntry } from '../kit/legend';
import { lineStyle, markerPath } from '../kit/lineStyles';
import { line, tag, text } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { floorDash } from './energyPlot';
import { layerCount, phaseColour, shownPhases } from './phases';
import { isEstimated } from './spectra';
import { layerColour } from './spectrumPlots';
import type { View } from './view';

/** The phases, and what else the plot of this tab shows. */
export function phaseLegend(state: UpdatesState, view: View, theme: Theme, place = { left: 0, top: 0 }): Legend {
  const shown = shownPhases(state, view);
  const phases = shown.map((one): LegendEntry => {
    const { dash, marker } = lineStyle(one.place);
    const stroke = phaseColour(one, theme);
    const dashes = { 'stroke-dasharray': dash.join(' ') || null };
    return {
      label: one.title,
      draw: (x, y) => [
        line(x, y, x + 32, y, { stroke, 'stroke-width': 2, ...dashes }),
        tag('path', { d: markerPath(marker, x + 16, y, 4), fill: stroke, stroke: theme.background }),
      ],
    };
  });
  const { foreground, background } = theme;
  const floor: LegendEntry = {
    label: 'rounding floor',
    draw: (x, y) => [line(x, y, x + 32, y, { stroke: foreground, 'stroke-dasharray': floorDash.join(' ') })],
  };
  const estimate: LegendEntry = {
    label: 'estimate ± one standard error',
    draw: (x, y) => [
      line(x + 16, y - 8, x + 16, y + 8, { stroke: foreground }),
      tag('path', { d: markerPath('circle', x + 16, y, 4), fill: background, stroke: foreground, 'stroke-width': 1.5 }),
    ],
  };
  const hasEstimates = shown.some(({ phase }) => phase.tensors.some(isEstimated));
  const further = [
    ...(view.tab === 'energy' && view.energy === 'absolute' ? [floor] : []),
    ...(view.tab === 'spectrum' && hasEstimates ? [estimate] : []),
  ];
  return legendOf([...phases, ...further], place, theme);
}

/** The colours of layers, from the first to the last. */
export function layerLegend(
  state: UpdatesState,
  view: View,
  theme: Theme,
  { left, top } = { left: 0, top: 0 },
): Legend {
  const count = layerCount(state, view.part);
  const width = 140;
  const label = { fill: theme.foreground, 'font-size': 12 };
  const bars = Array.from({ length: count }, (_, layer) =>
    tag('rect', {
      x: left + 50 + (layer * width) / count,
      y: top + 4,
      width: width / count + 0.5,
      height: 10,
      fill: layerColour(layer, count, theme),
    }),
  );
  return {
    markup: tag(
      'g',
      {},
      text('Layer 0', left, top + 13, label),
      ...bars,
      text(String(Math.max(0, count - 1)), left + 56 + width, top + 13, label),
    ),
    width: width + 90,
  };
}
