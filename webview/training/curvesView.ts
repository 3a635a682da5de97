import { metricTitles, type Metric } from '../../src/shared/trainWords';
import { element, fill, setAttributes, setText } from '../kit/dom';
import { LegendList } from '../kit/legendList';
import { significant } from '../kit/numbers';
import { PlotView } from '../kit/plotView';
import { curveAxis, curvePlot } from './curvePlot';
import { markEntries, valueEntries } from './legend';
import type { PageSource } from './model';
import { caution, readingsOf, type Reading } from './reading';
import { seriesOf, shownMetrics, skippedSteps } from './series';
import { metricSentence } from './wording';

const height = 220;
/** Room for a title above a plot, which is not needed below a heading. */
const untitled = 28;

interface Card {
  readonly element: HTMLElement;
  readonly heading: HTMLElement;
  readonly explanation: HTMLElement;
  readonly legend: LegendList;
  readonly plot: PlotView;
}

/** What the curves say in words, and a figure for each metric that there is. */
export class CurvesView {
  readonly element = element('div', {});
  private readonly readings = element('ul', { class: 'readings', 'aria-label': 'In words' });
  private readonly marks = new LegendList();
  private readonly grid = element('div', { class: 'grid' });
  private readonly cards = new Map<Metric, Card>();
  private said = '';
  private drawn = '';

  /** @param onChoose a step was chosen in a plot */
  constructor(private readonly onChoose: (step: number) => void) {
    const said = element('div', { class: 'said' }, this.readings, element('p', { class: 'muted' }, caution));
    this.element.append(said, this.marks.element, this.grid);
  }

  update(source: PageSource): void {
    const print = printOf(source);
    if (print === this.drawn) return;
    this.drawn = print;
    this.read(readingsOf(source.state));
    const marks = markEntries(source);
    this.marks.update(marks, source.theme);
    this.marks.element.hidden = marks.length === 0;
    const shown = shownMetrics(source.state);
    const cards = shown.map((metric) => this.card(metric));
    const elements = cards.map((card) => card.element);
    if (elements.some((node, i) => this.grid.children[i] !== node) || this.grid.children.length > elements.length) {
      fill(this.grid, ...elements);
    }
    shown.forEach((metric, i) => this.draw(source, metric, cards[i]!));
  }

  private read(readings: readonly Reading[]): void {
    const print = JSON.stringify(readings);
    if (print === this.said) return;
    this.said = print;
    const items = readings.map(({ said, asides }) =>
      element('li', {}, element('span', { class: 'reading' }, said), asides && ` ${asides}`),
    );
    fill(this.readings, ...items);
  }

  private draw(source: PageSource, metric: Metric, { heading, explanation, legend, plot }: Card): void {
    const { state, view, theme } = source;
    setText(heading, curveAxis(source, metric).title);
    setText(explanation, metricSentence(metric, state));
    legend.update(valueEntries(source, metric), theme);
    const series = seriesOf(state, metric, view.window).map(({ id, points }) => ({
      id,
      points: new Map(points.map((point) => [point.step, point])),
    }));
    const steps = new Set(state.arms.flatMap(({ points }) => points.map(({ step }) => step)));
    plot.update({
      values: [...steps].sort((a, b) => a - b),
      selected: null,
      label: (step) => `Step ${step}`,
      none: 'No step chosen',
      empty: 'No steps yet',
      name: `${metricTitles[metric]} by step`,
      notes: (step) => [
        ...series.flatMap(({ id, points }) => {
          const point = points.get(step);
          if (!point) return [];
          const mean =
            view.window === 1 || metric === 'learningRate'
              ? ''
              : `, mean of the last ${view.window}: ${significant(point.mean)}`;
          return [`${id}: ${significant(point.value)}${mean}`];
        }),
        ...state.arms
          .filter((arm) => skippedSteps(arm).includes(step))
          .map(({ run }) => `${run.id}: skipped, its gradient was not finite`),
      ],
      height,
      theme,
      draw: (width, tall) => {
        const box = { left: 0, top: -untitled, width, height: tall + untitled };
        return curvePlot(source, metric, box, false);
      },
    });
  }

  private card(metric: Metric): Card {
    const known = this.cards.get(metric);
    if (known) return known;
    const plot = new PlotView(this.onChoose);
    const legend = new LegendList();
    const title = metricTitles[metric];
    setAttributes(legend.element, { 'aria-label': `${title}: legend` });
    const heading = element('h2', {});
    const explanation = element('p', { class: 'muted' });
    const card = element('section', { class: 'card', 'aria-label': title }, heading, explanation);
    card.append(legend.element, plot.element);
    const made = { element: card, heading, explanation, legend, plot };
    this.cards.set(metric, made);
    return made;
  }
}

/** Changes with whatever is drawn: while a run goes on, most of what is told is that time has passed. */
function printOf({ state: { arms }, view, theme }: PageSource): string {
  const drawn = arms.map(({ run, facts, points }) => [run.id, run.state, facts, points.length, points.at(-1)]);
  return JSON.stringify([view.window, theme, drawn]);
}
