import { partTitles, regionTitles } from '../../src/shared/vocabulary';
import type { CompareGroup } from '../../src/shared/compareResults';
import { element, fill, setText } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { legendHeight } from '../kit/legend';
import { significant } from '../kit/numbers';
import { PlotView } from '../kit/plotView';
import { table } from '../kit/table';
import { energyNotes, energySeries } from './energySeries';
import { energyPlot } from './energyPlot';
import { phaseLegend } from './legends';
import { shownPhases } from './phases';
import type { PlotSource } from './spectrumPlots';
import { changedText, energySentence, energyTitles, layeredPartTitle } from './wording';

const energyHeight = 320;

/** A part of the model, or a region of its language model, in one phase. */
interface Piece {
  readonly title: string;
  readonly phase: string;
  readonly group: CompareGroup;
}

/** Energy over layers, and what it comes to by region and part. */
export class EnergyView {
  readonly element = element('div', {});
  private readonly explanation = element('p', { class: 'muted explanation' });
  private readonly legend = element('div', { class: 'legend' });
  private readonly plot: PlotView;
  private readonly pieces = table<Piece>([
    { title: 'Where', text: ({ title }) => title, heading: true },
    { title: 'Phase', text: ({ phase }) => phase, heading: true },
    { title: '‖ΔW‖', text: ({ group }) => significant(group.energy), number: true },
    { title: '‖ΔW‖ / ‖W‖', text: ({ group }) => optional(group.relativeEnergy), number: true },
    { title: 'Rounding floor', text: ({ group }) => significant(group.roundingFloor), number: true },
    { title: 'Changed', text: ({ group }) => changedText(group.changedFraction), number: true },
    { title: 'Largest |Δ|', text: ({ group }) => significant(group.largest), number: true },
    { title: 'Cosine', text: ({ group }) => optional(group.cosine), number: true },
    { title: 'Stable rank', text: ({ group }) => optional(group.stableRank), number: true },
    { title: 'Effective rank', text: ({ group }) => optional(group.effectiveRank), number: true },
    { title: 'Tensors', text: ({ group }) => String(group.tensors), number: true },
  ]);

  constructor(onChoose: (layer: number) => void) {
    this.plot = new PlotView(onChoose);
    this.element.append(this.explanation, this.legend, this.plot.element, this.pieces.element);
    this.pieces.element.classList.add('pieces');
  }

  update(source: PlotSource): void {
    const { state, view, theme } = source;
    setText(this.explanation, energySentence(view.energy));
    const { markup, width } = phaseLegend(state, view, theme);
    fill(this.legend, drawing(markup, width, legendHeight, theme.fontFamily));
    const series = energySeries(state, view);
    const layers = new Set(series.flatMap(({ points }) => points.map(({ layer }) => layer)));
    this.plot.update({
      name: `${energyTitles[view.energy]} update energy of the ${layeredPartTitle(view.part).toLowerCase()} by layer`,
      values: [...layers].sort((a, b) => a - b),
      selected: null,
      label: (layer) => `Layer ${layer}`,
      notes: (layer) => energyNotes(series, layer, view.energy === 'absolute'),
      none: 'No layer chosen',
      empty: 'No tensors yet',
      height: energyHeight,
      theme,
      draw: (across, height) => energyPlot(state, view, theme, { left: 0, top: 0, width: across, height }),
    });
    this.pieces.update('Regions of the language model, and parts', piecesOf(source));
  }
}

function optional(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : significant(value);
}

/** Phases below each other. */
function piecesOf({ state, view }: PlotSource): Piece[] {
  const pieces = shownPhases(state, view).flatMap(({ phase, title }) => [
    ...phase.regions.map((group) => ({ title: regionTitles[group.region], phase: title, group })),
    ...phase.parts.map((group) => ({ title: group.part ? partTitles[group.part] : 'Other', phase: title, group })),
  ]);
  const titles = [...new Set(pieces.map(({ title }) => title))];
  return titles.flatMap((title) => pieces.filter((piece) => piece.title === title));
}
