import { checkbox, setChecked } from './controls';
import { element, fill } from './dom';

export interface CheckChoice {
  readonly id: string;
  readonly label: string;
  readonly checked: boolean;
}

/** Checkboxes for a list that can change; those that stay keep their element, and the focus with it. */
export class CheckList {
  readonly element: HTMLElement;
  private readonly boxes = new Map<string, HTMLElement>();
  private shown = '';

  constructor(
    private readonly label: string,
    private readonly onChange: (id: string, checked: boolean) => void,
  ) {
    this.element = element('div', { role: 'group', 'aria-label': label, class: 'checks' });
  }

  update(choices: readonly CheckChoice[]): void {
    this.element.hidden = choices.length === 0;
    const print = JSON.stringify(choices.map(({ id, label }) => [id, label]));
    if (print !== this.shown) {
      this.shown = print;
      this.boxes.clear();
      for (const { id, label, checked } of choices) {
        this.boxes.set(id, checkbox({ label, checked, onChange: (value) => this.onChange(id, value) }));
      }
      fill(this.element, element('span', { class: 'group-label' }, this.label), ...this.boxes.values());
    }
    for (const { id, checked } of choices) setChecked(this.boxes.get(id)!, checked);
  }
}
