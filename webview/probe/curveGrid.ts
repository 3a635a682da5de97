import { element, setText } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { ProbeModel } from './model';
import { FunctionCard } from './functionCard';
import { updateLegend } from './legend';
import { differenceBound, functionSeries } from './series';
import type { Selection } from './view';
import { emptySentence, modeSentence, runLabels } from './wording';

/** Small multiples: a card for each function, and one legend for all. */
export class CurveGrid {
  readonly element = element('div', { class: 'curves' });
  private readonly explanation = element('p', { class: 'muted explanation' });
  private readonly legend = element('ul', { class: 'legend', 'aria-label': 'Legend' });
  private readonly empty = element('p', { class: 'empty' });
  private readonly grid = element('div', { class: 'grid' });
  private readonly cards = new Map<string, FunctionCard>();

  constructor(private readonly onChoose: (selection: Selection) => void) {
    this.element.append(this.explanation, this.legend, this.empty, this.grid);
  }

  update({ state, view }: ProbeModel, theme: Theme): void {
    const own = state?.runs[0];
    if (!state || !own) return;
    setText(this.explanation, `Share of pairs whose answer changes, by layer l. ${modeSentence(own.mode, own.window)}`);
    const series = functionSeries(state, view.hidden);
    const anything = series.some(({ runs }) => runs.some(({ points }) => points.length > 0));
    setText(this.empty, anything ? '' : (emptySentence(own) ?? ''));
    this.empty.hidden = anything;
    const shown = new Set(anything ? series.map(({ name }) => name) : []);
    for (const [name, card] of this.cards) {
      if (shown.has(name)) continue;
      card.dispose();
      this.cards.delete(name);
    }
    const differences = view.differences && series.some(({ differences: some }) => some.length > 0);
    const bound = differenceBound(series);
    for (const one of series.filter(({ name }) => shown.has(name))) {
      const card = this.card(one.name);
      if (this.grid.children[series.indexOf(one)] !== card.element) this.grid.append(card.element);
      card.update({ state, view, theme, series: one, bound });
    }
    this.legend.hidden = !anything;
    const labels = runLabels(state.runs);
    const severalModes = new Set(state.runs.map(({ mode }) => mode)).size > 1;
    const runs = state.runs.map(({ id, mode, done, total }) => ({
      label: labels.get(id)!,
      detail: [...(severalModes ? [mode] : []), ...(done < total ? [`${done} of ${total} pairs`] : [])].join(', '),
    }));
    updateLegend(this.legend, { runs, bands: view.bands, adopted: view.adopted, differences }, theme);
  }

  private card(name: string): FunctionCard {
    let card = this.cards.get(name);
    if (!card) {
      card = new FunctionCard((layer) => this.onChoose({ function: name, layer }));
      this.cards.set(name, card);
    }
    return card;
  }
}
