import type { AbilitiesHostSurface } from '../../src/shared/protocol/abilities';
import { element, setText } from '../kit/dom';
import { table } from '../kit/table';
import { numberField } from '../kit/textFields';
import type { AbilitiesModel } from './model';
import { discordantRange, type ComparedAbility } from './pairs';

type Needed = AbilitiesHostSurface['itemsNeeded']['result'];

/** How many items would show a difference: for who plans the next evaluation. */
export class Calculator {
  readonly element: HTMLElement;
  private readonly observed = element('p', { class: 'muted' });
  private readonly rows = table<Needed[number]>([
    {
      title: 'Items that just one of the two has right',
      text: ({ discordant }) => wholePercent(discordant),
      heading: true,
    },
    { title: 'Items needed', text: ({ items }) => (items === null ? 'cannot be' : String(items)), number: true },
  ]);
  private readonly field: HTMLInputElement;
  private asked: number | null = null;

  constructor(
    private readonly model: AbilitiesModel,
    private readonly ask: (difference: number) => Promise<Needed>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.field = numberField({
      label: 'Difference in percentage points',
      value: model.view.difference,
      min: 1,
      max: 100,
      onChange: (difference) => model.change({ difference }),
    });
    this.element = element(
      'section',
      { class: 'calculator', 'aria-labelledby': 'calculator-heading' },
      element('h2', { id: 'calculator-heading' }, 'How many items are enough?'),
      element(
        'p',
        { class: 'controls' },
        element('span', {}, 'To show a difference of'),
        this.field,
        element('span', {}, 'points between two checkpoints (80 % power, p < 0.05) you need:'),
      ),
      this.rows.element,
      this.observed,
    );
  }

  update(compared: readonly ComparedAbility[]): void {
    const { difference } = this.model.view;
    const range = discordantRange(compared);
    setText(this.observed, range ? observedText(range) : '');
    if (this.asked === difference) return;
    this.asked = difference;
    void this.guard(this.load(difference));
  }

  private async load(difference: number): Promise<void> {
    const needed = await this.ask(difference / 100);
    if (this.asked === difference) this.rows.update(`Items needed for ${difference} points`, needed);
  }
}

function observedText([least, most]: readonly [number, number]): string {
  const range = least === most ? wholePercent(least) : `${wholePercent(least)} to ${wholePercent(most)}`;
  return `In the comparisons above, just one of the two is right on ${range} of the items.`;
}

function wholePercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
