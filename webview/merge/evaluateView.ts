import type { MergeColumn, MergeState } from '../../src/shared/protocol/merge';
import { button, setDisabled } from '../kit/controls';
import { element, setText } from '../kit/dom';
import { whyNotRun } from './wording';

/** Measures what the hybrid can do, beside its donors; the Abilities panel shows it. */
export class EvaluateView {
  readonly element: HTMLElement;
  private readonly what = element('p', { class: 'muted' });
  private readonly run: HTMLElement;

  constructor(evaluate: () => void) {
    this.run = button({ label: 'Evaluate', icon: 'graph', onClick: evaluate });
    this.element = element(
      'section',
      { class: 'card', 'aria-labelledby': 'evaluate-title' },
      element('h2', { id: 'evaluate-title' }, 'Evaluate it'),
      this.what,
      element('div', { class: 'controls' }, this.run),
    );
  }

  update(state: MergeState, column: MergeColumn): void {
    const refusal = whyNotRun(state, column) ?? state.evaluationProblem;
    const beside = column.used.join(', ');
    setText(
      this.what,
      state.evaluationProblem ?? `Its abilities beside those of ${beside}, on the same items. Nothing is written.`,
    );
    setDisabled(this.run, refusal);
  }
}
