/** All charts as one picture with title and legend: the SVG that is exported, and what the PNG is made of. No DOM. */
import type { ProbeState } from '../../src/shared/protocol/probe';
import type { Theme } from '../kit/theme';
import { figureMargin, figureOf, type Figure } from '../kit/figure';
import type { PlotBox } from '../kit/plotFrame';
import { differencePlot, ratePlot } from './figurePlots';
import { markerPath, lineStyle } from '../kit/lineStyles';
import { adoptedDash } from './adoptedDash';
import { differenceBound, functionSeries } from './series';
import { line, tag, text, type Markup } from '../kit/svg';
import type { View } from './view';
import { differenceTitle, functionLabel, modeSentence, runLabels } from './wording';

/** Pixels. */
const margin = figureMargin;
const plotWidth = 420;
const plotHeight = 210;
const differenceHeight = 145;
const gap = 28;
const headHeight = 100;

/** The functions that the view shows, with the bands, adopted rates and differences that it shows. */
export function probeFigure(state: ProbeState, view: View, theme: Theme): Figure {
  const series = functionSeries(state, view.hidden);
  const differences = view.differences && series.some((one) => one.differences.length > 0);
  const cellHeight = plotHeight + (differences ? differenceHeight : 0);
  const columns = Math.min(2, Math.max(1, series.length));
  const rows = Math.ceil(series.length / columns);
  // A single column is still wide enough for the title and the legend.
  const width = 2 * margin + Math.max(columns * plotWidth + (columns - 1) * gap, 2 * plotWidth);
  const height = headHeight + rows * cellHeight + (rows - 1) * gap + margin;
  const bound = differenceBound(series);
  const plots = series.flatMap((one, i) => {
    const left = margin + (i % columns) * (plotWidth + gap);
    const top = headHeight + Math.floor(i / columns) * (cellHeight + gap);
    const box = (from: number, tall: number): PlotBox => ({ left, top: from, width: plotWidth, height: tall });
    const common = { numLayers: state.numLayers, regions: state.regions, theme };
    return [
      ratePlot({ ...common, box: box(top, plotHeight), series: one, view }),
      ...(differences
        ? [
            differencePlot({
              ...common,
              box: box(top + plotHeight, differenceHeight),
              series: one,
              bound,
              title: differenceTitle(state.runs),
            }),
          ]
        : []),
    ];
  });
  const described = description(
    state,
    series.map(({ name }) => name),
  );
  return figureOf(
    { title: title(state), description: described, width, height },
    theme,
    ...head(state, view, differences, theme),
    ...plots,
  );
}

function title({ runs, experiment }: ProbeState): string {
  return `${runs[0]?.id ?? ''} · change rate by layer · ${experiment}`;
}

function description({ runs }: ProbeState, names: readonly string[]): string {
  const functions = names.map(functionLabel).join(', ');
  return `Change rates of ${functions} for ${[...runLabels(runs).values()].join(', ')}, with 95 % Wilson intervals.`;
}

function head(state: ProbeState, view: View, differences: boolean, theme: Theme): Markup[] {
  const [own] = state.runs;
  const muted = { fill: theme.muted };
  return [
    ...(own ? [text(modeSentence(own.mode, own.window), margin, margin + 34, muted)] : []),
    ...legend(state, view, differences, theme, margin + 54),
  ];
}

/** Entries one after another; a text's width is guessed, generously. */
function legend(state: ProbeState, view: View, differences: boolean, theme: Theme, y: number): Markup[] {
  const parts: Markup[] = [];
  let x = margin;
  const entry = (label: string, draw: (from: number) => Markup[]) => {
    parts.push(...draw(x), text(label, x + 40, y + 4, { fill: theme.foreground }));
    x += 40 + 7.2 * label.length + 18;
  };
  [...runLabels(state.runs).values()].forEach((label, i) => {
    const { colour, dash, marker } = lineStyle(i);
    const stroke = theme.series[colour]!;
    entry(label, (from) => [
      line(from, y, from + 32, y, { stroke, 'stroke-width': 2, 'stroke-dasharray': dash.join(' ') || null }),
      tag('path', { d: markerPath(marker, from + 16, y, 4.5), fill: stroke, stroke: theme.background }),
    ]);
  });
  const { foreground } = theme;
  if (view.bands) {
    entry('95 % interval', (from) => [
      tag('rect', { x: from, y: y - 5, width: 32, height: 10, fill: foreground, 'fill-opacity': 0.22 }),
    ]);
  }
  if (view.adopted) {
    const dash = adoptedDash.join(' ');
    entry('adopted rate', (from) => [
      line(from, y, from + 32, y, { stroke: foreground, 'stroke-width': 1.5, 'stroke-dasharray': dash }),
    ]);
  }
  if (differences) {
    entry('significant difference (adjusted p < 0.05)', (from) => [
      tag('path', { d: markerPath('circle', from + 16, y, 5), fill: foreground }),
    ]);
  }
  return parts;
}
