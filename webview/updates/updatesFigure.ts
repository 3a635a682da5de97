/** What a tab shows as one picture with title and legend. No DOM. */
import { chainTitle } from '../../src/shared/phaseTitles';
import { figureMargin, figureOf, type Figure } from '../kit/figure';
import { legendHeight } from '../kit/legend';
import { text, type Markup } from '../kit/svg';
import { energyPlot } from './energyPlot';
import { heatFigure, heatMapHeight } from './heatFigure';
import { heatMaps } from './heatMap';
import { layerLegend, phaseLegend } from './legends';
import { shownPhases } from './phases';
import { decayPlot, ranksPlot, type PlotSource } from './spectrumPlots';
import { kindLabel } from './tensorKinds';
import { meanOfMatrices, type View } from './view';
import { energyTitles, layeredPartTitle, measureTitles, shownComponentTitles } from './wording';

const margin = figureMargin;
const gap = 28;
/** Title and subtitle. */
const head = 70;
const plotWidth = 480;
const energySize = { width: 900, height: 340 };
const decaySize = { width: plotWidth, height: 300 };
const ranksSize = { width: plotWidth, height: 250 };

/** Markup and how far down it reaches. */
interface Drawn {
  readonly parts: readonly Markup[];
  readonly width: number;
  readonly bottom: number;
}

export function updatesFigure(source: PlotSource): Figure {
  const { state, view, theme } = source;
  const { parts, width, bottom } = drawn(source);
  const title = `${state.run.id} · ${chainTitle(state.phases)} · ${state.experiment}`;
  const subtitle = subtitleOf(view);
  return figureOf(
    { title, description: `${subtitle}.`, width: width + 2 * margin, height: bottom + margin },
    theme,
    text(subtitle, margin, margin + 34, { fill: theme.muted }),
    ...parts,
  );
}

function subtitleOf(view: View): string {
  const part = layeredPartTitle(view.part).toLowerCase();
  switch (view.tab) {
    case 'map':
      return `${measureTitles[view.measure]} of each tensor, ${part}`;
    case 'spectrum':
      return `Singular values of the updates, ${view.matrix === meanOfMatrices ? 'mean of a layer’s matrices' : kindLabel(view.matrix)}, ${part}`;
    case 'energy':
    case 'table':
      return `${energyTitles[view.energy]} update energy by layer, ${part}, ${shownComponentTitles[view.component].toLowerCase()}`;
  }
}

function drawn(source: PlotSource): Drawn {
  switch (source.view.tab) {
    case 'map':
      return mapFigure(source);
    case 'spectrum':
      return spectrumFigure(source);
    case 'energy':
    case 'table':
      return energyFigure(source);
  }
}

function energyFigure({ state, view, theme }: PlotSource): Drawn {
  const legend = phaseLegend(state, view, theme, { left: margin, top: head });
  const top = head + legendHeight + 10;
  const { markup } = energyPlot(state, view, theme, { left: margin, top, ...energySize });
  return { parts: [legend.markup, markup], width: energySize.width, bottom: top + energySize.height };
}

function mapFigure({ state, view, theme }: PlotSource): Drawn {
  const maps = heatMaps(state, view);
  const width = 640;
  const parts = maps.flatMap((map, i) =>
    heatFigure(map, { state, view, theme }, { left: margin + i * (width + gap), top: head, width }),
  );
  const height = Math.max(...maps.map(heatMapHeight));
  return { parts, width: maps.length * (width + gap) - gap, bottom: head + height };
}

function spectrumFigure(source: PlotSource): Drawn {
  const { state, view, theme } = source;
  const shown = shownPhases(state, view);
  const at = (i: number, top: number, size: typeof decaySize) => ({
    left: margin + i * (plotWidth + gap),
    top,
    ...size,
  });
  const first = head + legendHeight + 8;
  const titled = first + 18;
  const second = titled + decaySize.height + 10;
  const third = second + legendHeight + 8;
  const columns = Math.max(2, shown.length);
  return {
    parts: [
      layerLegend(state, view, theme, { left: margin, top: head }).markup,
      ...shown.flatMap((one, i) => [
        text(one.title, margin + i * (plotWidth + gap), first + 10, { fill: theme.foreground, 'font-weight': 600 }),
        decayPlot(source, one, at(i, titled, decaySize)).markup,
      ]),
      phaseLegend(state, view, theme, { left: margin, top: second }).markup,
      ranksPlot(source, 'stableRank', at(0, third, ranksSize)).markup,
      ranksPlot(source, 'effectiveRank', at(1, third, ranksSize)).markup,
    ],
    width: columns * (plotWidth + gap) - gap,
    bottom: third + ranksSize.height,
  };
}
