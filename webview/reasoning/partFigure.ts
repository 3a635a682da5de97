import type { AblatedPart } from '../../src/shared/ablateResults';
import { element, setText } from '../kit/dom';
import { LegendList } from '../kit/legendList';
import { PlotView } from '../kit/plotView';
import { answeredLayers, hasAnswers, likelihoodLayers } from './layers';
import {
  likelihoodHeight,
  likelihoodLegend,
  likelihoodPlot,
  measureHeight,
  measureLegend,
  measurePlot,
  type PlotSource,
} from './plots';
import { answerNotes, likelihoodNotes, measureTitles, partTitle } from './wording';

/** One part of the model: what its layers do to the answers, and below it to their likelihood. */
export class PartFigure {
  readonly element: HTMLElement;
  private readonly heading = element('h2');
  private readonly measureLegend = new LegendList();
  private readonly measure: PlotView;
  private readonly likelihoodLegend = new LegendList();
  private readonly likelihood: PlotView;

  constructor(
    private readonly part: AblatedPart,
    onChoose: (layer: number) => void,
  ) {
    this.measure = new PlotView(onChoose);
    this.likelihood = new PlotView(onChoose);
    this.element = element('section', { class: 'part', 'aria-label': partTitle(part) }, this.heading);
    setText(this.heading, partTitle(part));
    this.element.append(this.measureLegend.element, this.measure.element);
    this.element.append(this.likelihoodLegend.element, this.likelihood.element);
  }

  /** @param isNamed whether there is another part */
  update(source: PlotSource, isNamed: boolean): void {
    this.heading.hidden = !isNamed;
    this.updateMeasure(source);
    this.updateLikelihood(source);
  }

  private updateMeasure(source: PlotSource): void {
    const { state, view, theme } = source;
    const layers = answeredLayers(state.summary, this.part);
    const isShown = hasAnswers(state);
    this.measureLegend.element.hidden = !isShown;
    this.measure.element.hidden = !isShown;
    if (!isShown) return;
    this.measureLegend.update(measureLegend(source), theme);
    this.measure.update({
      ...this.common(source),
      name: `${measureTitles[view.measure]} by ablated layer of the ${partTitle(this.part).toLowerCase()}`,
      values: layers.map(({ layer }) => layer),
      notes: (layer) => layers.filter((one) => one.layer === layer).flatMap(answerNotes),
      height: measureHeight,
      draw: (width, height) => measurePlot(source, this.part, { left: 0, top: 0, width, height }),
    });
  }

  private updateLikelihood(source: PlotSource): void {
    const { state, theme } = source;
    const layers = likelihoodLayers(state.summary, this.part);
    const isShown = state.facts.scoring !== 'generate';
    this.likelihoodLegend.element.hidden = !isShown;
    this.likelihood.element.hidden = !isShown;
    if (!isShown) return;
    this.likelihoodLegend.update(likelihoodLegend(theme), theme);
    this.likelihood.update({
      ...this.common(source),
      name: `Change in log-likelihood by ablated layer of the ${partTitle(this.part).toLowerCase()}`,
      values: layers.map(({ layer }) => layer),
      notes: (layer) => layers.filter((one) => one.layer === layer).flatMap(likelihoodNotes),
      height: likelihoodHeight,
      draw: (width, height) => likelihoodPlot(source, this.part, { left: 0, top: 0, width, height }),
    });
  }

  private common({ view: { selected }, theme }: PlotSource) {
    return {
      selected: selected?.part === this.part ? selected.layer : null,
      label: (layer: number) => `Layer ${layer}`,
      none: 'No layer chosen',
      empty: 'No items yet',
      theme,
    };
  }
}
