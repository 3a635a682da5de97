/** Energy over layers as a plot. No DOM. */
import type { UpdatesState } from '../../src/shared/protocol/updates';
import { legible } from '../kit/colour';
import { linePlot, layerAxis, type DrawnPlot, type PlotLine, type TitledAxis } from '../kit/linePlot';
import { lineStyle } from '../kit/lineStyles';
import { axesUpTo, significant } from '../kit/numbers';
import type { PlotBox } from '../kit/plotFrame';
import type { Theme } from '../kit/theme';
import { energySeries, largest, needTwinAxes, type EnergySeries } from './energySeries';
import { layerCount, phaseColour, regionsOf } from './phases';
import type { View } from './view';
import { energyFormulas } from './wording';

/** The rounding floor: thin, and without markers. */
export const floorDash: readonly number[] = [4, 3];

export function energyPlot(state: UpdatesState, view: View, theme: Theme, box: PlotBox): DrawnPlot {
  const series = energySeries(state, view);
  const twin = needTwinAxes(series);
  const formula = energyFormulas[view.energy];
  const label = (value: number) => significant(value);
  const tops = series.map((one) => topOf(one, view.energy));
  const axes = axesUpTo(twin ? tops : [Math.max(0, ...tops)]);
  const own = (i: number): TitledAxis => ({
    ...axes[i]!,
    label,
    title: `${series[i]!.shown.title}: ${formula}`,
    // Text needs more contrast than a line (WCAG 2.2, 1.4.3).
    colour: legible(phaseColour(series[i]!.shown, theme), theme.background, theme.foreground, 4.5),
  });
  return linePlot({
    box,
    theme,
    x: layerAxis({
      numLayers: layerCount(state, view.part),
      regions: regionsOf(state, view.part),
      named: true,
      theme,
    }),
    left: twin ? own(0) : { ...axes[0]!, label, title: formula },
    right: twin ? own(1) : null,
    lines: [
      ...series.map((one, i) => valueLine(one, twin && i === 1 ? 'right' : 'left', theme)),
      ...(view.energy === 'absolute'
        ? series.map((one, i) => floorLine(one, twin && i === 1 ? 'right' : 'left', axes[twin ? i : 0]!.high, theme))
        : []),
    ],
  });
}

/** A floor far above the energies is left out, and told at each layer: the energies would lie flat below it. */
const highestFloor = 1.6;

function topOf(one: EnergySeries, kind: View['energy']): number {
  const most = largest(one);
  if (kind !== 'absolute') return most;
  const floors = one.points.map(({ floor }) => floor).filter((floor) => floor <= highestFloor * most);
  return Math.max(most, ...floors);
}

function valueLine({ shown, points }: EnergySeries, side: PlotLine['axis'], theme: Theme): PlotLine {
  const { dash, marker } = lineStyle(shown.place);
  return {
    name: shown.title,
    points: points.map(({ layer, value }) => ({ x: layer, y: value })),
    axis: side,
    colour: phaseColour(shown, theme),
    width: 2,
    dash,
    marker,
  };
}

function floorLine({ shown, points }: EnergySeries, side: PlotLine['axis'], top: number, theme: Theme): PlotLine {
  return {
    name: `Rounding floor of ${shown.title}`,
    points: points.filter(({ floor }) => floor <= top).map(({ layer, floor }) => ({ x: layer, y: floor })),
    axis: side,
    colour: phaseColour(shown, theme),
    width: 1,
    dash: floorDash,
    marker: null,
  };
}
