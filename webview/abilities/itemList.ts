import type { AbilityItem } from '../../src/shared/protocol/abilities';
import { element, fill, icon } from '../kit/dom';

/** The items of a page: one stop of the Tab key, arrows go from item to item and read it. */
export class ItemList {
  readonly element = element('ol', { class: 'item-list', 'aria-label': 'Items' });
  private buttons: readonly HTMLButtonElement[] = [];
  private ids: readonly string[] = [];

  constructor(private readonly onRead: (id: string) => void) {
    this.element.addEventListener('keydown', (event) => {
      const from = this.buttons.indexOf(document.activeElement as HTMLButtonElement);
      const last = this.buttons.length - 1;
      const places: Record<string, number> = { ArrowDown: from + 1, ArrowUp: from - 1, Home: 0, End: last };
      const to = places[event.key];
      if (to === undefined || from < 0) return;
      event.preventDefault();
      const next = this.buttons[Math.min(Math.max(to, 0), last)];
      next?.focus();
      next?.click();
    });
  }

  /** @param checkpoints names, in whose order the marks stand */
  show(items: readonly AbilityItem[], checkpoints: readonly string[]): void {
    const hadFocus = this.element.contains(document.activeElement);
    this.ids = items.map(({ id }) => id);
    this.buttons = items.map((item) => this.entry(item, checkpoints));
    fill(this.element, ...this.buttons.map((button) => element('li', {}, button)));
    if (hadFocus) this.buttons[0]?.focus();
  }

  /** Marks the item that is read. */
  select(id: string | null): void {
    const at = Math.max(0, id === null ? 0 : this.ids.indexOf(id));
    this.buttons.forEach((button, i) => {
      button.setAttribute('aria-current', String(i === at));
      button.tabIndex = i === at ? 0 : -1;
    });
  }

  private entry({ id, question, right }: AbilityItem, checkpoints: readonly string[]): HTMLButtonElement {
    const known = checkpoints.filter((name) => Object.hasOwn(right, name));
    const of = (wanted: boolean) => known.filter((name) => right[name] === wanted);
    const spoken = [
      id,
      question,
      of(true).length > 0 && `right: ${of(true).join(', ')}`,
      of(false).length > 0 && `wrong: ${of(false).join(', ')}`,
    ];
    const node = element(
      'button',
      { type: 'button', 'aria-label': spoken.filter(Boolean).join('. ') },
      element('span', { class: 'item-id' }, id),
      element('span', { class: 'marks', 'aria-hidden': 'true' }, ...known.map((name) => mark(name, right[name]!))),
      question === null ? null : element('span', { class: 'item-question muted' }, question),
    );
    node.addEventListener('click', () => this.onRead(id));
    return node;
  }
}

function mark(name: string, right: boolean): HTMLElement {
  const title = `${name}: ${right ? 'right' : 'wrong'}`;
  return element('span', { class: right ? 'mark right' : 'mark wrong', title }, icon(right ? 'check' : 'close'));
}
