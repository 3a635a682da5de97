/** The two plots of a part: answers, and likelihoods. No DOM. */
import type { AblatedPart } from '../../src/shared/ablateResults';
import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import type { LegendEntry } from '../kit/legend';
import { swatchWidth } from '../kit/legend';
import type { DrawnPlot, TitledAxis } from '../kit/linePlot';
import { axisAround, significant } from '../kit/numbers';
import type { PlotBox } from '../kit/plotFrame';
import { tickPercent, tickPoints } from '../kit/rates';
import { line, tag } from '../kit/svg';
import type { Theme } from '../kit/theme';
import { baselineColour, baselineDash, layerPlot, pointMarker } from './layerPlot';
import { baselineOf, layerCount, likelihoodPoints, measurePoints, partsOf, regionsOf, type LayerPoint } from './layers';
import type { Measure, View } from './view';
import { likelihoodAxis, measureAxes } from './wording';

export interface PlotSource {
  readonly state: ReasoningState;
  readonly view: View;
  readonly theme: Theme;
}

export const measureHeight = 310;
export const likelihoodHeight = 230;

export function measurePlot({ state, view, theme }: PlotSource, part: AblatedPart, box: PlotBox): DrawnPlot {
  const { measure } = view;
  return layerPlot({
    ...frameOf({ state, view, theme }, part, box),
    axis: measureAxis(state, measure),
    points: measurePoints(state.summary, part, measure),
    colour: measureColour(theme),
    baseline: baselineOf(state.summary, measure),
  });
}

export function likelihoodPlot(source: PlotSource, part: AblatedPart, box: PlotBox): DrawnPlot {
  const { state, theme } = source;
  const all = partsOf(state).flatMap((one) => likelihoodPoints(state.summary, one));
  return layerPlot({
    ...frameOf(source, part, box),
    axis: { ...axisOf(all), label: (value) => significant(value), title: likelihoodAxis },
    points: likelihoodPoints(state.summary, part),
    colour: likelihoodColour(theme),
    baseline: null,
  });
}

/** The same in both parts. */
function measureAxis(state: ReasoningState, measure: Measure): TitledAxis {
  const title = measureAxes[measure];
  if (measure !== 'difference') return { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: tickPercent, title };
  const all = partsOf(state).flatMap((part) => measurePoints(state.summary, part, measure));
  return { ...axisOf(all), label: tickPoints, title };
}

function axisOf(points: readonly LayerPoint[]) {
  return axisAround(Math.min(0, ...points.map(({ low }) => low)), Math.max(0, ...points.map(({ high }) => high)));
}

function frameOf({ state, view, theme }: PlotSource, part: AblatedPart, box: PlotBox) {
  const { selected } = view;
  return {
    box,
    numLayers: layerCount(state, part),
    regions: regionsOf(state, part),
    selected: selected?.part === part ? selected.layer : null,
    theme,
  };
}

function measureColour(theme: Theme): string {
  return theme.series[0]!;
}

function likelihoodColour(theme: Theme): string {
  return theme.series[3]!;
}

/** What the markers of the answers mean, and the baseline. */
export function measureLegend({ state, view, theme }: PlotSource): LegendEntry[] {
  const baseline: LegendEntry = {
    label: 'baseline: no layer ablated, with its 95 % interval',
    draw: (x, y) => [
      tag('rect', { x, y: y - 6, width: swatchWidth, height: 12, fill: baselineColour(theme), 'fill-opacity': 0.22 }),
      line(x, y, x + swatchWidth, y, {
        stroke: baselineColour(theme),
        'stroke-width': 1.5,
        'stroke-dasharray': baselineDash.join(' '),
      }),
    ],
  };
  return [
    ...(baselineOf(state.summary, view.measure) ? [baseline] : []),
    markerEntry('significant change (Holm, p < 0.05)', true, measureColour(theme), theme),
    markerEntry('not significant', false, measureColour(theme), theme),
  ];
}

export function likelihoodLegend(theme: Theme): LegendEntry[] {
  return [
    markerEntry('95 % interval without zero', true, likelihoodColour(theme), theme),
    markerEntry('95 % interval with zero', false, likelihoodColour(theme), theme),
  ];
}

function markerEntry(label: string, strong: boolean, stroke: string, theme: Theme): LegendEntry {
  const half = swatchWidth / 2;
  return {
    label,
    draw: (x, y) => [
      line(x + half, y - 8, x + half, y + 8, { stroke, 'stroke-width': 1.25 }),
      pointMarker(strong, x + half, y, stroke, theme),
    ],
  };
}
