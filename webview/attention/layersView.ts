import { element, setText } from '../kit/dom';
import { LegendList } from '../kit/legendList';
import { PlotView } from '../kit/plotView';
import { pValue } from '../kit/rates';
import { differencePlot, differenceTitle, meanPlot, shownComparison } from './layerPlots';
import { legendRows } from './legend';
import type { PageSource } from './model';
import { caution, factsSentence, readingSentence } from './reading';
import { differencePoints, isSignificant, meanSeries, type Comparison } from './series';
import { axisTitles, differenceText, estimateText, measureSentences } from './wording';

const meanHeight = 320;
const differenceHeight = 220;

/** What the result says, the lines over layers, and below them the difference of two checkpoints. */
export class LayersView {
  readonly element = element('div', {});
  private readonly reading = element('p', { class: 'reading' });
  private readonly caution = element('p', { class: 'muted' }, caution);
  private readonly facts = element('p', { class: 'muted' });
  private readonly explanation = element('p', { class: 'muted explanation' });
  private readonly legend = new LegendList();
  private readonly means: PlotView;
  private readonly difference: PlotView;

  /** @param onChoose a layer was chosen in a plot */
  constructor(onChoose: (layer: number) => void) {
    this.means = new PlotView(onChoose);
    this.difference = new PlotView(onChoose);
    const said = element('div', { class: 'said' }, this.reading, this.facts, this.caution);
    this.element.append(said, this.explanation, this.legend.element, this.means.element, this.difference.element);
  }

  update(source: PageSource): void {
    const { state, view, theme } = source;
    setText(this.reading, readingSentence(state, view));
    setText(this.facts, factsSentence(state));
    setText(this.explanation, measureSentences[view.measure]);
    this.legend.update(legendRows(source).flat(), theme);
    const series = meanSeries(state, view);
    this.means.update({
      ...layersOf(series.flatMap(({ points }) => points)),
      name: `${axisTitles[view.measure]} by layer`,
      notes: (layer) =>
        series.flatMap(({ label, points }) => {
          const point = points.find((candidate) => candidate.layer === layer);
          return point ? [`${label}: ${estimateText(view.measure, point)}, n = ${point.n}`] : [];
        }),
      height: meanHeight,
      theme,
      draw: (across, tall) => meanPlot(source, { left: 0, top: 0, width: across, height: tall }),
    });
    const comparison = shownComparison(source);
    this.difference.element.hidden = comparison === null;
    if (comparison) this.showDifference(source, comparison);
  }

  private showDifference(source: PageSource, comparison: Comparison): void {
    const { view, theme } = source;
    const points = differencePoints(comparison, view.measure);
    this.difference.update({
      ...layersOf(points),
      name: `${axisTitles[view.measure]}: ${differenceTitle(comparison)}, by layer`,
      notes: (layer) => {
        const point = points.find((candidate) => candidate.layer === layer);
        if (!point) return [];
        const ends = point.ends?.map((end) => differenceText(view.measure, end)).join(', ');
        const verdict = isSignificant(point) ? 'significant' : 'not significant';
        return [
          `${comparison.b} − ${comparison.a}: ${differenceText(view.measure, point.value)} [${ends}] points, n = ${point.n}`,
          `${verdict} in mass, adjusted ${pValue(point.pAdjusted)}`,
        ];
      },
      height: differenceHeight,
      theme,
      draw: (width, height) => differencePlot(source, comparison, { left: 0, top: 0, width, height }),
    });
  }
}

/** What a plot over layers says of its layers. */
function layersOf(points: readonly { readonly layer: number }[]) {
  return {
    values: [...new Set(points.map(({ layer }) => layer))].sort((a, b) => a - b),
    selected: null,
    label: (layer: number) => `Layer ${layer}`,
    none: 'No layer chosen',
    empty: 'No items yet',
  };
}
