import { element, fill, setText } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { legendHeight } from '../kit/legend';
import { PlotView } from '../kit/plotView';
import { layerLegend, phaseLegend } from './legends';
import { shownPhases, type ShownPhase } from './phases';
import { decays, type RankMeasure } from './spectra';
import {
  decayNotes,
  decayPlot,
  rankLayers,
  rankNotes,
  ranksIn,
  ranksPlot,
  missingSentence,
  type PlotSource,
} from './spectrumPlots';
import { measureTitles, noSpectrumSentence } from './wording';

const decayHeight = 300;
const ranksHeight = 240;

const explanation =
  'Singular values of each layer’s update, relative to the largest: the steeper the line, the fewer directions it moved in.';

/** Decay of the singular values, a plot for each phase, and the ranks that it comes to. */
export class SpectrumView {
  readonly element = element('div', {});
  private readonly empty = element('p', { class: 'empty' });
  private readonly content = element('div', {});
  private readonly layers = element('div', { class: 'legend' });
  private readonly phases = element('div', { class: 'legend' });
  private readonly decays = element('div', { class: 'grid' });
  private readonly cards = new Map<number, DecayCard>();
  private readonly ranks: readonly { readonly measure: RankMeasure; readonly plot: PlotView }[];

  constructor(onChoose: (layer: number) => void) {
    this.ranks = (['stableRank', 'effectiveRank'] as const).map((measure) => ({
      measure,
      plot: new PlotView(onChoose),
    }));
    const ranks = element('div', { class: 'grid' }, ...this.ranks.map(({ plot }) => plot.element));
    const said = element('p', { class: 'muted explanation' }, explanation);
    this.content.append(said, this.layers, this.decays, this.phases, ranks);
    this.element.append(this.empty, this.content);
  }

  update(source: PlotSource): void {
    const { state, view, theme } = source;
    const isEmpty = rankLayers(source, 'stableRank').length === 0;
    this.empty.hidden = !isEmpty;
    this.content.hidden = isEmpty;
    if (isEmpty) return setText(this.empty, noSpectrumSentence(state));
    for (const [box, { markup, width }] of [
      [this.layers, layerLegend(state, view, theme)],
      [this.phases, phaseLegend(state, view, theme)],
    ] as const) {
      fill(box, drawing(markup, width, legendHeight, theme.fontFamily));
    }
    this.showDecays(source);
    for (const { measure, plot } of this.ranks) {
      plot.update({
        name: `${measureTitles[measure]} by layer`,
        values: rankLayers(source, measure),
        selected: null,
        label: (layer) => `Layer ${layer}`,
        notes: (layer) => rankNotes(source, measure, layer),
        none: 'No layer chosen',
        empty: 'No matrices yet',
        height: ranksHeight,
        theme,
        draw: (width, height) => ranksPlot(source, measure, { left: 0, top: 0, width, height }),
      });
    }
  }

  private showDecays(source: PlotSource): void {
    const shown = shownPhases(source.state, source.view);
    for (const [place, card] of this.cards) {
      if (shown.some((one) => one.place === place)) continue;
      card.element.remove();
      this.cards.delete(place);
    }
    shown.forEach((one, i) => {
      let card = this.cards.get(one.place);
      if (!card) this.cards.set(one.place, (card = new DecayCard()));
      if (this.decays.children[i] !== card.element)
        this.decays.insertBefore(card.element, this.decays.children[i] ?? null);
      card.update(source, one);
    });
  }
}

class DecayCard {
  readonly element: HTMLElement;
  private readonly heading = element('h3');
  private readonly facts = element('figcaption', { class: 'muted' });
  // A rank is nothing to go to.
  private readonly plot = new PlotView(() => undefined);

  constructor() {
    this.element = element('figure', { class: 'card' }, this.heading, this.plot.element, this.facts);
  }

  update(source: PlotSource, shown: ShownPhase): void {
    const { state, view, theme } = source;
    const all = decays(shown.phase, view);
    setText(this.heading, shown.title);
    setText(this.facts, missingSentence(all));
    this.plot.update({
      name: `Decay of the singular values of ${shown.title} by rank`,
      values: ranksIn(all),
      selected: null,
      label: (rank) => `Rank ${rank}`,
      notes: (rank) => decayNotes(state, view, all, rank),
      none: 'No rank chosen',
      empty: 'No finished matrices',
      height: decayHeight,
      theme,
      draw: (width, height) => decayPlot(source, shown, { left: 0, top: 0, width, height }),
    });
  }
}
