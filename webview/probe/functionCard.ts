import type { ProbeState } from '../../src/shared/protocol/probe';
import { element, fill, setText } from '../kit/dom';
import { tickPercent, tickPoints } from '../kit/rates';
import type { Theme } from '../kit/theme';
import { curveDatasets } from './curveDatasets';
import { differenceDatasets } from './differenceDatasets';
import { factLines } from './facts';
import { LayerChart } from './layerChart';
import type { LayerChartContent } from './layerChartOptions';
import { layersOf, type FunctionSeries } from './series';
import type { View } from './view';
import { differenceTitle } from './wording';

export interface CardContent {
  readonly state: ProbeState;
  readonly view: View;
  readonly theme: Theme;
  readonly series: FunctionSeries;
  /** Of the difference chart's axis, the same in all cards. */
  readonly bound: number;
}

/** One function: its curves, on request the differences below them, and what they rest on. */
export class FunctionCard {
  readonly element: HTMLElement;
  private readonly curves: LayerChart;
  private differences: LayerChart | undefined;
  private readonly differenceTitle = element('p', { class: 'chart-title muted' });
  private readonly heading = element('h3');
  private readonly facts = element('figcaption', { class: 'facts muted' });

  constructor(private readonly onChoose: (layer: number) => void) {
    this.curves = new LayerChart(onChoose);
    this.element = element('figure', { class: 'card' }, this.heading, this.curves.element, this.facts);
  }

  update({ state, view, theme, series, bound }: CardContent): void {
    setText(this.heading, series.label);
    const selected = view.selected?.function === series.name ? view.selected.layer : null;
    const common = { numLayers: state.numLayers, regions: state.regions, selected, theme };
    this.curves.update({
      ...common,
      name: `Change rate of ${series.label} by layer`,
      labels: true,
      datasets: curveDatasets(series.runs, view, theme),
      layers: layersOf(series.runs),
      range: { low: 0, high: 1, step: 0.25 },
      tick: tickPercent,
    });
    if (view.differences && series.differences.length > 0) {
      setText(this.differenceTitle, differenceTitle(state.runs));
      this.showDifferences({
        ...common,
        name: `Difference in the change rate of ${series.label} by layer`,
        labels: false,
        datasets: differenceDatasets(series.differences, theme),
        layers: layersOf(series.differences),
        range: { low: -bound, high: bound, step: bound / 2 },
        tick: tickPoints,
      });
    } else {
      this.hideDifferences();
    }
    const lines = factLines(state, series.name);
    fill(this.facts, ...lines.map((line) => element('span', {}, line)));
  }

  dispose(): void {
    this.curves.dispose();
    this.hideDifferences();
    this.element.remove();
  }

  private showDifferences(content: LayerChartContent): void {
    if (!this.differences) {
      this.differences = new LayerChart(this.onChoose);
      this.differences.element.classList.add('difference');
      this.facts.before(this.differenceTitle, this.differences.element);
    }
    this.differences.update(content);
  }

  private hideDifferences(): void {
    this.differences?.dispose();
    this.differences = undefined;
    this.differenceTitle.remove();
  }
}
