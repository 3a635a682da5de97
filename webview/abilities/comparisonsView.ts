import type { AbilitiesHostSurface, AbilitiesState } from '../../src/shared/protocol/abilities';
import { element, setText } from '../kit/dom';
import type { Theme } from '../kit/theme';
import { Calculator } from './calculator';
import { ComparisonTable, type OpenItems } from './comparisonTable';
import type { AbilitiesModel } from './model';
import { comparedAbilities } from './pairs';

const explanation =
  'How much more often the second checkpoint is right than the first, on the items that both have answered. A filled ' +
  'diamond differs after Holm’s correction for all comparisons of the run. A count of right (✓) and wrong (✗) items leads to them.';

/** Checkpoints against each other, pair by pair. */
export class ComparisonsView {
  readonly element: HTMLElement;
  private readonly rows: ComparisonTable;
  private readonly calculator: Calculator;
  private readonly none = element('p', { class: 'empty' });

  constructor(
    private readonly model: AbilitiesModel,
    onOpen: OpenItems,
    itemsNeeded: (difference: number) => Promise<AbilitiesHostSurface['itemsNeeded']['result']>,
    guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.rows = new ComparisonTable(onOpen);
    this.calculator = new Calculator(model, itemsNeeded, guard);
    const words = element('p', { class: 'muted explanation' }, explanation);
    this.element = element('div', {}, words, this.none, this.rows.element, this.calculator.element);
  }

  update(state: AbilitiesState, theme: Theme): void {
    const compared = comparedAbilities(state, this.model.view);
    const isEmpty = compared.length === 0;
    this.none.hidden = !isEmpty;
    this.rows.element.hidden = isEmpty;
    setText(this.none, isEmpty ? noComparison(state) : '');
    this.rows.update(compared, theme);
    this.calculator.update(compared);
  }
}

function noComparison({ checkpoints, run }: AbilitiesState): string {
  if (checkpoints.length < 2) return 'A comparison needs two checkpoints, and this step has one.';
  return run.state === 'finished' || run.state === null
    ? 'No two of the checkpoints shown have answered the same items.'
    : 'No two of the checkpoints shown have answered the same items yet.';
}
