import { select, setChoices, type Choice } from './controls';
import { element } from './dom';

/** A choice of one, with its label before it. */
export class Selector {
  readonly element: HTMLElement;
  readonly control: HTMLElement;

  constructor(label: string, onChange: (value: string) => void) {
    this.control = select({ label, onChange });
    const title = element('span', { class: 'group-label', 'aria-hidden': 'true' }, label);
    this.element = element('div', { class: 'checks' }, title, this.control);
  }

  offer(choices: readonly Choice[], value: string): void {
    setChoices(this.control, choices, value);
  }
}

export function offered<T extends string>(values: readonly T[], titles: Readonly<Record<T, string>>): Choice[] {
  return values.map((value) => ({ value, label: titles[value] }));
}
