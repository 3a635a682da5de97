import type { ReasoningState } from '../../src/shared/protocol/reasoning';
import { select, setChoices } from '../kit/controls';
import { element } from '../kit/dom';
import type { ExportButtons } from '../kit/exportButtons';
import { hasAnswers, hasResults } from './layers';
import type { ReasoningModel } from './model';
import { measures, type Measure } from './view';
import { measureTitles } from './wording';

/** What the figure shows, and whether there is something to export. */
export class Options {
  readonly element: HTMLElement;
  private readonly measure: HTMLElement;

  constructor(
    private readonly model: ReasoningModel,
    private readonly exports: ExportButtons,
  ) {
    this.measure = select({ label: 'Measure', onChange: (measure) => model.change({ measure: measure as Measure }) });
    const title = element('span', { class: 'group-label', 'aria-hidden': 'true' }, 'Measure');
    const group = element('div', { class: 'checks' }, title, this.measure);
    this.element = element('section', { class: 'options', 'aria-label': 'Options' }, group);
  }

  update(state: ReasoningState): void {
    const choices = measures.map((value) => ({ value, label: measureTitles[value] }));
    setChoices(this.measure, choices, this.model.view.measure);
    // Of likelihoods alone there is nothing to choose.
    this.element.hidden = !hasAnswers(state);
    this.exports.refuse(hasResults(state) ? null : 'There is nothing to export yet.');
  }
}
